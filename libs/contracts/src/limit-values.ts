import { AMOUNT_BOUND, type Amount, describe, formatAmount, HUNDRED_PERCENT, parseAmount } from './amount.ts'
import {
  aBoolean,
  aLiteral,
  aNull,
  aNumber,
  anInteger,
  anObject,
  anyOf,
  aString,
  type JsonSchema,
  oneWord,
} from './json-schema.ts'
import { nearestName } from './names.ts'
import { type Parsed, parsed, refused } from './parsed.ts'
import { CURRENCY_PATTERN } from './tick-fields.ts'

/** A kind of value that a limit has: what people write, and what is read from that. */
export interface LimitValue<Value, Written> {
  schema(options: { readonly description?: string }): JsonSchema
  /** The schema with its parts, for documents; the other one leaves them to `read`, which says better what is wrong. */
  readonly parts?: JsonSchema
  /** What must be written, for people: "a percentage above 0". */
  readonly words: string
  /** Whether it is an amount or a percentage, which must not be rounded on its way. */
  readonly isAmount: boolean
  /** Whether it is a percentage, which people may take for a ratio. */
  readonly isPercentage?: boolean
  /** Reads what the schema has let through; a refusal does not name the limit. */
  read(written: Written): Parsed<Value>
  write(value: Value): Written
}

type WrittenAmount = number | string

function amountUpTo(max: Amount, words: string): LimitValue<Amount, WrittenAmount> {
  const bound = max === HUNDRED_PERCENT ? ' and at most 100' : ''
  return {
    schema: (options) => anyOf([aNumber(), aString()], options),
    words: `${words}${bound}`,
    isAmount: true,
    isPercentage: max === HUNDRED_PERCENT,
    read: (written) => {
      const signed = max === HUNDRED_PERCENT ? withoutSign(written) : null
      if (signed !== null) return refused(`must be ${words}${bound}, got ${describe(written)}: write ${signed}`)
      const read = parseAmount(written)
      if (!read.ok || (read.value > 0n && read.value <= max)) return read
      return refused(`must be above 0${bound}, got ${written}`)
    },
    write: formatAmount,
  }
}

/** The number of a percentage that was written with its sign, as "8%"; null: it was not. */
function withoutSign(written: WrittenAmount): string | null {
  return /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(String(written))?.[1] ?? null
}

export const percentage = amountUpTo(HUNDRED_PERCENT, 'a percentage above 0')
export const amountAboveZero = amountUpTo(AMOUNT_BOUND, 'an amount above 0')

/** What is read as it is written. */
function plain<T>(words: string, schema: LimitValue<T, T>['schema'], read: (written: T) => Parsed<T> = parsed) {
  return { schema, words, isAmount: false, read, write: (value: T) => value }
}

/** An amount or a percentage that is a part of a value, in documents. */
export const amountPart = anyOf([aNumber(), aString()], { description: 'a decimal' })
const noOther = { additionalProperties: false } as const

/** An object of these parts and no others, in documents. */
export function partsOf(parts: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return anObject(parts, noOther)
}

/** One of these words, in documents. */
export function wordPart(...words: readonly string[]): JsonSchema {
  return oneWord(words)
}

/** Reads one of some words. @returns the default where nothing is written and there is one */
export function word<T extends string>(name: string, value: unknown, choices: readonly T[], otherwise?: T): Parsed<T> {
  if (value === undefined && otherwise !== undefined) return parsed(otherwise)
  const known = choices.find((choice) => choice === value)
  if (known !== undefined) return parsed(known)
  return refused(`${name} must be ${choices.map((choice) => `"${choice}"`).join(' or ')}, got ${describe(value)}`)
}

/** An object with parts of its own; its reader names the part that is wrong. */
export function object<Value>(
  words: string,
  parts: JsonSchema,
  read: (written: object) => Parsed<Value>,
  write: (value: Value) => object,
): LimitValue<Value, object> {
  return { schema: (options) => anObject({}, options), parts, words, isAmount: false, read, write }
}

/** The schema of a value for documents, with all its parts. */
export function documentedSchema(
  { schema, parts }: Pick<LimitValue<never, never>, 'schema' | 'parts'>,
  description: string,
): JsonSchema {
  return parts === undefined ? schema({ description }) : { ...parts, description }
}

export const trueOrFalse: LimitValue<boolean, boolean> = plain('true or false', (options) => aBoolean(options))

/** @param unit plural */
export function wholeNumber(unit: string, minimum: number, maximum: number): LimitValue<number, number> {
  const schema = (options: object) => anInteger({ minimum, maximum, ...options })
  // JSON has a -0, which is written as 0.
  return plain(`whole ${unit}, ${minimum} to ${maximum}`, schema, (written) => parsed(written + 0))
}

export function oneOf<const T extends string>(...choices: readonly T[]): LimitValue<T, T> {
  const literals = choices.map((choice) => aLiteral(choice))
  const quoted = choices.map((choice) => `"${choice}"`)
  const words = `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`
  return plain(words, (options) => anyOf(literals, options))
}

/** @param meaning what null means, to go on the words with */
export function orNull<Value, Written>(
  of: LimitValue<Value, Written>,
  meaning: string,
): LimitValue<Value | null, Written | null> {
  return {
    schema: (options) => {
      const schema = of.schema({})
      const { anyOf: choices } = schema
      return anyOf([...(Array.isArray(choices) ? choices : [schema]), aNull()], options)
    },
    ...(of.parts === undefined ? {} : { parts: anyOf([of.parts, aNull()]) }),
    words: `${of.words}${meaning}`,
    isAmount: of.isAmount,
    isPercentage: of.isPercentage === true,
    read: (written) => (written === null ? parsed(null) : of.read(written)),
    write: (value) => (value === null ? null : of.write(value)),
  }
}

const TIME_OF_DAY = '^([01][0-9]|2[0-3]):[0-5][0-9]$'

export const timeOfDay: LimitValue<string, string> = plain('a time of day like "17:00"', (options) =>
  aString({ pattern: TIME_OF_DAY, ...options }),
)

export const currency: LimitValue<string, string> = plain('a currency like "USD"', (options) =>
  aString({ pattern: CURRENCY_PATTERN, ...options }),
)

const TIME_ZONE = 'an IANA time zone like "America/New_York"'

export const timeZone: LimitValue<string, string> = plain(TIME_ZONE, aString, (written) => {
  if (isTimeZone(written)) return parsed(written)
  const near = nearestTimeZone(written)
  const meant = near === null ? '' : `, did you mean "${near}"?`
  return refused(`must be ${TIME_ZONE}, got ${describe(written)}${meant}`)
})

/** The zone that was probably meant: one with a typo or two, or one that was named by its city alone. */
function nearestTimeZone(written: string): string | null {
  if (written.length > 64) return null
  const zones = Intl.supportedValuesOf('timeZone')
  const city = lettersOf(written)
  return nearestName(written, zones) ?? zones.find((zone) => lettersOf(zone.split('/').at(-1) ?? '') === city) ?? null
}

function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]/g, '')
}

/** UTC is known, as Intl takes 10 ms to begin. */
const timeZones = new Map<string, boolean>([['UTC', true]])
/**
 * `IST` and its like are no IANA names but ICU's own, each one of several zones; Intl takes them, Temporal does not.
 * The few that IANA has are let through.
 */
const AMBIGUOUS_ZONE = /^(?!CET|EET|EST|GMT|HST|MET|MST|WET)[A-Z]{2}T$/i
const ZONE_CHARACTERS = /^[A-Za-z0-9_+:/-]{1,64}$/

function isTimeZone(name: string): boolean {
  if (!ZONE_CHARACTERS.test(name) || AMBIGUOUS_ZONE.test(name)) return false
  let known = timeZones.get(name)
  if (known === undefined) {
    try {
      new Intl.DateTimeFormat('en', { timeZone: name })
      known = true
    } catch {
      known = false
    }
    if (timeZones.size < 1000) timeZones.set(name, known)
  }
  return known
}
