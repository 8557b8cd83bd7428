import {
  type Amount,
  DEFAULT_LIMITS,
  formatAmount,
  type Limits,
  parseAmount,
  subjects,
  type TraderState,
} from '@drawbridge/contracts'
import { INITIAL_STATE, resolve } from '@drawbridge/risk-engine'
import { describe, expect, test } from 'vitest'
import { distancesOf, distanceToMessage } from '../src/core/distances.ts'
import { Account } from './account.ts'

function amount(value: string): Amount {
  const read = parseAmount(value)
  if (!read.ok) throw new Error(read.reason)
  return read.value
}

const NONE = { max_daily_loss: null, max_drawdown: null }
const FLOOR = { window: 'lifetime', reference: { kind: 'initial' }, limit: { amount: 100 }, ends: 'manual' }

interface Row {
  readonly name: string
  readonly limits: object
  readonly equities: readonly number[]
  readonly distances: readonly object[]
}

const rows: readonly Row[] = [
  {
    name: 'a loss',
    limits: {},
    equities: [1250, 1190],
    distances: [
      {
        rule: 'max_daily_loss',
        limitPct: '10',
        observedPct: '-19',
        loss: '-190',
        from: '1000',
        base: '1000',
        tested: '1190',
        line: '900',
        breaksAt: '900',
        room: '290',
      },
      {
        rule: 'max_drawdown',
        limitPct: '20',
        observedPct: '4.8',
        loss: '60',
        from: '1250',
        base: '1250',
        line: '1000',
        breaksAt: '1000',
        room: '190',
      },
    ],
  },
  {
    name: 'an amount, and tiers that block early',
    limits: {
      ...NONE,
      limits: {
        one: {
          ...FLOOR,
          tiers: [
            { at_percent: 60, action: 'block-entries' },
            { at_percent: 100, action: 'flatten' },
          ],
        },
      },
    },
    equities: [950],
    distances: [
      {
        rule: 'one',
        limitPct: '10',
        observedPct: '5',
        loss: '50',
        line: '900',
        breaksAt: '940',
        room: '10',
        active: true,
      },
    ],
  },
  {
    name: 'a limit that is broken',
    limits: { ...NONE, limits: { one: FLOOR } },
    equities: [890],
    distances: [{ breaksAt: '900', room: '-10' }],
  },
  {
    name: 'a profit',
    limits: {
      ...NONE,
      limits: {
        one: { ...FLOOR, measure: 'profit', window: 'day', reference: { kind: 'start' }, ends: 'next-window' },
      },
    },
    equities: [1030],
    distances: [{ measure: 'profit', loss: '30', line: '1100', breaksAt: '1100', room: '70' }],
  },
  {
    name: 'a limit that only warns',
    limits: { ...NONE, limits: { one: { ...FLOOR, warn_only: true, tiers: [{ at_percent: 50, action: 'warn' }] } } },
    equities: [930],
    distances: [{ line: '900', breaksAt: null, room: null }],
  },
  {
    name: 'a limit that begins later',
    limits: {
      ...NONE,
      limits: { one: { ...FLOOR, window: 'day', ends: 'timer', active_from: { profit: { amount: 50 } } } },
    },
    equities: [1030],
    distances: [{ active: false, line: null, room: null, uncomputable: null }],
  },
  {
    name: 'a limit that cannot be computed',
    limits: { ...NONE, limits: { one: { ...FLOOR, tested: 'balance' } } },
    equities: [1030],
    distances: [{ active: true, tested: null, loss: null, room: null, uncomputable: 'the reading has no balance' }],
  },
  { name: 'no limit', limits: NONE, equities: [1], distances: [] },
]

test.each(rows)('the distance to the limits of $name', ({ limits, equities, distances }) => {
  const account = Account.with(limits, 1000)
  for (const equity of equities) account.tick(equity)
  expect(account.distances().map(distanceToMessage)).toMatchObject(distances)
})

test('each limit has one, in the order in which they are judged', () => {
  const limits = { limits: { b: FLOOR, a: FLOOR } }
  const rules = Account.with(limits, 1000)
    .distances()
    .map(({ rule }) => rule)
  expect(rules).toEqual(['max_daily_loss', 'max_drawdown', 'a', 'b'])
})

test('before the first equity there is no distance', () => {
  const account = new Account()
  account.put(subjects.control('pause', 'bot1'), { reason: 'not yet' })
  expect(account.distances()).toEqual([])
})

/** Rules before version 6 recorded no lines. */
describe('of an event of earlier rules, the distance', () => {
  interface Earlier {
    readonly name: string
    readonly state: Readonly<
      Partial<Record<'equity' | 'dayEquity' | 'peakEquity' | 'firstEquity' | 'dayBalance', string>>
    >
    readonly limits?: Partial<Limits>
    readonly daily: object
    readonly drawdown?: object
  }
  const earlier: readonly Earlier[] = [
    {
      name: 'of a loss',
      state: { equity: '950', dayEquity: '1000', peakEquity: '1250', firstEquity: '1000' },
      daily: { limitPct: '10', observedPct: '5', loss: '50', from: '1000', base: '1000', breaksAt: '900', room: '50' },
      drawdown: { limitPct: '20', observedPct: '24', from: '1250', base: '1250', breaksAt: '1000', room: '-50' },
    },
    {
      name: 'of a loss of the initial balance, which is configured',
      state: { equity: '950', dayEquity: '1000', peakEquity: '1000', firstEquity: '1000' },
      limits: { initialBalance: amount('2000') },
      daily: { observedPct: '2.5', base: '2000', breaksAt: '800', room: '150' },
    },
    {
      name: 'of a loss of the equity at the reset',
      state: { equity: '400', dayEquity: '500', peakEquity: '500', firstEquity: '1000' },
      limits: { dailyLossBase: 'equity-at-reset' },
      daily: { observedPct: '20', base: '500', breaksAt: '450', room: '-50' },
    },
    {
      name: 'of a loss of the balance at the reset',
      state: { equity: '450', dayEquity: '500', peakEquity: '500', firstEquity: '1000', dayBalance: '400' },
      limits: { dailyLossBase: 'balance-at-reset' },
      daily: { observedPct: '12.5', base: '400', breaksAt: '460', room: '-10' },
    },
    {
      name: 'of a percentage that has no end, to the next hundred-millionth',
      state: { equity: '1', dayEquity: '3', peakEquity: '3', firstEquity: '3' },
      limits: { maxDailyLossPct: amount('33.33333333') },
      daily: { observedPct: '66.66666666', breaksAt: '2', room: '-1' },
    },
    {
      name: 'of a base of nothing',
      state: { equity: '-5', dayEquity: '0', peakEquity: '0', firstEquity: '0' },
      daily: {
        observedPct: '0',
        loss: '5',
        base: '0',
        breaksAt: null,
        room: null,
        uncomputable: 'what its percentage is of is 0',
      },
      drawdown: { observedPct: '0', breaksAt: null, room: null },
    },
  ]

  test.each(earlier)('$name follows from the rest of the state', ({ state, limits, daily, drawdown = {} }) => {
    const amounts = Object.fromEntries(Object.entries(state).map(([name, value]) => [name, amount(value)]))
    const known: TraderState = { ...INITIAL_STATE, ...amounts }
    const distances = distancesOf(known, resolve({ ...DEFAULT_LIMITS, ...limits })).map(distanceToMessage)
    expect(distances).toMatchObject([
      { rule: 'max_daily_loss', ...daily },
      { rule: 'max_drawdown', ...drawdown },
    ])
  })
})

describe('the equity that is said to break a limit breaks it, and the next higher one does not:', () => {
  const limits = [
    { max_daily_loss: '33.33333333', max_drawdown: null },
    { max_daily_loss: null, max_drawdown: '0.00000001' },
    { max_daily_loss: '7', max_drawdown: null, daily_loss_of: 'equity-at-reset' },
    { max_daily_loss: '7', max_drawdown: null, initial_balance: '333.33' },
    { max_daily_loss: null, max_drawdown: '99.99999999' },
    { ...NONE, limits: { one: { ...FLOOR, tiers: [{ at_percent: '33.33333333', action: 'flatten' }] } } },
  ]
  test.each(limits)('%j', (message) => {
    const account = Account.with(message, '1000.00000007')
    const nearest = account.distances().find(({ breaksAt }) => breaksAt !== null)
    const breaksAt = nearest?.breaksAt ?? 0n

    expect(Account.with(message, '1000.00000007').tick(formatAmount(breaksAt + 1n)).type).not.toBe('breach')
    expect(Account.with(message, '1000.00000007').tick(formatAmount(breaksAt)).type).toBe('breach')
  })
})
