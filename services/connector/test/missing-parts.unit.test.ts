import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { equityOf } from '../src/adapters/freqtrade/equity.ts'
import { balanceIn, openTradesIn } from '../src/adapters/freqtrade/read-shapes.ts'
import { readingOfPortfolio } from '../src/adapters/hummingbot/portfolio.ts'
import { readingOfSummary } from '../src/adapters/interactive-brokers/reading.ts'
import { readingOfAccount } from '../src/adapters/nofx/account-reading.ts'
import { isFailure } from '../src/core/failure.ts'
import type { ReadAnswer } from '../src/port.ts'
import { changesOf } from './changes-of.ts'

const STRANGE: ReadAnswer = { kind: 'unusable', reason: 'the shape is another one' }
const usdt = { currency: 'USDT', balance: 600, est_stake: 600, is_position: false }
const trade = { trade_id: 1, amount: 1, stake_amount: 400, realized_profit: 0, profit_abs: 50 }

const freqtrade = (body: unknown, of: 'account' | 'bot'): ReadAnswer => {
  const { balance: told, status } = body as { balance: unknown; status: unknown }
  const [balance, trades] = [balanceIn(told), openTradesIn(status)]
  return balance === null || trades === null ? STRANGE : equityOf({ before: trades, balance, after: trades }, of)
}
const SPOT = {
  balance: {
    currencies: [usdt, { currency: 'BTC', balance: 1, est_stake: 450, is_position: false }],
    total: 1050,
    total_bot: 1050,
    stake: 'USDT',
  },
  status: [{ ...trade, pair: 'BTC/USDT', base_currency: 'BTC', trading_mode: 'spot' }],
}
const FUTURES = {
  balance: {
    currencies: [usdt, { currency: 'BTC/USDT:USDT', balance: 0, est_stake: 400, is_position: true }],
    total: 1000,
    total_bot: 1000,
    stake: 'USDT',
  },
  status: [{ ...trade, pair: 'BTC/USDT:USDT', base_currency: 'BTC', trading_mode: 'futures' }],
}
const counted = { account: 'main', connectors: ['binance', 'bybit'], ignored: [], currency: 'USDT' }
const PORTFOLIO = {
  main: {
    binance: [{ token: 'USDT', units: 1000, price: 1, value: 1000 }],
    bybit: [{ token: 'BTC', units: 0.1, price: 60_000, value: 6_000 }],
  },
}
const LINE = { account: 'U1', tag: 'NetLiquidation', value: '100', currency: 'USD' }

const CASES: readonly (readonly [what: string, body: unknown, read: (body: unknown) => ReadAnswer])[] = [
  ['freqtrade on a spot market', SPOT, (body) => freqtrade(body, 'account')],
  ['what freqtrade manages on a spot market', SPOT, (body) => freqtrade(body, 'bot')],
  ['freqtrade on futures', FUTURES, (body) => freqtrade(body, 'account')],
  ['what freqtrade manages on futures', FUTURES, (body) => freqtrade(body, 'bot')],
  ['the portfolio of Hummingbot', PORTFOLIO, (body) => readingOfPortfolio(body, counted)],
  [
    'the account of NOFX',
    { total_equity: 1000.5, wallet_balance: 990.25, unrealized_profit: 10.25 },
    (body) => readingOfAccount(body, 'USDT'),
  ],
  ['the summary of TWS', LINE, (body) => readingOfSummary([body as typeof LINE], 'U1')],
]

test.each(CASES)(
  '%s without a part, or with no value there, is no reading, or is the same one',
  (_what, body, read) => {
    const whole = read(body)
    expect(whole).toMatchObject({ kind: 'reading' })
    const wrong: string[] = []
    let unusable = 0
    for (const [what, change] of changesOf(body, '')) {
      const answer = read(change(body))
      if (isFailure(answer)) unusable += 1
      else if (!isDeepStrictEqual(answer, whole)) wrong.push(what)
    }
    expect(wrong).toEqual([])
    expect(unusable).toBeGreaterThan(0)
  },
)
