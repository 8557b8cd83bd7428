/**
 * JSON Schema of what people write, as plain data: it can be read, and checked, where no schema library is loaded. Documents
 * and the schemas of messages take it as it is.
 */
export type JsonSchema = Readonly<Record<string, unknown>>

/** What a schema says beside its kind. */
type Options = JsonSchema

export const aNumber = (options: Options = {}): JsonSchema => ({ type: 'number', ...options })
export const aString = (options: Options = {}): JsonSchema => ({ type: 'string', ...options })
export const aBoolean = (options: Options = {}): JsonSchema => ({ type: 'boolean', ...options })
export const anInteger = (options: Options = {}): JsonSchema => ({ type: 'integer', ...options })
export const aNull = (): JsonSchema => ({ type: 'null' })
export const aLiteral = (value: string): JsonSchema => ({ type: 'string', const: value })
export const aList = (items: JsonSchema, options: Options = {}): JsonSchema => ({ type: 'array', items, ...options })
export const anyOf = (schemas: readonly JsonSchema[], options: Options = {}): JsonSchema => ({
  anyOf: schemas,
  ...options,
})

/** One of these words. */
export const oneWord = (words: readonly string[]): JsonSchema => ({ enum: words })

/** An object whose names follow a pattern. */
export const aRecord = (pattern: string, value: JsonSchema, options: Options = {}): JsonSchema => ({
  type: 'object',
  patternProperties: { [pattern]: value },
  ...options,
})

const optionals = new WeakSet<JsonSchema>()

/** A part that an object need not have. */
export function optional(schema: JsonSchema): JsonSchema {
  const copy = { ...schema }
  optionals.add(copy)
  return copy
}

/** An object with these parts; those that are not {@link optional} are required. */
export function anObject(properties: Readonly<Record<string, JsonSchema>>, options: Options = {}): JsonSchema {
  const required = Object.keys(properties).filter((name) => !isOptional(properties[name]))
  return { type: 'object', ...(required.length === 0 ? {} : { required }), properties, ...options }
}

function isOptional(schema: JsonSchema | undefined): boolean {
  return schema !== undefined && optionals.has(schema)
}
