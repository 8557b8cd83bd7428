import { expect, test } from 'vitest'
import { inverse, plus, times } from '../../src/adapters/ccxt/exchanges/decimal.ts'
import { unpriced } from '../../src/adapters/ccxt/exchanges/unpriced.ts'
import { type PairPrice, valued } from '../../src/adapters/ccxt/exchanges/valued.ts'

const PRICES: Readonly<Record<string, unknown>> = {
  BTCUSDT: '60000',
  XYZBTC: '0.00001',
  USDTTRY: '40',
  NIL: '0',
  BADUSDT: 'NaN',
}
const priceOf: PairPrice = (base, quote) => PRICES[`${base}${quote}`]
const equityOf = (coin: string, quantity: unknown, more: object = {}) => {
  const found = valued([{ coin, quantity }], priceOf, 'USDT', more)
  return 'equity' in found ? found.equity.value : found.reason
}

test.each([
  ['0.1', '0.2', '0.02'],
  ['12345678.123456789', '0.0000000001', '0.0012345678123456789'],
  ['-3', 2, '-6'],
  ['1e-7', '2', '0.0000002'],
  [2, '1.5E3', '3000'],
])('%s times %s is exactly %s', (one, other, product) => {
  expect(Number(times(one, other))).toBe(Number(product))
  expect(plus(times(one, other) ?? '', '0')).toBe(times(one, other))
})

test.each([[null], [undefined], [''], ['abc'], [Number.NaN], [Number.POSITIVE_INFINITY], ['1e999'], [true]])(
  '%s times a price is nothing, and no zero',
  (quantity) => {
    expect(times(quantity, '2')).toBeNull()
  },
)

test('the inverse of a price is exact to 18 digits, and 0 has none', () => {
  expect(inverse('40')).toBe('0.025000000000000000')
  expect(inverse('0')).toBeNull()
  expect(inverse(null)).toBeNull()
})

test.each([
  ['the currency itself', 'USDT', '5', '5'],
  ['a pair', 'BTC', '0.5', '30000.0'],
  ['a pair the other way round', 'TRY', '80', '2.000000000000000000'],
  ['a pair of its bridge', 'XYZ', '4', '2.40000'],
])('a coin is valued by %s', (_what, coin, quantity, value) => {
  expect(Number(equityOf(coin, quantity))).toBe(Number(value))
})

test.each(['NOPE', 'NI', 'BAD'])('%s, which has no usable price, makes the reading unusable', (coin) => {
  expect(equityOf(coin, '1')).toBe(`${coin} has no price; if it is worth nothing, write "ignore": ["${coin}"]`)
})

test('only dust and what the settings ignore may go without a price', () => {
  expect(equityOf('NOPE', '0.000001')).toBe('0')
  expect(equityOf('NOPE', '0.0000011')).toContain('NOPE has no price')
  expect(equityOf('NOPE', '2', { dust: '2' })).toBe('0')
  expect(equityOf('NOPE', '1000', { ignore: ['NOPE'] })).toBe('0')
  expect(equityOf('NOPE', '-1', {})).toContain('NOPE has no price')
})

test('a price too small for an amount is a price', () => {
  expect(unpriced([{ coin: 'PEPE', quantity: '0.001', worth: '0.000000001' }], '1', {})).toBeNull()
})

test.each([
  [{ coin: '', quantity: '1', worth: '1' }, 'a coin has no name'],
  [{ coin: 'BTC', quantity: null, worth: '1' }, 'the quantity of BTC must be'],
  [{ coin: 'BTC', quantity: '1', worth: null }, 'BTC has no price'],
  [{ coin: 'BTC', quantity: '1', worth: '' }, 'BTC has no price'],
])('%j is unusable', (holding, told) => {
  expect(unpriced([holding], '1', {})?.reason).toContain(told)
})
