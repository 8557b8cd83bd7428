import Type, { type Static } from 'typebox'

export const FreqtradeSchema = Type.Object({
  url: Type.String({
    pattern: '^https?://[^ ]+$',
    description: 'the address of its API, like "http://127.0.0.1:8080"',
  }),
  username: Type.String({ minLength: 1, description: 'the username of api_server in its configuration' }),
  equity_of: Type.Optional(
    Type.Enum(['account', 'bot'], { description: '"account" (all it sees) or "bot" (what it manages)' }),
  ),
  ignore: Type.Optional(
    Type.Array(Type.String({ pattern: '^[!-~]{1,32}$' }), {
      maxItems: 200,
      description: 'a list of coins that may be worth nothing, like ["LUNC"]',
    }),
  ),
  lock_hours: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 720, description: 'a whole number of hours, 1 to 720' }),
  ),
})
export type FreqtradeSettings = Static<typeof FreqtradeSchema>

/** A lock outlives an outage of the connector by half of this at least. */
export const LOCK_HOURS = 24
