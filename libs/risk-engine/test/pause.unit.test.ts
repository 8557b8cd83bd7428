import { cashFlow, changeLimits, pause, resume, tick, under, wake } from '@drawbridge/testing/engine'
import { describe, it } from 'vitest'

const at = (time: string) => `2026-03-12T${time}Z`
const NEXT_DAY = '2026-03-13T00:00Z'
const onlyLoss = { max_daily_loss: 5, max_drawdown: null, stop_trading_minutes: 30 } as const
const onlyDrawdown = { max_daily_loss: null, max_drawdown: 20, stop_trading_minutes: 30, warn_at_percent: 100 } as const

describe('how a rule ends its pause', () => {
  it.each([
    { rule: 'max_daily_loss', ends: undefined, time: '10:00', until: NEXT_DAY },
    { rule: 'max_daily_loss', ends: undefined, time: '23:45', until: '2026-03-13T00:15Z' },
    { rule: 'max_daily_loss', ends: 'next-day', time: '23:30', until: NEXT_DAY },
    { rule: 'max_daily_loss', ends: 'next-day', time: '23:31', until: '2026-03-13T00:01Z' },
    { rule: 'max_daily_loss', ends: 'timer', time: '10:00', until: at('10:30') },
    { rule: 'max_daily_loss', ends: 'manual', time: '10:00', until: null },
    { rule: 'max_drawdown', ends: undefined, time: '10:00', until: at('10:30') },
    { rule: 'max_drawdown', ends: 'timer', time: '10:00', until: at('10:30') },
    { rule: 'max_drawdown', ends: 'next-day', time: '10:00', until: NEXT_DAY },
    { rule: 'max_drawdown', ends: 'next-day', time: '23:45', until: '2026-03-13T00:15Z' },
    { rule: 'max_drawdown', ends: 'manual', time: '10:00', until: null },
  ] as const)('$rule ending by $ends that breaks at $time pauses until $until', ({ rule, ends, time, until }) => {
    const daily = rule === 'max_daily_loss'
    const end = ends === undefined ? {} : daily ? { daily_loss_ends: ends } : { drawdown_ends: ends }
    under({ ...(daily ? onlyLoss : onlyDrawdown), ...end })
      .given(tick(at('09:00'), 1000))
      .when(tick(at(time), 700))
      .thenEvent({ type: 'breach', decision: { status: 'paused', until }, facts: [{ rule, until }] })
  })

  it('a timer of several days outlasts the resets in between', () => {
    under({ ...onlyLoss, stop_trading_minutes: 2 * 24 * 60 })
      .given(tick(at('09:00'), 1000))
      .when(tick(at('10:00'), 900))
      .thenEvent({ decision: { until: '2026-03-14T10:00Z' } })
  })

  it('a pause that is manual outlasts every reset and ends by an operator', () => {
    const paused = [tick(at('09:00'), 1000), tick(at('10:00'), 900)]
    const spec = under({ ...onlyLoss, daily_loss_ends: 'manual' })
    spec
      .given(...paused)
      .when(tick('2026-04-20T10:00Z', 900))
      .thenEvent({ type: 'day-started', decision: { status: 'paused', until: null } })
    spec
      .given(...paused)
      .when(resume('2026-04-20T10:00Z', { by: 'ann', reason: 'talked to the desk' }))
      .thenEvent({
        type: 'resumed',
        decision: { status: 'allowed', until: null, reason: null },
        facts: [
          { kind: 'day-started' },
          { kind: 'resumed', cause: 'operator', holders: ['max_daily_loss'], by: 'ann', reason: 'talked to the desk' },
        ],
      })
  })
})

describe('the end of a pause', () => {
  const paused = [tick(at('09:00'), 1000), tick(at('10:00'), 800)]

  it('comes with the first input at or after it, be it a tick or a wake-up', () => {
    for (const input of [tick(at('10:30'), 800), wake(at('10:30')), wake(at('11:00'))]) {
      under(onlyDrawdown)
        .given(...paused)
        .when(input)
        .thenEvent({
          type: 'resumed',
          decision: { status: 'allowed' },
          facts: [{ at: at('10:30'), cause: 'time' }, {}],
        })
    }
  })

  it('does not come a millisecond before', () => {
    under(onlyDrawdown)
      .given(...paused)
      .when(wake(at('10:29:59.999')))
      .thenNothing()
    under(onlyDrawdown)
      .given(...paused)
      .when(tick(at('10:29:59.999'), 1000))
      .thenEvent({ type: 'assessed', decision: { status: 'paused' } })
  })

  it('a wake-up that comes when nothing is due does nothing', () => {
    under(onlyDrawdown)
      .given()
      .when(wake(at('10:00')))
      .thenNothing()
    under(onlyDrawdown)
      .given(tick(at('09:00'), 1000))
      .when(wake(at('23:59:59.999')))
      .thenNothing()
  })

  it('a wake-up on an open-ended pause does nothing', () => {
    under(onlyDrawdown)
      .given(tick(at('09:00'), 1000), pause(at('10:00')))
      .when(wake(at('11:00')))
      .thenNothing()
  })

  it('rebases the peak of a drawdown to the equity last known then, and says so', () => {
    under(onlyDrawdown)
      .given(...paused, tick(at('10:20'), 750))
      .when(tick(at('10:30'), 760))
      .thenEvent({
        type: 'resumed',
        facts: [
          { kind: 'resumed', holders: ['max_drawdown'] },
          { kind: 'peak-rebased', from: '1000', to: '750' },
        ],
        state: { peakEquity: '760' },
      })
  })

  it('lets the same limit break again only from the rebased peak', () => {
    const resumed = [...paused, wake(at('10:30'))]
    under(onlyDrawdown)
      .given(...resumed)
      .when(tick(at('10:31'), '640.01'))
      .thenEvent({ type: 'assessed' })
    under(onlyDrawdown)
      .given(...resumed)
      .when(tick(at('10:31'), 640))
      .thenEvent({ type: 'breach', facts: [{ base: '800' }] })
  })

  it('rebases nothing where the equity is back at its peak', () => {
    under(onlyDrawdown)
      .given(...paused, tick(at('10:20'), 1000))
      .when(wake(at('10:30')))
      .thenFacts('resumed')
  })

  it('rebases the baseline of a daily loss that ends before the reset', () => {
    under({ ...onlyLoss, daily_loss_ends: 'timer' })
      .given(...paused)
      .when(wake(at('10:30')))
      .thenEvent({
        type: 'resumed',
        facts: [{ kind: 'resumed' }, { kind: 'baseline-rebased', from: '1000', to: '800' }],
        dailyPnl: '0',
        state: { dayEquity: '800', peakEquity: '1000' },
      })
  })

  it('rebases the balance of the day with its equity', () => {
    under({ ...onlyLoss, daily_loss_ends: 'timer', daily_loss_of: 'balance-at-reset' })
      .given(tick(at('09:00'), 1000, { balance: 990 }), tick(at('10:00'), 800, { balance: 810 }))
      .when(wake(at('10:30')))
      .thenEvent({ state: { dayEquity: '800', dayBalance: '810' } })
  })

  it('rebases no baseline where the equity is back at it', () => {
    under({ ...onlyLoss, daily_loss_ends: 'timer' })
      .given(...paused, tick(at('10:20'), 1000))
      .when(wake(at('10:30')))
      .thenFacts('resumed')
  })

  it('rebases no baseline where the reset came before it: the new day has its own', () => {
    under(onlyLoss)
      .given(...paused)
      .when(tick('2026-03-13T00:00Z', 800))
      .thenFacts('day-started', 'resumed')
    under({ ...onlyLoss, daily_loss_ends: 'timer', stop_trading_minutes: 24 * 60 })
      .given(...paused, tick('2026-03-13T08:00Z', 790))
      .when(wake('2026-03-13T10:00Z'))
      .thenEvent({ facts: [{ kind: 'resumed' }], state: { dayEquity: '800', equity: '790' } })
  })

  it('rebases no peak for a daily loss and no baseline for a drawdown', () => {
    under({ ...onlyDrawdown, max_daily_loss: 50 })
      .given(...paused)
      .when(wake(at('10:30')))
      .thenEvent({ facts: [{ kind: 'resumed' }, { kind: 'peak-rebased' }], state: { dayEquity: '1000' } })
  })

  it('rebases nothing for an operator', () => {
    under(onlyDrawdown)
      .given(tick(at('09:00'), 1000), pause(at('10:00'), at('11:00')), tick(at('10:30'), 900))
      .when(wake(at('11:00')))
      .thenEvent({
        facts: [{ kind: 'resumed', holders: ['operator'] }],
        state: { peakEquity: '1000', dayEquity: '1000' },
      })
  })

  it('rebases likewise when an operator ends it early', () => {
    under({ ...onlyDrawdown, max_daily_loss: 5 })
      .given(...paused)
      .when(resume(at('10:05')))
      .thenEvent({
        type: 'resumed',
        facts: [{ kind: 'resumed' }, { kind: 'baseline-rebased', to: '800' }, { kind: 'peak-rebased', to: '800' }],
      })
  })

  it('without it the account would breach at once; with it the next tick is allowed', () => {
    under({ ...onlyDrawdown, max_daily_loss: 5, daily_loss_ends: 'timer' })
      .given(...paused, wake(at('10:30')))
      .when(tick(at('10:31'), 800))
      .thenEvent({ type: 'assessed', decision: { status: 'allowed' } })
  })

  it('rebases to the equity that a cash flow during the pause made', () => {
    under(onlyDrawdown)
      .given(...paused, cashFlow(at('10:10'), -100))
      .when(wake(at('10:30')))
      .thenEvent({ facts: [{}, { kind: 'peak-rebased', from: '900', to: '700' }] })
  })
})

describe('several holders of one pause', () => {
  const both = { max_daily_loss: 5, max_drawdown: 20, stop_trading_minutes: 30 } as const

  it('one tick may break both limits: the pause lasts until the later end', () => {
    under(both)
      .given(tick(at('09:00'), 1000))
      .when(tick(at('10:00'), 800))
      .thenEvent({
        type: 'breach',
        decision: { until: NEXT_DAY },
        facts: [
          { rule: 'max_daily_loss', until: NEXT_DAY },
          { rule: 'max_drawdown', until: at('10:30') },
        ],
        state: { pause: { since: at('10:00'), holds: [{ holder: 'max_daily_loss' }, { holder: 'max_drawdown' }] } },
      })
  })

  it('another rule that breaks extends the pause', () => {
    under({ ...both, daily_loss_ends: 'timer' })
      .given(tick(at('09:00'), 1000), tick(at('10:00'), 950))
      .when(tick(at('10:20'), 800))
      .thenEvent({
        type: 'breach',
        facts: [{ rule: 'max_drawdown' }],
        decision: { until: at('10:50') },
        state: { pause: { since: at('10:00') } },
      })
  })

  it('another rule that breaks does not shorten the pause', () => {
    under(both)
      .given(tick(at('09:00'), 1000), tick(at('10:00'), 950))
      .when(tick(at('10:20'), 800))
      .thenEvent({ type: 'breach', decision: { until: NEXT_DAY } })
  })

  it('a holder whose own time is over holds on until the whole pause ends', () => {
    const paused = [tick(at('09:00'), 1000), tick(at('10:00'), 800)]
    under(both)
      .given(...paused)
      .when(tick(at('12:00'), 700))
      .thenEvent({ type: 'assessed', state: { peakEquity: '1000' } })
    under(both)
      .given(...paused, tick(at('12:00'), 700))
      .when(wake('2026-03-13T00:00Z'))
      .thenEvent({
        type: 'resumed',
        facts: [
          { kind: 'day-started' },
          { kind: 'resumed', holders: ['max_daily_loss', 'max_drawdown'] },
          { kind: 'peak-rebased', to: '700' },
        ],
      })
  })

  it('one open-ended holder makes the whole pause open-ended, first or last', () => {
    under(both)
      .given(tick(at('09:00'), 1000), pause(at('09:30')))
      .when(tick(at('10:00'), 950))
      .thenEvent({ decision: { until: null } })
    under(both)
      .given(tick(at('09:00'), 1000), tick(at('10:00'), 950))
      .when(pause(at('10:01')))
      .thenEvent({ type: 'paused', decision: { until: null } })
  })

  it('lasts until the latest end of its holders, though one began by another clock', () => {
    // Before the first tick in event time an operator's word takes JetStream time, here years ahead of the ticks.
    under({ ...both, time_base: 'event' })
      .given(pause(at('09:00')), tick(at('09:01'), 1000, { at: '2020-01-02T10:00Z' }))
      .when(pause(at('09:02'), '2020-01-02T11:00Z'))
      .thenEvent({ decision: { until: '2020-01-02T11:00Z' } })
  })

  it('the reasons of all holders are in the decision', () => {
    under(both)
      .given(tick(at('09:00'), 1000), pause(at('09:30'), at('10:00')))
      .when(tick(at('09:45'), 950))
      .thenEvent({ decision: { reason: 'operator: holiday; max_daily_loss: 5 % reached the limit of 5 %' } })
  })

  it('a limit changed in mid-pause moves no end that is set', () => {
    under(both)
      .given(tick(at('09:00'), 1000), tick(at('10:00'), 800))
      .when(changeLimits(at('10:10'), { stop_trading_minutes: 600, daily_loss_ends: 'manual' }))
      .thenEvent({ decision: { until: NEXT_DAY } })
  })
})
