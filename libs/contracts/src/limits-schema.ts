import Type from 'typebox'
import { documentedSchema, type LimitValue } from './limit-values.ts'
import { LIMITS, type LimitsMessage } from './limits.ts'

type Fields = { readonly [N in keyof LimitsMessage]-?: Type.TOptional<Type.TUnsafe<NonNullable<LimitsMessage>[N]>> }
interface AnyLimit {
  readonly name: string
  readonly value: Pick<LimitValue<never, never>, 'schema' | 'parts' | 'words'>
}

function fieldsOf(schemaOf: (value: AnyLimit['value']) => Type.TSchema): Fields {
  const limits: readonly AnyLimit[] = Object.values(LIMITS)
  return Object.fromEntries(limits.map(({ name, value }) => [name, Type.Optional(schemaOf(value))])) as Fields
}

/** Limits as people write them: every field optional, so that it changes only what it names. */
export const LimitFields = fieldsOf((value) => value.schema({ description: value.words }))

/** The same with all parts of their values, for documents. */
export const DocumentedLimitFields = fieldsOf((value) => documentedSchema(value, value.words))

export const LimitsSchema = Type.Object(LimitFields, { $id: 'Limits', additionalProperties: false })
