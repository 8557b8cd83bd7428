import Type, { type Static } from 'typebox'

export const NofxSchema = Type.Object({
  url: Type.String({
    pattern: '^https?://[^ ]+$',
    description: 'the address of NOFX, like "http://127.0.0.1:8080"',
  }),
  email: Type.String({ pattern: '^[^ @]+@[^ @]+$', description: 'the email address that you log in to NOFX with' }),
  nofx_trader: Type.String({
    minLength: 1,
    maxLength: 200,
    description: 'the trader_id of NOFX, which its address bar and GET /api/my-traders show',
  }),
  currency: Type.Optional(
    Type.String({ pattern: '^[!-~]{1,16}$', description: 'the currency of the account, like "USDT"' }),
  ),
  stop_trader: Type.Optional(
    Type.Boolean({
      description: 'true: a block stops the trader, which then makes no exits of its own either; or false',
    }),
  ),
  remember_in: Type.Optional(
    Type.String({ minLength: 1, description: 'the path of a file that remembers whether we stopped it' }),
  ),
})
export type NofxSettings = Static<typeof NofxSchema>

/** What does not fit together, a sentence each. */
export function faultsOfNofx({ stop_trader: stops = false, remember_in: file }: NofxSettings): readonly string[] {
  if (stops && file === undefined) {
    return [
      'remember_in is missing: stop_trader needs the path of a file that remembers whether we stopped it, like "nofx-stopped.json"; else what a person stopped could be started',
    ]
  }
  return []
}
