import {
  type Amount,
  DEFAULT_LIMITS,
  formatAmount,
  type Limits,
  parseAmount,
  type TraderState,
} from '@drawbridge/contracts'
import { INITIAL_STATE } from '@drawbridge/risk-engine'
import { describe, expect, test } from 'vitest'
import { distancesOf, distanceToMessage } from '../src/core/limits.ts'
import { Account } from './account.ts'

function amount(value: string): Amount {
  const read = parseAmount(value)
  if (!read.ok) throw new Error(read.reason)
  return read.value
}

interface Row {
  readonly name: string
  readonly state: Readonly<
    Partial<Record<'equity' | 'dayEquity' | 'peakEquity' | 'firstEquity' | 'dayBalance', string>>
  >
  readonly limits?: Partial<Limits>
  readonly daily: object
  readonly drawdown?: object
}

const rows: readonly Row[] = [
  {
    name: 'a loss',
    state: { equity: '950', dayEquity: '1000', peakEquity: '1250', firstEquity: '1000' },
    daily: { limitPct: '10', observedPct: '5', loss: '50', from: '1000', base: '1000', breaksAt: '900', room: '50' },
    drawdown: { limitPct: '20', observedPct: '24', from: '1250', base: '1250', breaksAt: '1000', room: '-50' },
  },
  {
    name: 'a gain',
    state: { equity: '1100', dayEquity: '1000', peakEquity: '1100', firstEquity: '1000' },
    daily: { observedPct: '-10', loss: '-100', breaksAt: '900', room: '200' },
    drawdown: { observedPct: '0', loss: '0', breaksAt: '880', room: '220' },
  },
  {
    name: 'a loss of the initial balance, which is configured',
    state: { equity: '950', dayEquity: '1000', peakEquity: '1000', firstEquity: '1000' },
    limits: { initialBalance: amount('2000') },
    daily: { observedPct: '2.5', base: '2000', breaksAt: '800', room: '150' },
  },
  {
    name: 'a loss of the equity at the reset',
    state: { equity: '400', dayEquity: '500', peakEquity: '500', firstEquity: '1000' },
    limits: { dailyLossBase: 'equity-at-reset' },
    daily: { observedPct: '20', base: '500', breaksAt: '450', room: '-50' },
  },
  {
    name: 'a loss of the balance at the reset',
    state: { equity: '450', dayEquity: '500', peakEquity: '500', firstEquity: '1000', dayBalance: '400' },
    limits: { dailyLossBase: 'balance-at-reset' },
    daily: { observedPct: '12.5', base: '400', breaksAt: '460', room: '-10' },
  },
  {
    name: 'a percentage that has no end, to the next hundred-millionth',
    state: { equity: '1', dayEquity: '3', peakEquity: '3', firstEquity: '3' },
    limits: { maxDailyLossPct: amount('33.33333333') },
    daily: { observedPct: '66.66666666', breaksAt: '2', room: '-1' },
  },
  {
    name: 'no limit',
    state: { equity: '1', dayEquity: '1000', peakEquity: '1000', firstEquity: '1000' },
    limits: { maxDailyLossPct: null },
    daily: { limitPct: null, observedPct: '99.9', breaksAt: null, room: null },
  },
  {
    name: 'a base of nothing',
    state: { equity: '-5', dayEquity: '0', peakEquity: '0', firstEquity: '0' },
    daily: { observedPct: '0', loss: '5', base: '0', breaksAt: null, room: null },
    drawdown: { observedPct: '0', breaksAt: null, room: null },
  },
]

test.each(rows)('the distance to the limits of $name', ({ state, limits, daily, drawdown = {} }) => {
  const amounts = Object.fromEntries(Object.entries(state).map(([name, value]) => [name, amount(value)]))
  const known: TraderState = { ...INITIAL_STATE, ...amounts }
  const distances = distancesOf(known, { ...DEFAULT_LIMITS, ...limits }).map(distanceToMessage)
  expect(distances).toMatchObject([
    { rule: 'max_daily_loss', ...daily },
    { rule: 'max_drawdown', ...drawdown },
  ])
})

test('before the first equity there is no distance', () => {
  expect(distancesOf(INITIAL_STATE, DEFAULT_LIMITS)).toEqual([])
})

describe('the equity that is said to break a limit breaks it, and the next higher one does not:', () => {
  const limits = [
    { max_daily_loss: '33.33333333', max_drawdown: null },
    { max_daily_loss: null, max_drawdown: '0.00000001' },
    { max_daily_loss: '7', max_drawdown: null, daily_loss_of: 'equity-at-reset' },
    { max_daily_loss: '7', max_drawdown: null, initial_balance: '333.33' },
    { max_daily_loss: null, max_drawdown: '99.99999999' },
  ]
  test.each(limits)('%j', (message) => {
    const account = Account.with(message, '1000.00000007')
    const nearest = account.distances().find(({ breaksAt }) => breaksAt !== null)
    const breaksAt = nearest?.breaksAt ?? 0n

    expect(Account.with(message, '1000.00000007').tick(formatAmount(breaksAt + 1n)).type).not.toBe('breach')
    expect(Account.with(message, '1000.00000007').tick(formatAmount(breaksAt)).type).toBe('breach')
  })
})
