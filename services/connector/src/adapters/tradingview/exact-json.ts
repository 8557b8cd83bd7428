/** JSON of which no number changes, however many digits it has. */
export interface ExactJson {
  /** Numbers that a double cannot hold are text here, with the digits that came. */
  readonly value: unknown
  /** The same written again: a name that stands twice in an object is there once, as it was read. */
  readonly text: string
}

type Reviver = (name: string, value: unknown, context: { readonly source: string }) => unknown

/** So many digits survive the way into a double and back. */
const DIGITS_MAX = 15

/** @throws {SyntaxError} where it is no JSON */
export function readExactJson(text: string): ExactJson {
  const value = parse(text, (_name, one, { source }) =>
    typeof one === 'number' && !isExact(one, source) ? source : one,
  )
  const written = parse(text, (_name, one, { source }) => (typeof one === 'number' ? rawJson(source) : one))
  return { value, text: JSON.stringify(written) }
}

// TypeScript's library does not know these parts of ECMAScript yet.
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(source: string): unknown }

function isExact(value: number, source: string): boolean {
  const digits = source
    .replace(/[eE].*$/, '')
    .replaceAll(/\D/g, '')
    .replace(/^0+/, '')
    .replace(/0+$/, '')
  return Number.isFinite(value) && digits.length <= DIGITS_MAX && (value !== 0 || digits === '')
}
