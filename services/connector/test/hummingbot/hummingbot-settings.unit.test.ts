import { expect, test } from 'vitest'
import { faultsOfHummingbot } from '../../src/adapters/hummingbot/settings.ts'

const SETTINGS = { url: 'http://h', username: 'admin' }

test.each(['binance', 'okx_perpetual', 'bybit_perpetual_testnet'])('%s may be counted', (connector) => {
  expect(faultsOfHummingbot({ ...SETTINGS, hummingbot_connectors: [connector] })).toEqual([])
})

test.each(['binance_perpetual', 'hyperliquid_perpetual_testnet', 'brand_new_perpetual'])(
  '%s, whose balance lacks or may lack the profit of open positions, is refused',
  (connector) => {
    expect(faultsOfHummingbot({ ...SETTINGS, hummingbot_connectors: [connector] }).join()).toContain(
      `"${connector}" in Hummingbot lacks the profit of open positions`,
    )
  },
)

test('a kill switch needs a bot, and a file that remembers who turned it on', () => {
  expect(faultsOfHummingbot({ ...SETTINGS, kill_switch: true })).toHaveLength(2)
  expect(faultsOfHummingbot({ ...SETTINGS, kill_switch: true, bot: 'b', remember_in: 'f' })).toEqual([])
})
