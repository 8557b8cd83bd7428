import { connectorWarningsOf, loadConfig } from '@drawbridge/settings'
import { expect, test } from 'vitest'

function warningsOf(connectors: object, traders?: object): readonly string[] {
  const config = loadConfig({}, JSON.stringify({ connectors, traders }))
  if (!config.ok) throw new Error(config.reason)
  return connectorWarningsOf(config.value)
}

const BTC = { 'btc-main': { limits: { max_daily_loss: 2 } } }

test('a connector whose trader has a slip is told, as the limits of the trader do not count then', () => {
  const told = 'trader "btc-mian" is not one of traders, so it has no limits of its own; did you mean "btc-main"?'
  expect(warningsOf({ spot: { adapter: 'generic', trader: 'btc-mian' } }, BTC)).toEqual([`connectors.spot: ${told}`])
  expect(warningsOf({ 'btc-mian': { adapter: 'generic' } }, BTC)).toEqual([`connectors.btc-mian: ${told}`])
})

test('a trader that resembles none is told with what says that it is meant', () => {
  expect(warningsOf({ gold: { adapter: 'generic' } }, BTC)).toEqual([
    'connectors.gold: trader "gold" is not one of traders, so it has no limits of its own; if that is meant, add "gold": {} there',
  ])
})

test('a trader that is written, and one where no traders are written, is no warning', () => {
  expect(warningsOf({ spot: { adapter: 'generic', trader: 'btc-main' } }, BTC)).toEqual([])
  expect(warningsOf({ gold: { adapter: 'generic' } })).toEqual([])
})
