import { cashFlow, changeLimits, enforcement, pause, tick, under } from '@drawbridge/testing/engine'
import { describe, expect, it } from 'vitest'

// No warnings here: what is said of breaches is said of breaches alone.
const limits = { max_daily_loss: 5, max_drawdown: null, stop_trading_minutes: 30, warn_at_percent: 100 } as const
const MORNING = '2026-03-12T09:00Z'
const NOON = '2026-03-12T12:00Z'
const NEXT_DAY = '2026-03-13T00:00Z'

describe('max_daily_loss', () => {
  it.each([
    { name: 'a loss of 50.00 on 1000.00 at 5 % breaches', equity: '950.00', type: 'breach' },
    { name: 'a loss of 49.99 on 1000.00 at 5 % does not', equity: '950.01', type: 'assessed' },
    { name: 'a loss one unit short of the limit does not', equity: '950.00000001', type: 'assessed' },
    { name: 'a loss one unit beyond the limit breaches', equity: '949.99999999', type: 'breach' },
    { name: 'no loss does not', equity: '1000', type: 'assessed' },
    { name: 'a gain does not', equity: '2000', type: 'assessed' },
    { name: 'a loss of all and more breaches', equity: '-500', type: 'breach' },
  ])('$name', ({ equity, type }) => {
    under(limits).given(tick(MORNING, '1000.00')).when(tick(NOON, equity)).thenEvent({ type })
  })

  it('names the loss, what it is a percentage of, the limit and the end of the pause', () => {
    under(limits)
      .given(tick(MORNING, 1000))
      .when(tick(NOON, '949.99'))
      .thenEvent({
        type: 'breach',
        decision: {
          status: 'paused',
          until: NEXT_DAY,
          reason: 'max_daily_loss: 5.001 % reached the limit of 5 %',
        },
        dailyPnl: '-50.01',
        facts: [
          {
            kind: 'breached',
            rule: 'max_daily_loss',
            loss: '50.01',
            base: '1000',
            observedPct: '5.001',
            limitPct: '5',
            enforced: true,
            until: NEXT_DAY,
          },
        ],
      })
  })

  it.each([
    { name: 'of the configured initial balance', initial: 2000, equity: 1900, type: 'breach' },
    { name: 'of it and not of the first equity', initial: 2000, equity: 1901, type: 'assessed' },
    { name: 'of the first equity where none is configured', initial: null, equity: 1899, type: 'breach' },
    { name: 'of that, inclusive', initial: null, equity: '1899.05', type: 'breach' },
    { name: 'of that, and no less', initial: null, equity: '1899.06', type: 'assessed' },
  ])('is a percentage $name', ({ initial, equity, type }) => {
    under({ ...limits, initial_balance: initial })
      .given(tick(MORNING, 1999))
      .when(tick(NOON, equity))
      .thenEvent({ type })
  })

  it('measures the first day from the initial balance, so that the first tick can breach', () => {
    under({ ...limits, initial_balance: 1000 })
      .given()
      .when(tick(MORNING, 950))
      .thenEvent({ type: 'breach', state: { dayEquity: '1000', peakEquity: '1000', firstEquity: '950' } })
  })

  it('measures the first day from the first reading where first_day says so', () => {
    under({ ...limits, initial_balance: 1000, first_day: 'first-reading' })
      .given()
      .when(tick(MORNING, 950))
      .thenEvent({ type: 'assessed', dailyPnl: '0', state: { dayEquity: '950', peakEquity: '1000' } })
  })

  it('measures the first day from the first equity where no initial balance is configured', () => {
    under(limits)
      .given()
      .when(tick(MORNING, 950))
      .thenEvent({ type: 'assessed', dailyPnl: '0', state: { dayEquity: '950', dayStartedAt: MORNING } })
  })

  it('measures the next day from the equity last known before the reset', () => {
    const day1 = [tick(MORNING, 1000), tick(NOON, 1200)]
    under(limits)
      .given(...day1)
      .when(tick('2026-03-13T08:00Z', 1150))
      .thenEvent({ type: 'breach', state: { dayEquity: '1200' } })
    under(limits)
      .given(...day1)
      .when(tick('2026-03-13T08:00Z', '1150.01'))
      .thenEvent({ type: 'day-started', dailyPnl: '-49.99' })
  })

  it("measures from the start of the day, not from the day's high", () => {
    under(limits)
      .given(tick(MORNING, 1000), tick('2026-03-12T10:00Z', 1200))
      .when(tick(NOON, 951))
      .thenEvent({ type: 'assessed', dailyPnl: '-49' })
  })

  it.each([
    // Day 2 begins at equity 2000 and balance 1500; day 1 began at 1000.
    { of: 'initial-balance', breaks: 1950, holds: '1950.01', base: '1000' },
    { of: 'equity-at-reset', breaks: 1900, holds: '1900.01', base: '2000' },
    { of: 'balance-at-reset', breaks: 1925, holds: '1925.01', base: '1500' },
  ] as const)('can be a percentage of the $of', ({ of, breaks, holds, base }) => {
    const day1 = [tick(MORNING, 1000, { balance: 1000 }), tick(NOON, 2000, { balance: 1500 })]
    const spec = under({ ...limits, daily_loss_of: of })
    spec
      .given(...day1)
      .when(tick('2026-03-13T08:00Z', breaks, { balance: 1500 }))
      .thenEvent({ type: 'breach', facts: [{ kind: 'day-started' }, { kind: 'breached', base }] })
    spec
      .given(...day1)
      .when(tick('2026-03-13T08:00Z', holds, { balance: 1500 }))
      .thenEvent({ type: 'day-started' })
  })

  it('blocks entries where it is a percentage of a balance that is not reported, and says so', () => {
    const reason = 'the reading has no balance'
    under({ ...limits, daily_loss_of: 'balance-at-reset' })
      .given()
      .when(tick(MORNING, 1000))
      .thenEvent({
        decision: { status: 'blocked', code: 'uncomputable', reason: `max_daily_loss cannot be computed: ${reason}` },
        facts: [{ kind: 'uncomputable', rule: 'max_daily_loss', reason }],
      })
  })

  it('carries no balance over: one that is missing at the reset is no base of the next day', () => {
    under({ ...limits, daily_loss_of: 'balance-at-reset' })
      .given(tick(MORNING, 1000, { balance: 800 }), tick(NOON, 1000))
      .when(tick('2026-03-13T08:00Z', 960))
      .thenEvent({
        type: 'day-started',
        decision: { code: 'uncomputable' },
        facts: [{ kind: 'day-started', balance: null }],
      })
    under({ ...limits, daily_loss_of: 'balance-at-reset' })
      .given(tick(MORNING, 1000, { balance: 800 }))
      .when(tick(NOON, 1000))
      .thenEvent({ facts: [{ kind: 'uncomputable', reason: 'the reading has no balance' }] })
  })

  it('is not judged where it is null', () => {
    under({ ...limits, max_daily_loss: null })
      .given(tick(MORNING, 1000))
      .when(tick(NOON, 1))
      .thenEvent({ type: 'assessed' })
  })

  it.each([0, -100])('blocks entries where what it is a percentage of is %d, and says so', (first) => {
    under(limits)
      .given(tick(MORNING, first))
      .when(tick(NOON, 1000))
      .thenEvent({ type: 'assessed', decision: { status: 'blocked', code: 'uncomputable' } })
  })

  it('blocks entries where its floor is 0 or less: nothing can be lost down to it', () => {
    under({ ...limits, max_daily_loss: 100, initial_balance: 1000 })
      .given()
      .when(tick(MORNING, 1000))
      .thenEvent({
        decision: { code: 'uncomputable' },
        facts: [{ kind: 'uncomputable', rule: 'max_daily_loss', reason: 'its floor is 0' }],
      })
  })

  it('compares the largest and the smallest amounts exactly', () => {
    const largest = '999999999999999.99999999'
    under(limits)
      .given(tick(MORNING, largest))
      .when(tick(NOON, '949999999999999.99999999'))
      .thenEvent({ type: 'breach', facts: [{ observedPct: '5' }] })
    under(limits)
      .given(tick(MORNING, largest))
      .when(tick(NOON, '950000000000000'))
      .thenEvent({ type: 'assessed', dailyPnl: '-49999999999999.99999999' })
    under({ ...limits, initial_balance: '0.00000002' })
      .given()
      .when(tick(MORNING, `-${largest}`))
      .thenEvent({ type: 'breach', facts: [{ loss: '1000000000000000.00000001', base: '0.00000002' }] })
  })

  it('compares by a limit of 8 decimals exactly', () => {
    const fine = { ...limits, max_daily_loss: '3.33333333' }
    under(fine).given(tick(MORNING, 100)).when(tick(NOON, '96.66666667')).thenEvent({ type: 'breach' })
    under(fine).given(tick(MORNING, 100)).when(tick(NOON, '96.66666668')).thenEvent({ type: 'assessed' })
  })

  it('cuts the observed percentage to 8 decimals, never rounds it up', () => {
    under(limits)
      .given(tick(MORNING, 3))
      .when(tick(NOON, 1))
      .thenEvent({ facts: [{ observedPct: '66.66666666' }] })
  })
})

describe('a deposit or withdrawal', () => {
  it.each([
    { name: 'a deposit is no gain', amount: 500, equity: 1425, type: 'breach' },
    { name: 'a deposit hides no loss', amount: 500, equity: '1425.01', type: 'assessed' },
    { name: 'a withdrawal is no loss', amount: -500, equity: 500, type: 'assessed' },
    { name: 'a withdrawal keeps the percentage', amount: -500, equity: 475, type: 'breach' },
    { name: 'a withdrawal makes it no stricter', amount: -500, equity: '475.01', type: 'assessed' },
  ])('$name', ({ amount, equity, type }) => {
    under(limits)
      .given(tick(MORNING, 1000), cashFlow('2026-03-12T10:00Z', amount))
      .when(tick(NOON, equity))
      .thenEvent({ type })
  })

  it('shifts equity, balance and the start of the day, and scales the peak: no percentage changes', () => {
    under({ ...limits, max_drawdown: 20 })
      .given(tick(MORNING, 1000, { balance: 900 }), tick('2026-03-12T09:30Z', 990, { balance: 950 }))
      .when(cashFlow(NOON, '-198'))
      .thenEvent({
        type: 'cash-flow',
        facts: [{ kind: 'cash-flow', amount: '-198', reason: null, by: null }],
        dailyPnl: '-10',
        drawdownPct: '1',
        state: {
          equity: '792',
          balance: '752',
          peakEquity: '800',
          dayEquity: '802',
          dayBalance: '702',
          firstEquity: '1000',
          limitStates: [
            { name: 'max_daily_loss', reference: '800', percent: '1' },
            { name: 'max_drawdown', reference: '800', percent: '1' },
          ],
        },
      })
  })

  it('leaves unknown balances unknown', () => {
    under(limits)
      .given(tick(MORNING, 1000))
      .when(cashFlow(NOON, 1))
      .thenEvent({ state: { balance: null, dayBalance: null } })
  })

  it('is refused before the first equity and where it would pass the bound of amounts', () => {
    under(limits)
      .given()
      .when(cashFlow(NOON, 1))
      .thenRefused(/not reported any equity/)
    under(limits).given(tick(MORNING, '999999999999999')).when(cashFlow(NOON, 1)).thenRefused(/1e15/)
    under(limits)
      .given(tick(MORNING, '999999999999999'))
      .when(cashFlow(NOON, '0.99999999'))
      .thenEvent({ state: { equity: '999999999999999.99999999' } })
  })

  it('is refused where it leaves nothing, or is larger than the equity, unless forced', () => {
    const one = [tick(MORNING, 1000)]
    for (const amount of [-1000, -50_000, 1001]) {
      under(limits)
        .given(...one)
        .when(cashFlow(NOON, amount))
        .thenRefused(/"force": true/)
    }
    under(limits)
      .given(...one)
      .when(cashFlow(NOON, 1001, { force: true }))
      .thenEvent({ type: 'cash-flow', state: { equity: '2001' } })
    under(limits)
      .given(...one)
      .when(cashFlow(NOON, 1000))
      .thenEvent({ type: 'cash-flow' })
  })

  it.each([0, -5])('moves no reference on an equity of %d: a restart is required', (equity) => {
    under({ ...limits, initial_balance: 1000 })
      .given(tick(MORNING, equity))
      .when(cashFlow(NOON, 1, { force: true }))
      .thenEvent({
        type: 'cash-flow',
        state: { equity: String(equity + 1), peakEquity: '1000', limitStates: [{ reference: '1000' }] },
      })
  })

  it('breaches nothing by itself', () => {
    under({ ...limits, max_drawdown: 1 })
      .given(tick(MORNING, 1000))
      .when(cashFlow(NOON, -999))
      .thenEvent({ type: 'cash-flow', decision: { status: 'allowed' } })
  })
})

describe('limits that change', () => {
  const before = [tick(MORNING, 1000), tick('2026-03-12T10:00Z', 970)]

  it('are told by the event, with what they were', () => {
    under(limits)
      .given(...before)
      .when(changeLimits(NOON, { max_daily_loss: 4, stop_trading_minutes: 5 }))
      .thenEvent({
        type: 'limits-changed',
        decision: { status: 'allowed' },
        facts: [
          {
            kind: 'limits-changed',
            limits: { max_daily_loss: '4', stop_trading_minutes: 5 },
            previous: { max_daily_loss: '5', stop_trading_minutes: 30 },
            reason: null,
            by: null,
          },
        ],
        state: { limits: { max_daily_loss: '4', stop_trading_minutes: 5 } },
      })
  })

  it('judge at the command, by the last reading: one that is tightened beyond it closes the gate at once', () => {
    under(limits)
      .given(...before)
      .when(changeLimits(NOON, { max_daily_loss: 3 }))
      .thenEvent({
        type: 'breach',
        decision: { status: 'paused', until: NEXT_DAY },
        facts: [{ kind: 'limits-changed' }, { kind: 'breached', rule: 'max_daily_loss', loss: '30', limitPct: '3' }],
      })
  })

  it('add up: a second change keeps what it does not name', () => {
    under(limits)
      .given(tick(MORNING, 1000), changeLimits(NOON, { max_daily_loss: 3 }))
      .when(changeLimits(NOON, { max_drawdown: 7 }))
      .thenEvent({
        state: { limits: { max_daily_loss: '3', max_drawdown: '7' } },
        facts: [{ previous: { max_drawdown: null } }],
      })
  })

  it('end no pause that is in force', () => {
    under(limits)
      .given(tick(MORNING, 1000), tick('2026-03-12T10:00Z', 900))
      .when(changeLimits(NOON, { max_daily_loss: null }))
      .thenEvent({ decision: { status: 'paused', until: NEXT_DAY } })
  })

  it('may be set before the first tick', () => {
    under(limits)
      .given(changeLimits(MORNING, { max_daily_loss: 1 }), tick(MORNING, 1000))
      .when(tick(NOON, 990))
      .thenEvent({ type: 'breach' })
  })
})

it('a rule that holds the pause cannot breach again, however often it is broken', () => {
  const { after } = under(limits)
    .given(tick(MORNING, 1000), tick('2026-03-12T10:00Z', 900))
    .when(tick('2026-03-12T11:00Z', 500))
  expect(after.pause?.holds).toHaveLength(1)
  under(limits)
    .given(tick(MORNING, 1000), tick('2026-03-12T10:00Z', 900))
    .when(tick('2026-03-12T11:00Z', 500))
    .thenEvent({ type: 'assessed', facts: [], decision: { status: 'paused', until: NEXT_DAY } })
})

it('an operator who holds the pause does not keep a rule from breaching', () => {
  under(limits)
    .given(tick(MORNING, 1000), pause('2026-03-12T10:00Z', '2026-03-12T11:00Z'))
    .when(tick('2026-03-12T10:30Z', 900))
    .thenEvent({ type: 'breach', decision: { until: NEXT_DAY } })
})

it('a trader that was paused unenforced is still judged by the other limits', () => {
  under({ ...limits, max_drawdown: 20 })
    .given(tick(MORNING, 1000), enforcement('2026-03-12T09:30Z', false), tick('2026-03-12T10:00Z', 900))
    .when(tick(NOON, 800))
    .thenEvent({ type: 'breach', facts: [{ rule: 'max_drawdown', enforced: false, until: null }] })
})
