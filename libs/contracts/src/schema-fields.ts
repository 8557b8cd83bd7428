import Type from 'typebox'
import { LIMIT_NAME_PATTERN } from './limit-name.ts'

/** The schemas of fields that several messages have; refusals quote the descriptions. */
export const instant = Type.String({ description: 'a time like "2026-03-12T20:00:00Z"' })
/** An exact amount, as it is written in events. */
export const amount = Type.String({ description: 'a decimal string' })
export const count = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'a whole number from 0 up',
})
export const yesOrNo = Type.Boolean({ description: 'true or false' })

/** Words of a person, 1 to 500 characters. */
export const words = (description: string) => Type.String({ minLength: 1, maxLength: 500, description })

export const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description })

/** Version of the shape of events on the wire. */
export const EVENT_SCHEMA = 1
export const schemaVersion = Type.Literal(EVENT_SCHEMA, {
  description: `${EVENT_SCHEMA}, the only event schema known here`,
})

export const rule = Type.String({ pattern: LIMIT_NAME_PATTERN, description: 'the name of a limit' })
export const holder = Type.String({ description: 'a holder like "limit:max_drawdown" or "operator:alice"' })
export const action = Type.Union([Type.Literal('block-entries'), Type.Literal('flatten')], {
  description: '"block-entries" or "flatten"',
})
