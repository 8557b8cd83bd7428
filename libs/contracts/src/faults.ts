import type { Static, TObject, TSchema } from 'typebox'
import { Compile, Check as checkValue } from 'typebox/schema'
import { type Check, checkFields, listFaults } from './field-faults.ts'
import { parseJson } from './json.ts'
import { type Parsed, refused, total } from './parsed.ts'

/**
 * Compiles a schema of an object. The `description` of each property says what it must be ("a time like ..."); refusals
 * quote it.
 */
export function compileCheck<T>(schema: TSchema & { properties: Record<string, TSchema> }): Check<T> {
  const validator = Compile(schema)
  return checkFields<T, TSchema>(
    schema,
    (value) => validator.Check(value),
    (part, value) => checkValue(part, value),
  )
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
