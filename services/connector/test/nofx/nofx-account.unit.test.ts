import { parseTickAmount } from '@drawbridge/contracts'
import { expect, test } from 'vitest'
import { currencyOf, readingOfAccount } from '../../src/adapters/nofx/account-reading.ts'
import { faultsOfNofx } from '../../src/adapters/nofx/settings.ts'

const ACCOUNT = { total_equity: 1000.5, wallet_balance: 990.25, unrealized_profit: 10.25, position_count: 1 }

/** The amount that a number in a tick means. */
const amount = (value: number) => {
  const read = parseTickAmount(value)
  return read.ok ? read.value : read.reason
}

test.each([
  ['a usual account', {}, { equity: amount(1000.5), balance: amount(990.25) }],
  ['an account in debt', { total_equity: -5, wallet_balance: 20 }, { equity: amount(-5), balance: amount(20) }],
  ['one whose exchange tells no balance', { wallet_balance: 0 }, { equity: amount(1000.5) }],
])('%s is read with what it tells', (_what, fields, expected) => {
  expect(readingOfAccount({ ...ACCOUNT, ...fields }, 'USDT')).toEqual({
    kind: 'reading',
    reading: { ...expected, currency: 'USDT' },
  })
})

test.each([
  ['no equity', { total_equity: undefined }],
  ['an equity of 0', { total_equity: 0 }],
  ['an equity beyond all numbers', { total_equity: Number.POSITIVE_INFINITY }],
  ['an equity of text that is no number', { total_equity: 'NaN' }],
  ['a balance of null', { wallet_balance: null }],
  ['a profit without an account', { total_equity: 10.25, wallet_balance: 0 }],
])('%s is no reading', (_what, fields) => {
  expect(readingOfAccount({ ...ACCOUNT, ...fields }, 'USDT').kind).toBe('unusable')
})

test.each([
  ['binance', 'USDT'],
  ['hyperliquid', 'USDC'],
  ['indodax', 'IDR'],
])('an account at %s counts in %s', (exchange, currency) => {
  expect(currencyOf(exchange)).toBe(currency)
})

test('stopping a trader needs a file that remembers who stopped it', () => {
  const settings = { url: 'http://h', email: 'a@b', nofx_trader: 't' }
  expect(faultsOfNofx(settings)).toEqual([])
  expect(faultsOfNofx({ ...settings, stop_trader: true, remember_in: 'f' })).toEqual([])
  expect(faultsOfNofx({ ...settings, stop_trader: true }).join()).toContain('remember_in is missing')
})
