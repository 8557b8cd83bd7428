import { changeLimits, enforcement, pause, resume, tick, tickText, under, wake } from '@drawbridge/testing/engine'
import { describe, expect, it } from 'vitest'

const at = (time: string) => `2026-03-12T${time}Z`
const limits = { max_daily_loss: 5, max_drawdown: 20, stop_trading_minutes: 30 } as const

describe('the order within one input', () => {
  it('is the reset, then the end of a pause where both are due at the same moment, then the tick', () => {
    under(limits)
      .given(tick(at('09:00'), 1000), tick(at('10:00'), 950))
      .when(tick('2026-03-13T00:00Z', 800))
      .thenEvent({
        type: 'breach',
        facts: [
          { kind: 'day-started', at: '2026-03-13T00:00Z', equity: '950' },
          { kind: 'resumed', at: '2026-03-13T00:00Z', holders: ['limit:max_daily_loss'] },
          { kind: 'breached', rule: 'max_daily_loss', loss: '150' },
          { kind: 'breached', rule: 'max_drawdown', base: '1000' },
        ],
        decision: { status: 'paused', until: '2026-03-14T00:00Z' },
      })
  })

  it('is the end of a pause first where it came first', () => {
    under({ ...limits, daily_loss_ends: 'timer' })
      .given(tick(at('09:00'), 1000), tick(at('10:00'), 950), tick(at('10:20'), 970))
      .when(tick('2026-03-13T09:00Z', 940))
      .thenEvent({
        type: 'resumed',
        facts: [
          { kind: 'resumed', at: at('10:30') },
          { kind: 'day-started', at: '2026-03-13T00:00Z' },
        ],
      })
    under({ ...limits, daily_loss_ends: 'timer', on_end: 'rebase' })
      .given(tick(at('09:00'), 1000), tick(at('10:00'), 950))
      .when(tick('2026-03-13T09:00Z', 940))
      .thenFacts('resumed', 'rebased', 'day-started')
  })

  it('is the end of a pause between two resets in its place, though all are due at once', () => {
    under({ ...limits, stop_trading_minutes: 36 * 60, daily_loss_ends: 'timer' })
      .given(tick(at('09:00'), 1000), tick(at('10:00'), 950))
      .when(tick('2026-03-15T09:00Z', 940))
      .thenEvent({
        facts: [
          { kind: 'day-started', at: '2026-03-13T00:00Z' },
          { kind: 'resumed', at: '2026-03-13T22:00Z' },
          { kind: 'day-started', at: '2026-03-15T00:00Z' },
        ],
      })
  })

  it('is the reset first where it came first', () => {
    under({ ...limits, daily_loss_ends: 'timer' })
      .given(tick(at('09:00'), 1000), tick(at('23:45'), 950))
      .when(tick('2026-03-13T09:00Z', 940))
      .thenEvent({ facts: [{ kind: 'day-started' }, { kind: 'resumed', at: '2026-03-13T00:15Z' }] })
  })

  it('judges a tick against the peak it raised itself', () => {
    under(limits)
      .given(tick(at('09:00'), 1000))
      .when(tick(at('10:00'), 5000))
      .thenEvent({ type: 'assessed', drawdownPct: '0' })
  })

  it('is daily loss, then drawdown', () => {
    under(limits)
      .given(tick(at('09:00'), 1000))
      .when(tick(at('10:00'), 100))
      .thenEvent({ facts: [{ rule: 'max_daily_loss' }, { rule: 'max_drawdown' }] })
  })
})

describe('the time of a trader', () => {
  it("is the input's JetStream time", () => {
    under(limits)
      .given(tick(at('09:00'), 1000))
      .when(tick(at('10:00'), 1000))
      .thenEvent({ recordedAt: at('10:00'), effectiveAt: at('10:00'), state: { time: at('10:00') } })
  })

  it('ignores the clock of the bot', () => {
    under(limits)
      .given(tick(at('09:00'), 1000))
      .when(tick(at('10:00'), 1000, { at: '2030-01-01T00:00Z' }))
      .thenEvent({ effectiveAt: at('10:00') })
  })

  it('never goes back: it is the larger of its last and this', () => {
    under(limits)
      .given(tick(at('09:00'), 1000))
      .when(tick(at('08:00'), 1000))
      .thenEvent({ recordedAt: at('08:00'), effectiveAt: at('09:00'), state: { time: at('09:00') } })
    under(limits)
      .given(tick(at('09:00'), 1000))
      .when(tick(at('08:00'), 800))
      .thenEvent({ facts: [{}, { until: at('09:30') }], state: { pause: { since: at('09:00') } } })
    under(limits)
      .given(tick(at('09:00'), 1000))
      .when(pause(at('08:00')))
      .thenEvent({ effectiveAt: at('09:00'), state: { time: at('09:00') } })
  })

  it('undoes no day that has begun', () => {
    under(limits)
      .given(tick(at('09:00'), 1000), tick('2026-03-13T00:00Z', 990))
      .when(tick(at('23:00'), 990))
      .thenEvent({ type: 'assessed', effectiveAt: '2026-03-13T00:00Z', state: { dayEquity: '1000' } })
  })
})

describe('a trader set to event time', () => {
  const byEvent = { ...limits, time_base: 'event' } as const
  const bar = (day: string, equity: number, received = '2026-03-12T09:00Z') => tick(received, equity, { at: day })

  it("uses the tick's own time for its days and pauses", () => {
    under(byEvent)
      .given(bar('2020-01-02T21:00Z', 1000))
      .when(bar('2020-01-03T21:00Z', 940))
      .thenEvent({
        type: 'breach',
        recordedAt: '2026-03-12T09:00Z',
        effectiveAt: '2020-01-03T21:00Z',
        decision: { until: '2020-01-04T00:00Z' },
        facts: [{ kind: 'day-started', at: '2020-01-03T00:00Z' }, { kind: 'breached' }],
      })
  })

  it.each([
    { name: 'a tick without a time', input: tick(at('09:01'), 5000), reason: /^at is missing/ },
    {
      name: 'a tick older than the last',
      input: bar('2020-01-02T20:59:59.999Z', 5000),
      reason: /older than the last tick's 2020-01-02T21:00Z/,
    },
    {
      name: 'a tick more than 60 s ahead of JetStream time',
      input: bar('2026-03-12T09:01:00.001Z', 5000),
      reason: /more than 60 s ahead of the server's 2026-03-12T09:00Z/,
    },
  ])('rejects $name', ({ input, reason }) => {
    under(byEvent)
      .given(bar('2020-01-02T21:00Z', 1000))
      .when(input)
      .thenEvent({
        type: 'tick-rejected',
        facts: [{ kind: 'tick-rejected', reason: expect.stringMatching(reason) }],
        effectiveAt: '2020-01-02T21:00Z',
        state: { time: '2020-01-02T21:00Z', equity: '1000', peakEquity: '1000' },
      })
  })

  it('takes a tick of the same time as the last, and one 60 s ahead', () => {
    under(byEvent)
      .given(bar('2020-01-02T21:00Z', 1000))
      .when(bar('2020-01-02T21:00Z', 1001))
      .thenEvent({ type: 'assessed' })
    under(byEvent)
      .given(bar('2020-01-02T21:00Z', 1000))
      .when(bar('2026-03-12T09:01Z', 1000))
      .thenEvent({ type: 'day-started', effectiveAt: '2026-03-12T09:01Z' })
  })

  it('is not hindered by JetStream time that goes back', () => {
    under(byEvent)
      .given(bar('2020-01-02T21:00Z', 1000))
      .when(bar('2020-01-02T22:00Z', 1000, '2026-03-01T00:00Z'))
      .thenEvent({ type: 'assessed', effectiveAt: '2020-01-02T22:00Z' })
  })

  it('has no wake-ups', () => {
    under(byEvent)
      .given(bar('2020-01-02T21:00Z', 1000), bar('2020-01-02T22:00Z', 900))
      .when(wake('2026-03-12T09:00Z'))
      .thenNothing()
  })

  it("gives what operators do the last tick's time", () => {
    const before = [bar('2020-01-02T21:00Z', 1000), bar('2020-01-02T22:00Z', 900)]
    under(byEvent)
      .given(...before)
      .when(resume('2026-03-12T09:00Z', { holder: 'limit:max_daily_loss', rebase: true, reason: 'a test' }))
      .thenEvent({ type: 'resumed', effectiveAt: '2020-01-02T22:00Z', facts: [{ at: '2020-01-02T22:00Z' }, {}] })
    under(byEvent)
      .given(...before)
      .when(enforcement('2026-03-12T09:00Z', false))
      .thenEvent({
        effectiveAt: '2020-01-02T22:00Z',
        facts: [{ kind: 'enforcement', at: '2020-01-02T22:00Z' }],
        state: { time: '2020-01-02T22:00Z' },
      })
    under(byEvent)
      .given(...before)
      .when(pause('2026-03-12T09:00Z', '2020-01-02T22:30Z'))
      .thenEvent({ type: 'paused', effectiveAt: '2020-01-02T22:00Z' })
    under(byEvent)
      .given(...before)
      .when(pause('2026-03-12T09:00Z', '2020-01-02T22:00Z'))
      .thenRefused(/is not after the trader's time 2020-01-02T22:00:00.000Z/)
  })

  it('gives what operators do before the first tick the JetStream time, which binds no tick', () => {
    const { after } = under(byEvent)
      .given()
      .when(pause(at('09:00')))
    expect(after.time).toBeNull()
    under(byEvent)
      .given(pause(at('09:00')))
      .when(bar('2020-01-02T21:00Z', 1000))
      .thenEvent({ type: 'assessed', decision: { status: 'paused' }, effectiveAt: '2020-01-02T21:00Z' })
    under(byEvent)
      .given()
      .when(tickText(at('09:00'), '{}'))
      .thenEvent({ type: 'tick-rejected', effectiveAt: at('09:00'), state: { time: null } })
  })

  it('begins a time of its own when it is set to it, and back', () => {
    const toEvent = [tick(at('09:00'), 1000), changeLimits(at('09:10'), { time_base: 'event' })]
    under(limits)
      .given(...toEvent)
      .when(pause(at('09:20')))
      .thenEvent({ effectiveAt: at('09:20') })
    under(limits)
      .given(...toEvent)
      .when(bar('2020-01-02T21:00Z', 990))
      .thenEvent({ type: 'assessed', effectiveAt: '2020-01-02T21:00Z', state: { nextResetAt: '2020-01-03T00:00Z' } })
    under(limits)
      .given(...toEvent, bar('2020-01-02T21:00Z', 990), changeLimits(at('09:30'), { time_base: 'server' }))
      .when(tick(at('09:31'), 990))
      .thenEvent({ effectiveAt: at('09:31'), state: { nextResetAt: '2026-03-13T00:00Z' } })
  })

  it('rebases a daily loss that ends on the day on which it was set to event time', () => {
    under({ ...limits, max_drawdown: null, daily_loss_ends: 'timer', on_end: 'rebase' })
      .given(tick(at('09:00'), 1000), changeLimits(at('09:10'), { time_base: 'event' }), bar('2020-01-02T20:00Z', 940))
      .when(bar('2020-01-02T20:30Z', 940))
      .thenEvent({ type: 'resumed', facts: [{ kind: 'resumed' }, { kind: 'rebased', from: '1000', to: '940' }] })
  })
})
