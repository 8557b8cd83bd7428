import type { Static, TObject, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Value } from 'typebox/value'
import { describe } from './amount.ts'
import { parseJson } from './json.ts'
import { type Parsed, parsed, refused, total } from './parsed.ts'

/** Checks a value against a schema; a refusal names every invalid field, what it must be and what it was. */
export type Check<T> = (value: unknown) => Parsed<T>

interface ObjectSchema extends TSchema {
  readonly properties: Readonly<Record<string, TSchema & { readonly description?: string }>>
  readonly required?: readonly string[]
  readonly additionalProperties?: unknown
}

/**
 * Compiles a schema of an object. The `description` of each property says what it must be ("a time like ..."); refusals
 * quote it.
 */
export function compileCheck<T>(schema: TSchema & { properties: Record<string, TSchema> }): Check<T> {
  const validator = Compile(schema)
  return (value) => {
    if (validator.Check(value)) return parsed(value as T)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return refused(`must be a JSON object, got ${describe(value)}`)
    }
    return refused(listFaults(faultsOf(schema, value as Readonly<Record<string, unknown>>)))
  }
}

/**
 * A reader of values of a schema.
 * @param read gets what the schema lets through
 * @param otherFaults of a value that the schema refuses: what is wrong beside that, so that all is told at once
 */
export function reader<S extends TObject, T>(
  schema: S,
  read: (message: Static<S>) => Parsed<T>,
  otherFaults: (value: unknown) => readonly string[] = () => [],
): (value: unknown) => Parsed<T> {
  const check = compileCheck<Static<S>>(schema)
  return (value) => {
    const checked = check(value)
    return checked.ok ? read(checked.value) : refused(listFaults([checked.reason, ...otherFaults(value)]))
  }
}

/** A reader of JSON messages of a schema, which never throws. */
export function decoder<S extends TObject, T>(
  schema: S,
  read: (message: Static<S>) => Parsed<T>,
): (bytes: Uint8Array) => Parsed<T> {
  const readValue = reader(schema, read)
  return total((bytes) => {
    const json = parseJson(bytes)
    return json.ok ? readValue(json.value.value) : json
  })
}

/** More faults help nobody, and a message full of faults must not delay its reader. */
const FAULTS_TOLD = 20

/** Characters; a fault that lists all known fields is long, and each trader of a message may have several. */
const TOLD_LENGTH_MAX = 2_500

/** The faults of one message in a line: at most {@link FAULTS_TOLD}, as far as they fit, then "and more". */
export function listFaults(faults: readonly string[]): string {
  let told = ''
  let count = 0
  for (const fault of faults.slice(0, FAULTS_TOLD)) {
    if (count > 0 && told.length + fault.length > TOLD_LENGTH_MAX) break
    told += count === 0 ? fault : `; ${fault}`
    count += 1
  }
  return faults.length > count ? `${told}; and more` : told
}

/** At most one fault beyond those that are reported. */
function faultsOf(schema: ObjectSchema, value: Readonly<Record<string, unknown>>): readonly string[] {
  const { properties, required = [], additionalProperties } = schema
  const faults: string[] = required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${name} is missing`)
  if (additionalProperties === false) {
    for (const name in value) {
      if (faults.length > FAULTS_TOLD) break
      if (!Object.hasOwn(properties, name)) faults.push(unknownField(name, Object.keys(properties)))
    }
  }
  for (const [name, property] of Object.entries(properties)) {
    if (!Object.hasOwn(value, name) || Value.Check(property, value[name])) continue
    faults.push(`${name} must be ${property.description ?? 'valid'}, got ${describe(value[name])}`)
  }
  return faults
}

/** Names an unknown field, and a similar known field that was probably meant. */
export function unknownField(name: string, known: readonly string[]): string {
  const near = nearestName(name, known)
  return near === null
    ? `unknown field ${describe(name)} (known: ${known.join(', ')})`
    : `unknown field ${describe(name)}, did you mean "${near}"?`
}

/** The most similar known name within one or two typos; null: none. */
export function nearestName(name: string, known: readonly string[], slipsMax = 2): string | null {
  let nearest: string | null = null
  let within = slipsMax
  for (const candidate of known) {
    if (Math.abs(name.length - candidate.length) > within) continue
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance > within || (nearest !== null && distance === within)) continue
    nearest = candidate
    within = distance
  }
  return nearest
}

/** Up to this length two typos make another id. */
const SHORT_ID = 3

/** The id that was probably meant; null: none is near. */
export function nearestId(id: string, known: readonly string[]): string | null {
  return nearestName(id, known, id.length <= SHORT_ID ? 1 : 2)
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
