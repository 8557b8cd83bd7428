import { type Check, checkFields } from './field-faults.ts'
import type { JsonSchema } from './json-schema.ts'

/** A check of an object with some of these properties. */
export function checkObject<T>(properties: Readonly<Record<string, JsonSchema>>): Check<T> {
  const schema = { type: 'object', properties, additionalProperties: false }
  return checkFields<T, JsonSchema>(schema, (value) => isOf(schema, value), isOf)
}

/** Whether a value is what a schema of `json-schema.ts` says. */
export function isOf(schema: JsonSchema, value: unknown): boolean {
  const { anyOf: choices, enum: words, const: literal } = schema
  if (Array.isArray(choices)) return choices.some((choice: JsonSchema) => isOf(choice, value))
  if (Array.isArray(words)) return words.includes(value)
  if (literal !== undefined) return value === literal
  switch (schema.type) {
    case 'number':
      return Number.isFinite(value)
    case 'integer':
      return isBetween(value, schema.minimum, schema.maximum)
    case 'string':
      return typeof value === 'string' && isLike(value, schema.pattern)
    case 'boolean':
      return typeof value === 'boolean'
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value) && isListOf(value, schema)
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value) && isObjectOf(value, schema)
    default:
      return true
  }
}

function isBetween(value: unknown, minimum: unknown = -Infinity, maximum: unknown = Infinity): boolean {
  return Number.isInteger(value) && Number(value) >= Number(minimum) && Number(value) <= Number(maximum)
}

function isLike(value: string, pattern: unknown): boolean {
  return typeof pattern !== 'string' || new RegExp(pattern, 'u').test(value)
}

function isListOf(list: readonly unknown[], schema: JsonSchema): boolean {
  const { items, minItems, maxItems } = schema
  return isBetween(list.length, minItems, maxItems) && list.every((item) => isOf(items as JsonSchema, item))
}

function isObjectOf(value: object, schema: JsonSchema): boolean {
  const { required = [], properties = {}, patternProperties = {}, additionalProperties } = schema
  const known = properties as Readonly<Record<string, JsonSchema>>
  if ((required as readonly string[]).some((name) => !Object.hasOwn(value, name))) return false
  return Object.entries(value).every(([name, one]) => {
    const own = Object.hasOwn(known, name) ? known[name] : undefined
    if (own !== undefined) return isOf(own, one)
    const named = Object.entries(patternProperties as Readonly<Record<string, JsonSchema>>)
    const fitting = named.filter(([pattern]) => isLike(name, pattern))
    return fitting.every(([, schema]) => isOf(schema, one)) && (fitting.length > 0 || additionalProperties !== false)
  })
}
