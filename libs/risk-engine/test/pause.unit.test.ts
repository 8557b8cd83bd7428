import { cashFlow, changeLimits, event, pause, resume, tick, under, wake } from '@drawbridge/testing/engine'
import { describe, expect, it } from 'vitest'

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
      .when(resume('2026-04-20T10:00Z', { holder: 'limit:max_daily_loss', by: 'ann', reason: 'talked to the desk' }))
      .thenEvent({
        type: 'resumed',
        decision: { status: 'allowed', until: null, reason: null },
        facts: [
          { kind: 'day-started' },
          { kind: 'resumed', cause: 'operator', holders: ['limit:max_daily_loss'], by: 'ann' },
        ],
      })
  })
})

const paused = [tick(at('09:00'), 1000), tick(at('10:00'), 800)]

describe('the end of a pause', () => {
  const recovered = [...paused, tick(at('10:20'), 801)]

  it('comes with the first input at or after it, be it a tick or a wake-up', () => {
    for (const input of [tick(at('10:30'), 801), wake(at('10:30')), wake(at('11:00'))]) {
      under(onlyDrawdown)
        .given(...recovered)
        .when(input)
        .thenEvent({
          type: 'resumed',
          decision: { status: 'allowed' },
          facts: [{ kind: 'resumed', at: at('10:30'), cause: 'time', holders: ['limit:max_drawdown'] }],
        })
    }
  })

  it('does not come by time while the limit is broken, and makes no event of that', () => {
    under(onlyDrawdown)
      .given(...paused)
      .when(wake(at('10:30')))
      .thenNothing()
    under(onlyDrawdown)
      .given(...paused, wake(at('10:30')))
      .when(tick('2026-03-20T10:00Z', 800))
      .thenEvent({ type: 'day-started', facts: [{ kind: 'day-started' }], decision: { status: 'paused' } })
  })

  it('comes with the reading that brings the limit back, once its time is over', () => {
    under(onlyDrawdown)
      .given(...paused)
      .when(tick(at('11:00'), '800.00000001'))
      .thenEvent({ type: 'resumed', facts: [{ at: at('11:00'), cause: 'time' }], decision: { status: 'allowed' } })
  })

  it('comes for a daily loss with the next day, which has its own start', () => {
    under(onlyLoss)
      .given(...paused)
      .when(tick('2026-03-13T00:00Z', 800))
      .thenFacts('day-started', 'resumed')
  })

  it('is not the end of it at a percentage where a milder tier of the limit still blocks', () => {
    const tiers = [
      { at_percent: 60, action: 'block-entries' },
      { at_percent: 100, action: 'flatten' },
    ]
    const limits = { dd: { window: 'lifetime', reference: { kind: 'initial' }, limit: { amount: 100 }, tiers } }
    under({ max_daily_loss: null, max_drawdown: null, limits })
      .given(tick(at('09:00'), 1000), tick(at('09:10'), 900))
      .when(tick(at('12:00'), 920))
      .thenEvent({ type: 'assessed', decision: { status: 'paused', action: 'flatten' } })
    under({ max_daily_loss: null, max_drawdown: null, limits })
      .given(tick(at('09:00'), 1000), tick(at('09:10'), 900))
      .when(tick(at('12:00'), 941))
      .thenEvent({ type: 'resumed' })
  })

  it('moves no reference: the loss counts on', () => {
    under(onlyDrawdown)
      .given(...recovered, wake(at('10:30')))
      .when(tick(at('10:31'), 800))
      .thenEvent({ type: 'breach', facts: [{ base: '1000', loss: '200' }] })
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
})

describe('a firm pause that an admin ends', () => {
  const firm = pause(at('09:00'), at('18:00'), { firm: true, by: 'bob' })
  const admin = { holder: 'operator:bob', admin: true, reason: 'agreed', by: 'ann' }

  it('is told as such, and only before its time', () => {
    const broken = { kind: 'resumed', cause: 'operator', holders: ['operator:bob'], reason: 'agreed', by: 'ann' }
    under({})
      .given(tick(at('08:00'), 1000), firm)
      .when(resume(at('10:00'), admin))
      .thenEvent({ type: 'resumed', facts: [{ ...broken, firm: true }] })
    const longer = pause(at('09:01'), at('20:00'), { by: 'bob' })
    const { decision } = under({})
      .given(tick(at('08:00'), 1000), firm, longer)
      .when(resume(at('18:00'), admin))
    expect(event(decision).facts).toEqual([expect.not.objectContaining({ firm: true })])
  })
})

describe('the end of a pause with on_end rebase', () => {
  const forgiving = { ...onlyDrawdown, on_end: 'rebase' } as const
  const forgivingLoss = { ...onlyLoss, on_end: 'rebase' } as const

  it('comes by time alone', () => {
    under(forgiving)
      .given(...paused)
      .when(wake(at('10:29:59.999')))
      .thenNothing()
    under(forgiving)
      .given(...paused)
      .when(wake(at('10:30')))
      .thenEvent({ type: 'resumed', decision: { status: 'allowed' }, facts: [{ kind: 'resumed', cause: 'time' }, {}] })
  })

  it('measures the limit from the equity last known then, and says so; the highest equity stays what it was', () => {
    under(forgiving)
      .given(...paused, tick(at('10:20'), 750))
      .when(tick(at('10:30'), 760))
      .thenEvent({
        type: 'resumed',
        facts: [
          { kind: 'resumed', holders: ['limit:max_drawdown'] },
          { kind: 'rebased', rule: 'max_drawdown', from: '1000', to: '750' },
        ],
        state: { peakEquity: '1000', limitStates: [{ reference: '760' }] },
      })
  })

  it('lets the same limit break again only from there', () => {
    const resumed = [...paused, wake(at('10:30'))]
    under(forgiving)
      .given(...resumed)
      .when(tick(at('10:31'), '640.01'))
      .thenEvent({ type: 'assessed' })
    under(forgiving)
      .given(...resumed)
      .when(tick(at('10:31'), 640))
      .thenEvent({ type: 'breach', facts: [{ base: '800' }] })
  })

  it('rebases nothing where the equity is back at its reference', () => {
    under(forgiving)
      .given(...paused, tick(at('10:20'), 1000))
      .when(wake(at('10:30')))
      .thenFacts('resumed')
    under({ ...forgivingLoss, daily_loss_ends: 'timer' })
      .given(...paused, tick(at('10:20'), 1000))
      .when(wake(at('10:30')))
      .thenFacts('resumed')
  })

  it('measures a daily loss that ends before the reset from there; the day keeps its start', () => {
    under({ ...forgivingLoss, daily_loss_ends: 'timer' })
      .given(...paused)
      .when(wake(at('10:30')))
      .thenEvent({
        type: 'resumed',
        facts: [{ kind: 'resumed' }, { kind: 'rebased', rule: 'max_daily_loss', from: '1000', to: '800' }],
        dailyPnl: '-200',
        state: { dayEquity: '1000', limitStates: [{ reference: '800' }] },
      })
  })

  it('rebases from the start of a new day too, where the pause outlived the reset', () => {
    under(forgivingLoss)
      .given(...paused)
      .when(tick('2026-03-13T00:00Z', 800))
      .thenFacts('day-started', 'resumed')
    under({ ...forgivingLoss, daily_loss_ends: 'timer', stop_trading_minutes: 24 * 60 })
      .given(...paused, tick('2026-03-13T08:00Z', 790))
      .when(wake('2026-03-13T10:00Z'))
      .thenEvent({ facts: [{ kind: 'resumed' }, { kind: 'rebased', from: '800', to: '790' }] })
  })

  it('rebases only the limit whose hold ends', () => {
    under({ ...forgiving, max_daily_loss: 50 })
      .given(...paused)
      .when(wake(at('10:30')))
      .thenEvent({
        facts: [{ kind: 'resumed' }, { kind: 'rebased', rule: 'max_drawdown' }],
        state: { limitStates: [{ reference: '1000' }, { reference: '800' }] },
      })
  })

  it('rebases nothing for an operator', () => {
    under(forgiving)
      .given(tick(at('09:00'), 1000), pause(at('10:00'), at('11:00')), tick(at('10:30'), 900))
      .when(wake(at('11:00')))
      .thenEvent({
        facts: [{ kind: 'resumed', holders: ['operator'] }],
        state: { limitStates: [{ reference: '1000' }] },
      })
  })

  it('keeps the account from a breach at once: the next tick is allowed', () => {
    under({ ...forgiving, max_daily_loss: 5, daily_loss_ends: 'timer' })
      .given(...paused, wake(at('10:30')))
      .when(tick(at('10:31'), 800))
      .thenEvent({ type: 'assessed', decision: { status: 'allowed' } })
  })

  it('rebases to the equity that a cash flow during the pause made', () => {
    under(forgiving)
      .given(...paused, cashFlow(at('10:10'), -100))
      .when(wake(at('10:30')))
      .thenEvent({ facts: [{}, { kind: 'rebased', from: '875', to: '700' }] })
  })

  it('does not come where the limit would be broken even from there', () => {
    under(forgiving)
      .given(...paused, tick(at('10:20'), 0))
      .when(wake(at('10:30')))
      .thenNothing()
  })

  it('may be said of one limit, or of all but one', () => {
    const dd = { window: 'lifetime', reference: { kind: 'initial' }, limit: { amount: 200 } }
    const off = { max_daily_loss: null, max_drawdown: null, stop_trading_minutes: 30 }
    under({ ...off, limits: { dd: { ...dd, on_end: 'rebase' } } })
      .given(...paused)
      .when(wake(at('10:30')))
      .thenEvent({ type: 'resumed' })
    under({ ...off, on_end: 'rebase', limits: { dd: { ...dd, on_end: 'keep' } } })
      .given(...paused)
      .when(wake(at('10:30')))
      .thenNothing()
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
        state: {
          pause: { since: at('10:00'), holds: [{ holder: 'limit:max_daily_loss' }, { holder: 'limit:max_drawdown' }] },
        },
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

  it('each ends by itself, and the pause with the last: an event says which, and that others go on', () => {
    const recovered = [...paused, tick(at('10:20'), 900)]
    under(both)
      .given(...recovered)
      .when(wake(at('10:30')))
      .thenEvent({
        type: 'assessed',
        decision: { status: 'paused', until: NEXT_DAY, reason: 'max_daily_loss: 20 % reached the limit of 5 %' },
        facts: [{ kind: 'hold-ended', at: at('10:30'), holders: ['limit:max_drawdown'] }],
      })
    under(both)
      .given(...recovered, wake(at('10:30')))
      .when(wake(NEXT_DAY))
      .thenEvent({
        type: 'resumed',
        facts: [{ kind: 'day-started' }, { kind: 'resumed', holders: ['limit:max_daily_loss'] }],
      })
  })

  it('one whose own time is over holds on while its limit is broken', () => {
    under(both)
      .given(...paused)
      .when(tick(NEXT_DAY, 790))
      .thenEvent({
        decision: { status: 'paused', code: 'limit' },
        state: { pause: { holds: [{ holder: 'limit:max_drawdown' }] } },
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

  it('last until the latest end of all, though one began by another clock', () => {
    // Before the first tick in event time an operator's word takes JetStream time, here years ahead of the ticks.
    under({ ...both, time_base: 'event' })
      .given(
        pause(at('09:00'), null, { by: 'ann' }),
        tick(at('09:01'), 1000, { at: '2020-01-02T10:00Z' }),
        pause(at('09:02'), '2020-01-02T11:00Z', { by: 'bob' }),
      )
      .when(resume(at('09:03'), { by: 'ann' }))
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
