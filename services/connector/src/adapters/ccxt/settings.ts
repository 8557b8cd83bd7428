import Type, { type Static } from 'typebox'
import { EXCHANGES, type ExchangeName, exchangeNames } from './exchanges/exchanges.ts'

export const CcxtSchema = Type.Object({
  exchange: Type.Enum(exchangeNames(), {
    description: `one of ${exchangeNames()
      .map((name) => `"${name}"`)
      .join(', ')}`,
  }),
  address: Type.Optional(
    Type.String({ pattern: '^0x[0-9a-fA-F]{40}$', description: 'the address of a wallet, "0x" and 40 digits' }),
  ),
  currency: Type.Optional(
    Type.String({ pattern: '^[A-Z0-9]{2,16}$', description: 'the currency to value the account in, like "USDT"' }),
  ),
  sub_account: Type.Optional(
    Type.String({ pattern: '^[!-~]{1,64}$', description: 'the id of a sub-account or portfolio' }),
  ),
  net_deposits: Type.Optional(Type.Boolean({ description: 'true or false' })),
  ignore: Type.Optional(
    Type.Array(Type.String({ pattern: '^[!-~]{1,32}$' }), {
      maxItems: 200,
      description: 'a list of coins that may be worth nothing, like ["LUNC"]',
    }),
  ),
  dust: Type.Optional(
    Type.String({
      pattern: '^[0-9]{1,12}(\\.[0-9]{1,8})?$',
      description: 'the largest quantity of a coin that may go without a price, like "0.000001"',
    }),
  ),
  testnet: Type.Optional(Type.Boolean({ description: 'true or false' })),
  base_url: Type.Optional(
    Type.String({ pattern: '^https?://[^ /?]+$', description: 'an address like "http://127.0.0.1:9000"' }),
  ),
})
export type CcxtSettings = Static<typeof CcxtSchema> & { readonly exchange: ExchangeName }

/** What does not fit together, a sentence each. */
export function faultsOfCcxt(settings: CcxtSettings, secrets: ReadonlySet<string>): readonly string[] {
  const line = EXCHANGES[settings.exchange]
  const faults: string[] = line.credentials
    .filter((name) => !secrets.has(name))
    .map((name) => `${name}_file is missing: ${settings.exchange} asks for it`)
  const unused = [...secrets].filter((name) => !(line.credentials as readonly string[]).includes(name))
  faults.push(...unused.map((name) => `${name}_file is not used by ${settings.exchange}: remove it`))
  if (line.needsAddress === true && settings.address === undefined) {
    faults.push('address is missing: the wallet of the account, "0x" and 40 digits')
  }
  for (const field of ['address', 'currency', 'sub_account'] as const) {
    if (settings[field] !== undefined && !line.takes.includes(field)) {
      faults.push(`${field} is not used by ${settings.exchange}: remove it`)
    }
  }
  if (settings.net_deposits === true && !line.takes.includes('net_deposits')) {
    faults.push(
      `net_deposits cannot be read whole from ${settings.exchange}: remove it, and tell deposits by cash flows (docs/connect/ccxt-accounts.md)`,
    )
  }
  if (settings.testnet === true && settings.base_url !== undefined) {
    faults.push('testnet and base_url both say where the exchange is: remove one of them')
  }
  return faults
}
