import { expect, test } from 'vitest'
import { equityOf } from '../../src/adapters/freqtrade/equity.ts'
import { balanceIn, openTradesIn } from '../../src/adapters/freqtrade/read-shapes.ts'

const USDT = { currency: 'USDT', balance: 1000, free: 1000, est_stake: 1000, is_position: false }
const trade = (trading_mode: string, pair: string) => {
  return {
    trade_id: 1,
    pair,
    base_currency: 'BTC',
    amount: 1,
    stake_amount: 400,
    realized_profit: 0,
    profit_abs: 50,
    trading_mode,
  }
}

/** What is read of an account with one more coin, or why not. */
function readWith(
  coin: { readonly est_stake: unknown },
  trades: readonly object[] = [],
  ignored: readonly string[] = [],
) {
  const total = 1000 + Number(coin.est_stake)
  const balance = balanceIn({ stake: 'USDT', total, total_bot: 1000, currencies: [USDT, coin] })
  const open = openTradesIn(trades)
  if (balance === null || open === null) throw new Error('the shape is another one')
  const answer = equityOf({ before: open, balance, after: open }, 'account', ignored)
  return answer.kind === 'reading' ? Number(answer.reading.equity) / 1e8 : answer.reason
}

test.each([
  ['that has a price', { currency: 'ETH', balance: 1, free: 1, est_stake: 0.01, is_position: false }],
  ['of which nothing is there', { currency: 'ETH', balance: 0, free: 0, est_stake: 0, is_position: false }],
  ['that is locked as margin', { currency: 'BNFCR', balance: 500, free: 0, est_stake: 0, is_position: false }],
])('a coin %s takes nothing from the reading', (_what, coin) => {
  expect(readWith(coin)).toBe(1000 + coin.est_stake)
})

test.each([
  ['that is free', { currency: 'ETH', balance: 1, free: 1, est_stake: 0, is_position: false }],
  ['of an older version', { currency: 'ETH', balance: 1, est_stake: 0, is_position: false }],
  ['whose worth is null', { currency: 'ETH', balance: 1, free: 1, est_stake: null, is_position: false }],
])('a coin without a price %s is no reading, unless it may be worth nothing', (_what, coin) => {
  expect(readWith(coin)).toContain('/balance has no price of ETH')
  expect(readWith(coin, [], ['ETH'])).toBe(1000)
})

test('on a spot market a coin that waits to be sold needs a price, too', () => {
  const coins = [{ currency: 'ETH', balance: 1, free: 0, est_stake: 0, is_position: false }]
  const balance = balanceIn({ stake: 'USDT', total: 1000, currencies: [USDT, ...coins, { ...USDT, currency: 'BTC' }] })
  const open = openTradesIn([trade('spot', 'BTC/USDT')])
  if (balance === null || open === null) throw new Error('the shape is another one')
  expect(equityOf({ before: open, balance, after: open }, 'account')).toMatchObject({
    kind: 'unusable',
    reason: expect.stringContaining('no price of ETH'),
  })
})

const POSITION = { currency: 'BTC/USDT:USDT', balance: 0, free: 0, est_stake: 400, is_position: true }
test.each([
  ['lists nothing, as where the exchange told nothing', { total: 0, total_bot: 0, currencies: [] }],
  ['lists nothing, with a total', { total: 1000, total_bot: 1000, currencies: [] }],
  ['lists only coins that count for nothing', { total: 0, currencies: [{ ...USDT, currency: 'LUNC', est_stake: 0 }] }],
  ['lists positions and no coin', { total: 400, total_bot: 400, currencies: [POSITION] }],
])('a /balance that %s is no reading', (_what, told) => {
  const balance = balanceIn({ stake: 'USDT', ...told })
  const open = openTradesIn(told.currencies.includes(POSITION) ? [trade('futures', POSITION.currency)] : [])
  if (balance === null || open === null) throw new Error('the shape is another one')
  expect(equityOf({ before: open, balance, after: open }, 'account', ['LUNC'])).toMatchObject({
    kind: 'unusable',
    reason: expect.stringContaining('freqtrade also answers where the exchange told it nothing'),
  })
})

test('nothing that is managed by the bot is no reading of 0', () => {
  const balance = balanceIn({ stake: 'USDT', total: 1000, total_bot: 0, currencies: [{ ...USDT, currency: 'ETH' }] })
  if (balance === null) throw new Error('the shape is another one')
  expect(equityOf({ before: [], balance, after: [] }, 'bot')).toMatchObject({ kind: 'unusable' })
})

test.each([
  ['is no object', null],
  ['is a text', 'BTC'],
  ['has no name', { ...USDT, currency: null, est_stake: 0 }],
])('a /balance of which a row %s is another program', (_what, row) => {
  expect(balanceIn({ stake: 'USDT', total: 1000, currencies: [USDT, row] })).toBeNull()
})

test.each([
  ['more', 500],
  ['less', 1500],
])('a /balance whose coins are worth %s than its total is no reading', (_what, total) => {
  const balance = balanceIn({ stake: 'USDT', total, total_bot: 1000, currencies: [USDT] })
  if (balance === null) throw new Error('the shape is another one')
  for (const of of ['account', 'bot'] as const) {
    expect(equityOf({ before: [], balance, after: [] }, of)).toEqual({
      kind: 'unusable',
      reason: `total of /balance is ${total}, and its coins are worth 1000`,
    })
  }
})

test.each([
  ['its collateral', 400],
  ['its collateral with the profit, as from 2026 on', 450],
])('a position counts once with its profit, where /balance values it at %s', (_what, est_stake) => {
  const total = 1000 + est_stake
  const balance = balanceIn({ stake: 'USDT', total, total_bot: total, currencies: [USDT, { ...POSITION, est_stake }] })
  const open = openTradesIn([trade('futures', POSITION.currency)])
  if (balance === null || open === null) throw new Error('the shape is another one')
  for (const of of ['account', 'bot'] as const) {
    expect(equityOf({ before: open, balance, after: open }, of)).toMatchObject({
      kind: 'reading',
      reading: { equity: 1450n * 10n ** 8n, balance: 1400n * 10n ** 8n },
    })
  }
})
