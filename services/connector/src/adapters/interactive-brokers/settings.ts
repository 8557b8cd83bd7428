import Type, { type Static } from 'typebox'

export const InteractiveBrokersSchema = Type.Object({
  port: Type.Integer({
    minimum: 1,
    maximum: 65_535,
    description: 'the socket port of TWS (7497 paper, 7496 live) or IB Gateway (4002 paper, 4001 live)',
  }),
  host: Type.Optional(Type.String({ pattern: '^[^ /:]{1,253}$', description: 'a host like "127.0.0.1"' })),
  client_id: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 999_999, description: 'a number that no other program uses there' }),
  ),
  account: Type.Optional(
    Type.String({ pattern: '^[A-Z0-9]{1,20}$', description: 'the name of an account, like "U1234567"' }),
  ),
})
export type InteractiveBrokersSettings = Static<typeof InteractiveBrokersSchema>

export const HOST = '127.0.0.1'
/** High, so that it is none of those that bots usually take. */
export const CLIENT_ID = 8_084
