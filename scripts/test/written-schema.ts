import { readFileSync } from 'node:fs'
import type { DocumentedName } from '@drawbridge/contracts'
import { Ajv } from 'ajv'

/** Says what is wrong with a payload by a JSON Schema in docs/schemas; null: nothing is. */
export type FaultOf = (payload: unknown) => string | null

export function readSchema(name: DocumentedName): object {
  return JSON.parse(readFileSync(new URL(`../../docs/schemas/${name}.json`, import.meta.url), 'utf8')) as object
}

/** @param nothingElse whether a field that the schema does not name is a fault, also where others may add fields */
export function faultOf(schema: object, nothingElse = false): FaultOf {
  const ajv = new Ajv({ strict: true, allErrors: true })
  const validate = ajv.compile(nothingElse ? closed(schema) : schema)
  return (payload) => (validate(payload) ? null : ajv.errorsText(validate.errors))
}

function closed(schema: object): object {
  const text = JSON.stringify(schema, (key, value: unknown) =>
    key !== 'properties' && typeof value === 'object' && value !== null && 'properties' in value
      ? { additionalProperties: false, ...value }
      : value,
  )
  return JSON.parse(text) as object
}
