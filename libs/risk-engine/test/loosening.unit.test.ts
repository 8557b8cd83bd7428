import type { LimitsMessage } from '@drawbridge/contracts'
import { changeDefaults, changeLimits, configure, pause, tick, tickText, under, wake } from '@drawbridge/testing/engine'
import { describe, expect, it } from 'vitest'

const at = (time: string) => `2026-03-12T${time}Z`
const limits = {
  max_daily_loss: 5,
  max_drawdown: 20,
  stop_trading_minutes: 30,
  warn_at_percent: 100,
  loosen_after_minutes: 60,
} as const
const first = tick(at('09:00'), 1000)
const loosen = changeLimits(at('09:10'), { max_daily_loss: 8 })

describe('a change that loosens limits', () => {
  it('takes effect at once where nothing else is said', () => {
    under({ ...limits, loosen_after_minutes: 0 })
      .given(first, loosen)
      .when(tick(at('09:11'), 930))
      .thenEvent({ type: 'assessed' })
  })

  it('waits for loosen_after_minutes, and the event says until when and what holds before', () => {
    under(limits)
      .given(first)
      .when(loosen)
      .thenEvent({
        type: 'limits-changed',
        facts: [
          {
            kind: 'limits-changed',
            limits: {},
            previous: { max_daily_loss: '5' },
            pending: { max_daily_loss: '8' },
            inForceAt: at('10:10'),
          },
        ],
        state: { limits: {}, pendingLimits: [{ at: at('10:10'), limits: { max_daily_loss: '8' } }] },
      })
  })

  it.each([
    { name: 'is judged by the old limit a millisecond before', time: '10:09:59.999', type: 'breach' },
    { name: 'is judged by the new limit from that moment on', time: '10:10', type: 'limits-changed' },
  ])('$name', ({ time, type }) => {
    under(limits)
      .given(first, loosen)
      .when(tick(at(time), 950))
      .thenEvent({ type })
  })

  it('takes effect by a wake-up, which is due then, or by the tick that comes first', () => {
    const expected = {
      type: 'limits-changed',
      facts: [
        {
          kind: 'limits-changed',
          limits: { max_daily_loss: '8' },
          previous: { max_daily_loss: '5' },
          reason: expect.stringMatching(/has waited/),
          by: null,
        },
      ],
      state: { limits: { max_daily_loss: '8' }, pendingLimits: [] },
    }
    under(limits).given(first).when(loosen).thenWakesAt(at('10:10'))
    const spec = under(limits).given(first, loosen)
    spec.when(wake(at('10:10'))).thenEvent(expected)
    spec.when(wake(at('10:09'))).thenNothing()
    spec.when(tick(at('10:30'), 1000)).thenEvent(expected)
  })

  it('takes effect by a rejected tick too, as time passes by it', () => {
    under(limits)
      .given(first, loosen)
      .when(tickText(at('10:30'), '{}'))
      .thenEvent({
        type: 'limits-changed',
        facts: [{ kind: 'limits-changed' }, { kind: 'tick-rejected' }],
        state: { limits: { max_daily_loss: '8' } },
      })
  })

  it('comes before the command that brings it', () => {
    under(limits)
      .given(first, loosen)
      .when(pause(at('10:30')))
      .thenEvent({ type: 'paused', facts: [{ kind: 'limits-changed' }, { kind: 'paused' }] })
  })

  it('is split where it tightens as well: that takes effect at once', () => {
    under(limits)
      .given(first)
      .when(changeLimits(at('09:10'), { max_daily_loss: 8, max_drawdown: 10 }))
      .thenEvent({
        facts: [
          {
            limits: { max_drawdown: '10' },
            previous: { max_daily_loss: '5', max_drawdown: '20' },
            pending: { max_daily_loss: '8' },
          },
        ],
        state: { limits: { max_drawdown: '10' }, pendingLimits: [{ limits: { max_daily_loss: '8' } }] },
      })
  })

  it.each<{ name: string; later: LimitsMessage; waiting: unknown }>([
    { name: 'a later tightening of the same field', later: { max_daily_loss: 4 }, waiting: [] },
    { name: 'a later word that leaves the field as it is', later: { max_daily_loss: 5 }, waiting: [] },
    {
      name: 'a later loosening of the same field',
      later: { max_daily_loss: 6 },
      waiting: [{ at: at('10:30'), limits: { max_daily_loss: '6' } }],
    },
  ])('gives way to $name', ({ later, waiting }) => {
    const { after, thenEvent } = under(limits)
      .given(first, loosen)
      .when(changeLimits(at('09:30'), later))
    thenEvent({ state: { pendingLimits: waiting } })
    expect(after.limits).not.toMatchObject({ maxDailyLossPct: 8_00000000n })
  })

  it('is left alone by a change of another field, and each waits by itself', () => {
    const both = [first, loosen, changeLimits(at('09:30'), { max_drawdown: 25 })]
    under(limits)
      .given(...both)
      .when(tick(at('10:10'), 1000))
      .thenEvent({
        state: {
          limits: { max_daily_loss: '8' },
          pendingLimits: [{ at: at('10:30'), limits: { max_drawdown: '25' } }],
        },
      })
    under(limits)
      .given(...both)
      .when(tick(at('10:30'), 1000))
      .thenEvent({
        facts: [{ limits: { max_daily_loss: '8' } }, { limits: { max_drawdown: '25' } }],
        state: { pendingLimits: [] },
      })
  })

  it('waits by the time of JetStream for a trader in event time, and takes effect with a tick', () => {
    const bar = (received: string, day: string) => tick(at(received), 1000, { at: day })
    const byEvent = under({ ...limits, time_base: 'event' })
    const before = [bar('09:00', '2020-01-02T21:00Z'), loosen]
    byEvent
      .given(...before)
      .when(bar('09:11', '2020-02-02T21:00Z'))
      .thenEvent({ type: 'day-started' })
    byEvent
      .given(...before)
      .when(wake(at('10:10')))
      .thenNothing()
    byEvent
      .given(...before)
      .when(bar('10:10', '2020-01-02T21:01Z'))
      .thenEvent({ type: 'limits-changed' })
  })

  it('takes effect at its own time, so that a reset before that begins no day', () => {
    under(limits)
      .given(first, changeLimits(at('09:10'), { reset_time: '09:30' }))
      .when(tick(at('10:10'), 1000))
      .thenFacts('limits-changed')
  })
})

describe('what loosens', () => {
  it.each<[LimitsMessage, 'waits' | 'at once']>([
    [{ max_daily_loss: '5.00000001' }, 'waits'],
    [{ max_daily_loss: null }, 'waits'],
    [{ max_daily_loss: '4.99999999' }, 'at once'],
    [{ max_drawdown: 21 }, 'waits'],
    [{ max_drawdown: null }, 'waits'],
    [{ max_drawdown: 19 }, 'at once'],
    [{ stop_trading_minutes: 29 }, 'waits'],
    [{ stop_trading_minutes: 31 }, 'at once'],
    [{ daily_loss_ends: 'timer' }, 'waits'],
    [{ daily_loss_ends: 'manual' }, 'at once'],
    [{ drawdown_ends: 'next-day' }, 'at once'],
    [{ drawdown_ends: 'manual' }, 'at once'],
    [{ loosen_after_minutes: 59 }, 'waits'],
    [{ loosen_after_minutes: 0 }, 'waits'],
    [{ loosen_after_minutes: 61 }, 'at once'],
    [{ stale_after_seconds: 60 }, 'at once'],
    [{ sessions: { zone: 'UTC', hours: ['mon-fri 09:00-17:00'] } }, 'waits'],
    [{ sessions: { zone: 'UTC', hours: ['mon-fri 09:00-17:00'], block_entries: true } }, 'at once'],
    [{ warn_at_percent: 50 }, 'at once'],
    [{ warn_at_percent: 100 }, 'at once'],
    // Nobody can say which value of these is looser, so each other value waits.
    [{ initial_balance: 500 }, 'waits'],
    [{ daily_loss_of: 'equity-at-reset' }, 'waits'],
    [{ reset_time: '12:00' }, 'waits'],
    [{ reset_time_zone: 'Europe/Paris' }, 'waits'],
    [{ time_base: 'event' }, 'waits'],
    [{ time_base: 'server', reset_time: '00:00', max_drawdown: 20 }, 'at once'],
  ])('%j %s', (change, when) => {
    const { after } = under(limits)
      .given(first)
      .when(changeLimits(at('09:10'), change))
    expect(after.pendingLimits.length > 0 ? 'waits' : 'at once').toBe(when)
    expect(Object.keys(after.limits ?? {}).length > 0 ? 'at once' : 'waits').toBe(when)
  })

  it('is more time to be silent, and less of a pause that ends by hand', () => {
    const { after } = under({ ...limits, stale_after_seconds: 60, drawdown_ends: 'manual' })
      .given(first)
      .when(changeLimits(at('09:10'), { stale_after_seconds: null, drawdown_ends: 'next-day' }))
    expect(after.pendingLimits).toMatchObject([{ limits: { staleAfterSeconds: null, drawdownEnds: 'next-day' } }])
  })
})

describe('a change of the defaults, or of what is configured for a trader', () => {
  it.each([
    { name: 'the defaults', change: changeDefaults },
    { name: 'one trader', change: configure },
  ])('of $name waits where it loosens, without an event of the trader', ({ change }) => {
    const spec = under(limits).given(first, change(at('09:10'), { max_daily_loss: 8 }))
    spec.when(tick(at('10:09:59.999'), 950)).thenEvent({ type: 'breach' })
    spec.when(tick(at('10:10'), 950)).thenEvent({ type: 'assessed', configVersion: 3 })
    spec.when(wake(at('10:10'))).thenNothing()
  })

  it.each([
    { name: 'the defaults', change: changeDefaults },
    { name: 'one trader', change: configure },
  ])('of $name takes effect at once where it tightens', ({ change }) => {
    under(limits)
      .given(first, change(at('09:10'), { max_daily_loss: 4 }))
      .when(tick(at('09:11'), 960))
      .thenEvent({ type: 'breach' })
  })

  it('gives way to a later tightening of the same field at the same place', () => {
    under(limits)
      .given(
        first,
        changeDefaults(at('09:10'), { max_daily_loss: 8, max_drawdown: 25 }),
        changeDefaults(at('09:20'), { max_daily_loss: 4 }),
      )
      .when(tick(at('11:00'), 960))
      .thenEvent({ type: 'breach', facts: [{ limitPct: '4' }] })
    under(limits)
      .given(first, configure(at('09:10'), { max_daily_loss: 8 }), configure(at('09:20'), { max_daily_loss: 5 }))
      .when(tick(at('11:00'), 950))
      .thenEvent({ type: 'breach' })
  })

  it('is compared with what the trader is judged by, not with the defaults', () => {
    under(limits)
      .given(first, configure(at('09:05'), { max_daily_loss: 2 }), configure(at('09:10'), { max_daily_loss: 4 }))
      .when(tick(at('09:11'), 980))
      .thenEvent({ type: 'breach' })
  })

  it('waits as long as the place that it changes says', () => {
    const own = [first, configure(at('09:05'), { loosen_after_minutes: 90 })]
    under(limits)
      .given(...own, configure(at('09:10'), { max_daily_loss: 8 }))
      .when(tick(at('10:39:59'), 950))
      .thenEvent({ type: 'breach' })
    under(limits)
      .given(...own, configure(at('09:10'), { max_daily_loss: 8 }))
      .when(tick(at('10:40'), 950))
      .thenEvent({ type: 'assessed' })
    under(limits)
      .given(...own, changeDefaults(at('09:10'), { max_daily_loss: 8 }))
      .when(tick(at('10:10'), 950))
      .thenEvent({ type: 'assessed' })
  })

  it('leaves the own limits of a trader in force', () => {
    under(limits)
      .given(
        first,
        changeLimits(at('09:05'), { max_daily_loss: 3 }),
        changeDefaults(at('09:10'), { max_daily_loss: 8 }),
      )
      .when(tick(at('11:00'), 970))
      .thenEvent({ type: 'breach', facts: [{ limitPct: '3' }] })
  })

  it('is judged by the time of the input, even where that goes back', () => {
    under(limits)
      .given(first, changeDefaults(at('09:10'), { max_daily_loss: 8 }), tick(at('10:10'), 1000))
      .when(tick(at('10:09'), 950))
      .thenEvent({ type: 'breach', effectiveAt: at('10:10') })
  })
})
