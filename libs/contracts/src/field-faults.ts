import { describe } from './amount.ts'
import { unknownField } from './names.ts'
import { type Parsed, parsed, refused } from './parsed.ts'

/** The schema of an object, as far as faults are told by it. */
interface ObjectSchema<Schema extends object> {
  readonly properties: Readonly<Record<string, Schema & { readonly description?: string }>>
  readonly required?: readonly string[]
  readonly additionalProperties?: unknown
}

/** Checks a value; a refusal names every invalid field, what it must be and what it was. */
export type Check<T> = (value: unknown) => Parsed<T>

type IsOf<Schema> = (schema: Schema, value: unknown) => boolean

/** @param isWhole whether a value is what the whole schema says; if not, `isOf` says of each field what is wrong */
export function checkFields<T, Schema extends object>(
  schema: ObjectSchema<Schema>,
  isWhole: (value: unknown) => boolean,
  isOf: IsOf<Schema>,
): Check<T> {
  return (value) => {
    if (isWhole(value)) return parsed(value as T)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return refused(`must be a JSON object, got ${describe(value)}`)
    }
    return refused(listFaults(faultsOf(schema, value as Readonly<Record<string, unknown>>, isOf)))
  }
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
function faultsOf<Schema extends object>(
  schema: ObjectSchema<Schema>,
  value: Readonly<Record<string, unknown>>,
  isOf: IsOf<Schema>,
): readonly string[] {
  const { properties, required = [], additionalProperties } = schema
  const faults: string[] = required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${name} is missing`)
  if (additionalProperties === false) {
    for (const name in value) {
      if (faults.length > FAULTS_TOLD) break
      if (!Object.hasOwn(properties, name)) faults.push(unknownField(name, Object.keys(properties)))
    }
  }
  for (const [name, property] of Object.entries(properties)) {
    if (!Object.hasOwn(value, name) || isOf(property, value[name])) continue
    faults.push(`${name} must be ${property.description ?? 'valid'}, got ${describe(value[name])}`)
  }
  return faults
}
