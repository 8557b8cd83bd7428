import Type, { type Static } from 'typebox'

export const AlpacaSchema = Type.Object({
  account: Type.Enum(['paper', 'live'], { description: '"paper" or "live"; each has keys of its own' }),
  suspend_trade: Type.Optional(
    Type.Boolean({ description: 'true or false; true stops every order, also those that close positions' }),
  ),
  net_deposits: Type.Optional(Type.Boolean({ description: 'true or false' })),
  base_url: Type.Optional(
    Type.String({ pattern: '^https?://[^ /?]+$', description: 'an address like "http://127.0.0.1:9000"' }),
  ),
})
export type AlpacaSettings = Static<typeof AlpacaSchema>

const ADDRESSES: Readonly<Record<AlpacaSettings['account'], string>> = {
  paper: 'https://paper-api.alpaca.markets',
  live: 'https://api.alpaca.markets',
}

export function addressOf({ account, base_url: other }: AlpacaSettings): string {
  return other ?? ADDRESSES[account]
}
