import {
  cashFlow,
  changeDefaults,
  changeLimits,
  enforcement,
  type LogEntry,
  pause,
  resume,
  tick,
  tickText,
  under,
  wake,
} from '@drawbridge/testing/engine'
import { describe, expect, it } from 'vitest'

const at = (time: string) => `2026-03-12T${time}Z`
const limits = { max_daily_loss: 5, max_drawdown: 20, stop_trading_minutes: 30, stale_after_seconds: 60 } as const
const first = tick(at('09:00'), 1000)
const silent = [first, wake(at('09:01'))]

describe('a trader that is silent', () => {
  it('is stale by a wake-up once no tick was accepted for so long, and the event says since when', () => {
    under(limits)
      .given(first)
      .when(wake(at('09:01')))
      .thenEvent({
        type: 'feed-stale',
        effectiveAt: at('09:01'),
        decision: {
          status: 'blocked',
          code: 'silent',
          reason: 'no equity has been reported since 2026-03-12T09:00Z',
        },
        facts: [{ kind: 'feed-stale', since: at('09:00') }],
        state: { staleSince: at('09:00'), lastTickAt: at('09:00'), equity: '1000' },
      })
  })

  it('is not stale a millisecond before', () => {
    under(limits)
      .given(first)
      .when(wake(at('09:00:59.999')))
      .thenNothing()
  })

  it('is stale once, and needs no further wake-up', () => {
    const spec = under(limits).given(...silent)
    spec.when(wake(at('09:02'))).thenNothing()
    under(limits)
      .given(first)
      .when(wake(at('09:01')))
      .thenWakesAt(null)
  })

  it('is restored by the next accepted tick', () => {
    under(limits)
      .given(...silent)
      .when(tick(at('09:05'), 1001))
      .thenEvent({
        type: 'feed-restored',
        facts: [{ kind: 'feed-restored', since: at('09:00') }],
        state: { staleSince: null, lastTickAt: at('09:05'), equity: '1001' },
      })
  })

  it('may be stale again', () => {
    under(limits)
      .given(...silent, tick(at('09:05'), 1001))
      .when(wake(at('09:06')))
      .thenEvent({ type: 'feed-stale', state: { staleSince: at('09:05') } })
  })

  it('is judged when it comes back, by the same input', () => {
    under(limits)
      .given(...silent)
      .when(tick(at('09:05'), 950))
      .thenEvent({ type: 'breach', facts: [{ kind: 'feed-restored' }, { kind: 'breached' }] })
  })

  it('was not stale if its tick comes before the wake-up, however late', () => {
    under(limits)
      .given(first)
      .when(tick(at('11:00'), 1000))
      .thenEvent({ type: 'assessed', facts: [], state: { lastTickAt: at('11:00') } })
  })

  it('stays silent while its ticks are rejected', () => {
    under(limits)
      .given(first, tickText(at('09:00:30'), '{"equity":"lots"}'))
      .when(wake(at('09:01')))
      .thenEvent({ type: 'feed-stale' })
    under(limits)
      .given(...silent)
      .when(tickText(at('09:02'), '{}'))
      .thenEvent({ type: 'tick-rejected', state: { staleSince: at('09:00') } })
  })

  it('is found stale by a rejected tick too, as time passes by it', () => {
    under(limits)
      .given(first)
      .when(tickText(at('09:02'), '{}'))
      .thenEvent({
        type: 'feed-stale',
        facts: [{ kind: 'feed-stale', since: at('09:00') }, { kind: 'tick-rejected' }],
        state: { staleSince: at('09:00') },
      })
  })

  it.each<{ name: string; input: LogEntry; type: string }>([
    { name: 'a pause', input: pause(at('09:01')), type: 'paused' },
    { name: 'a cash flow', input: cashFlow(at('09:01'), 5), type: 'feed-stale' },
    { name: 'a change of limits', input: changeLimits(at('09:01'), { max_drawdown: 19 }), type: 'feed-stale' },
  ])('is found stale by $name too, before that is obeyed, if it comes first', ({ input, type }) => {
    const { thenEvent, after } = under(limits).given(first).when(input)
    thenEvent({ type })
    expect(after.staleSince).toBe(Date.parse(at('09:00')))
  })

  it('is found stale by a command that cannot be obeyed', () => {
    under(limits)
      .given(first)
      .when(resume(at('09:01')))
      .thenEvent({ type: 'feed-stale' })
  })

  it('is kept from nothing else: an operator may pause and resume it', () => {
    under(limits)
      .given(...silent, pause(at('09:02')))
      .when(resume(at('09:03')))
      .thenEvent({ type: 'resumed', state: { pause: null, staleSince: at('09:00') } })
  })

  it('is judged after the end of a pause and the reset that the same wake-up brings', () => {
    under({ ...limits, stale_after_seconds: 3_600 })
      .given(first, pause(at('09:30'), at('10:00')))
      .when(wake('2026-03-13T00:00Z'))
      .thenEvent({
        type: 'resumed',
        facts: [
          { kind: 'resumed', at: at('10:00') },
          { kind: 'day-started' },
          { kind: 'feed-stale', since: at('09:00') },
        ],
      })
  })
})

describe('silence', () => {
  it('is not judged where nothing is said of it', () => {
    under({ ...limits, stale_after_seconds: null })
      .given(first)
      .when(wake(at('23:00')))
      .thenNothing()
  })

  it('is not of a trader that never spoke', () => {
    const spec = under(limits)
    spec
      .given()
      .when(wake(at('09:01')))
      .thenNothing()
    spec
      .given(pause(at('09:00')))
      .when(wake(at('23:00')))
      .thenNothing()
    spec
      .given(tickText(at('09:00'), '{}'))
      .when(wake(at('23:00')))
      .thenNothing()
    spec
      .given()
      .when(pause(at('09:00')))
      .thenWakesAt(null)
  })

  it('is not judged in event time, whose only clock are ticks', () => {
    under({ ...limits, time_base: 'event' })
      .given(tick(at('09:00'), 1000, { at: '2020-01-02T21:00Z' }))
      .when(wake(at('23:00')))
      .thenNothing()
    under({ ...limits, time_base: 'event' })
      .given(tick(at('09:00'), 1000, { at: '2020-01-02T21:00Z' }))
      .when(pause(at('23:00')))
      .thenEvent({ type: 'paused', state: { staleSince: null } })
  })

  it('is counted from the last tick by the clock of JetStream where a trader leaves event time', () => {
    const { thenEvent } = under({ ...limits, time_base: 'event' })
      .given(
        tick(at('09:00'), 1000, { at: '2020-01-02T21:00Z' }),
        changeLimits(at('09:00:10'), { time_base: 'server' }),
      )
      .when(wake(at('09:01')))
    thenEvent({ decision: { code: 'silent' }, state: { staleSince: at('09:00') } })
    under({ ...limits, time_base: 'event' })
      .given(tick(at('09:00'), 1000, { at: '2020-01-02T21:00Z' }))
      .when(changeLimits(at('09:00:10'), { time_base: 'server' }))
      .thenWakesAt(at('09:01'))
  })

  it('ends in event time too, where a trader was stale before it was set to it', () => {
    under(limits)
      .given(...silent, changeLimits(at('09:02'), { time_base: 'event' }))
      .when(tick(at('09:03'), 1000, { at: '2020-01-02T21:00Z' }))
      .thenEvent({ type: 'feed-restored', state: { staleSince: null } })
  })

  it('is measured in the time of the trader, which never goes back', () => {
    under(limits)
      .given(first, tick(at('08:00'), 1000))
      .when(wake(at('09:00:59')))
      .thenNothing()
  })

  it('is judged by what was in force before a change of limits, and from then on by the new', () => {
    const spec = under(limits)
    spec
      .given(first, changeLimits(at('09:00:30'), { stale_after_seconds: 120 }))
      .when(wake(at('09:01')))
      .thenNothing()
    spec
      .given(first)
      .when(changeLimits(at('09:01'), { stale_after_seconds: 120 }))
      .thenEvent({ type: 'feed-stale', facts: [{ kind: 'feed-stale' }, { kind: 'limits-changed' }] })
    spec
      .given(first, changeDefaults(at('09:00:01'), { stale_after_seconds: 5 }))
      .when(wake(at('09:00:05')))
      .thenEvent({
        type: 'feed-stale',
      })
  })

  it('ends by an accepted tick alone, not because it is judged otherwise', () => {
    under(limits)
      .given(...silent, changeLimits(at('09:02'), { stale_after_seconds: null }))
      .when(wake(at('09:03')))
      .thenNothing()
    under(limits)
      .given(...silent)
      .when(changeLimits(at('09:02'), { stale_after_seconds: null }))
      .thenEvent({ state: { staleSince: at('09:00') } })
  })

  it('is no matter of enforcement', () => {
    under(limits)
      .given(first, enforcement(at('09:00:30'), false))
      .when(wake(at('09:01')))
      .thenEvent({ type: 'feed-stale' })
  })
})
