import type { AdapterName } from '@drawbridge/settings'
import type { TObject } from 'typebox'
import { expect, test } from 'vitest'
import { ADAPTER_LIST } from '../src/adapters/adapters.ts'
import { tooOften } from '../src/core/too-often.ts'
import type { Adapter } from '../src/port.ts'
import { openAlone } from './open-alone.ts'

const URL = 'http://127.0.0.1:1'
/** The fewest settings that open an account; one that is opened connects to nothing. */
const SETTINGS: Readonly<Record<AdapterName, object>> = {
  alpaca: { account: 'paper' },
  ccxt: { exchange: 'hyperliquid', address: `0x${'1'.repeat(40)}` },
  freqtrade: { url: URL, username: 'me' },
  generic: { equity_url: URL, equity_at: '/equity', currency: 'USD' },
  hummingbot: { url: URL, username: 'me' },
  'interactive-brokers': { port: 7497 },
  nofx: { url: URL, email: 'me@example.com', nofx_trader: 't' },
  tradingview: {},
}
/** It has no account that could be read. */
const READS_NOTHING: readonly AdapterName[] = ['tradingview']
const NAMES = Object.keys(SETTINGS) as AdapterName[]

test.each(NAMES.filter((name) => !READS_NOTHING.includes(name)))(
  'an account of the adapter %s can be examined beside what is read of it',
  (name) => {
    const adapter = ADAPTER_LIST[name] as unknown as Adapter<TObject>
    expect(openAlone(adapter, SETTINGS[name] as never)).toMatchObject({ examine: expect.any(Function) })
  },
)

test.each(NAMES)('an account of the adapter %s can be read as often as it is by default', (name) => {
  const { everySeconds, limits, callsPerReading = () => 1 } = ADAPTER_LIST[name]
  const settings = SETTINGS[name] as never
  expect(tooOften(everySeconds, limits(settings).read, callsPerReading(settings))).toBeNull()
})
