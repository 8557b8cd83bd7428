import Type, { type Static } from 'typebox'

const PERPETUAL = /_perpetual(_testnet)?$/

/** Perpetual connectors whose balance in Hummingbot is the equity; that of others lacks the profit of open positions. */
const COUNTS_EQUITY: readonly string[] = [
  'backpack_perpetual',
  'bitget_perpetual',
  'bitmart_perpetual',
  'bybit_perpetual',
  'decibel_perpetual',
  'dydx_v4_perpetual',
  'kucoin_perpetual',
  'okx_perpetual',
  'pacifica_perpetual',
]

const names = (what: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { minItems: 1, maxItems: 64, description: what })

export const HummingbotSchema = Type.Object({
  url: Type.String({
    pattern: '^https?://[^ ]+$',
    description: 'the address of the Hummingbot API, like "http://127.0.0.1:8000"',
  }),
  username: Type.String({ minLength: 1, description: 'the USERNAME of the Hummingbot API' }),
  account: Type.Optional(Type.String({ minLength: 1, description: 'an account of Hummingbot, like "master_account"' })),
  hummingbot_connectors: Type.Optional(names('which connectors of Hummingbot are counted, like ["binance"]')),
  ignore_tokens: Type.Optional(names('tokens without a price that are counted as nothing, like ["AIRDROP"]')),
  currency: Type.Optional(Type.String({ pattern: '^[!-~]{1,16}$', description: 'a currency like "USDT"' })),
  bot: Type.Optional(
    Type.String({ pattern: '^[A-Za-z0-9_-]+$', description: 'the name of a bot, as the Hummingbot API lists it' }),
  ),
  kill_switch: Type.Optional(
    Type.Boolean({
      description:
        'true: a block turns on the kill switch of the bot, which also closes what its executors hold; or false',
    }),
  ),
  remember_in: Type.Optional(
    Type.String({ minLength: 1, description: 'the path of a file that remembers what we switched' }),
  ),
})
export type HummingbotSettings = Static<typeof HummingbotSchema>

/** What does not fit together, a sentence each. */
export function faultsOfHummingbot(settings: HummingbotSettings): readonly string[] {
  const { hummingbot_connectors: connectors = [], kill_switch: switches = false, bot, remember_in: file } = settings
  const faults: string[] = []
  for (const connector of connectors) {
    if (!PERPETUAL.test(connector) || COUNTS_EQUITY.includes(connector.replace(/_testnet$/, ''))) continue
    faults.push(
      `hummingbot_connectors: the balance of "${connector}" in Hummingbot lacks the profit of open positions: let the adapter ccxt or generic report this account, and set "reads": false here`,
    )
  }
  if (!switches) return faults
  if (bot === undefined) faults.push('bot is missing: kill_switch needs the name of the bot')
  if (file === undefined) {
    faults.push(
      'remember_in is missing: kill_switch needs the path of a file that remembers what we switched, like "bot-stopped.json"; else what a person switched off could be switched on',
    )
  }
  return faults
}
