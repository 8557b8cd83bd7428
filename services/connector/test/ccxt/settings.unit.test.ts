import { readConnectorSetups } from '@drawbridge/connector'
import { loadConfig } from '@drawbridge/settings'
import { expect, test } from 'vitest'
import { EXCHANGES, exchangeNames } from '../../src/adapters/ccxt/exchanges/exchanges.ts'

/** The faults of one connector; none: it is valid. */
function faultsOf(connector: object): readonly string[] {
  const config = loadConfig({}, JSON.stringify({ connectors: { bot1: { adapter: 'ccxt', ...connector } } }))
  if (!config.ok) return config.reason.split('\n')
  const setups = readConnectorSetups(config.value)
  return setups.ok ? [] : setups.reason.split('\n')
}

const KEYS = { api_key_file: 'key', api_secret_file: 'secret' }
const ADDRESS = `0x${'aB'.repeat(20)}`

test.each(exchangeNames())('%s is valid with what it asks for', (exchange) => {
  const { credentials, takes } = EXCHANGES[exchange]
  const files = Object.fromEntries(credentials.map((name) => [`${name}_file`, name]))
  const address = (takes as readonly string[]).includes('address') ? { address: ADDRESS } : {}
  expect(faultsOf({ exchange, ...files, ...address })).toEqual([])
})

test.each([
  ['an exchange that is not known', { exchange: 'mtgox', ...KEYS }, 'exchange must be one of "binanceusdm"'],
  ['no key', { exchange: 'bybit' }, 'api_key_file is missing: bybit asks for it'],
  ['no passphrase', { exchange: 'okx', ...KEYS }, 'passphrase_file is missing: okx asks for it'],
  [
    'a key that nobody needs',
    { exchange: 'hyperliquid', address: ADDRESS, ...KEYS },
    'api_key_file is not used by hyperliquid',
  ],
  ['no address', { exchange: 'hyperliquid' }, 'address is missing: the wallet of the account'],
  ['an address that is none', { exchange: 'hyperliquid', address: '0x12' }, 'address must be the address of a wallet'],
  ['a currency that nobody chooses', { exchange: 'bybit', currency: 'EUR', ...KEYS }, 'currency is not used by bybit'],
  [
    'deposits that cannot be read whole',
    { exchange: 'bybit', net_deposits: true, ...KEYS },
    'net_deposits cannot be read whole from bybit',
  ],
  [
    'two places',
    { exchange: 'bybit', testnet: true, base_url: 'http://127.0.0.1:1', ...KEYS },
    'testnet and base_url both say',
  ],
  ['a key as itself', { exchange: 'bybit', api_key: 'abc' }, 'api_key does not belong in config.json'],
  ['a slip', { exchange: 'bybit', testent: true, ...KEYS }, 'did you mean "testnet"?'],
])('%s is told with what mends it', (_what, connector, told) => {
  expect(faultsOf(connector).join('\n')).toContain(told)
})
