import { formatInstant, parseInstant } from '@drawbridge/contracts'
import { resetsAround } from '@drawbridge/risk-engine'
import { changeDefaults, changeLimits, pause, tick, under, wake } from '@drawbridge/testing/engine'
import { describe, expect, it } from 'vitest'

function around(zone: string, time: string, moment: string): { last: string; next: string } {
  const at = parseInstant(moment)
  if (!at.ok) throw new Error(at.reason)
  const { last, next } = resetsAround(at.value, { resetTime: time, resetTimeZone: zone })
  return { last: formatInstant(last).slice(0, 16), next: formatInstant(next).slice(0, 16) }
}

describe('the daily reset', () => {
  const newYork = 'America/New_York'
  it.each([
    // Plain days.
    ['UTC', '00:00', '2026-03-12T00:00Z', '2026-03-12T00:00', '2026-03-13T00:00'],
    ['UTC', '00:00', '2026-03-12T23:59:59.999Z', '2026-03-12T00:00', '2026-03-13T00:00'],
    ['UTC', '17:00', '2026-03-12T16:59:59.999Z', '2026-03-11T17:00', '2026-03-12T17:00'],
    ['UTC', '17:00', '2026-03-12T17:00Z', '2026-03-12T17:00', '2026-03-13T17:00'],
    [newYork, '17:00', '2026-01-15T21:59Z', '2026-01-14T22:00', '2026-01-15T22:00'],
    [newYork, '17:00', '2026-07-15T21:00Z', '2026-07-15T21:00', '2026-07-16T21:00'],
    // New York, 8 March 2026: 02:00 becomes 03:00. The day has 23 hours.
    [newYork, '00:00', '2026-03-08T12:00Z', '2026-03-08T05:00', '2026-03-09T04:00'],
    [newYork, '17:00', '2026-03-08T00:00Z', '2026-03-07T22:00', '2026-03-08T21:00'],
    [newYork, '02:30', '2026-03-08T12:00Z', '2026-03-08T07:30', '2026-03-09T06:30'],
    [newYork, '02:30', '2026-03-08T07:29:59.999Z', '2026-03-07T07:30', '2026-03-08T07:30'],
    [newYork, '03:00', '2026-03-08T07:00Z', '2026-03-08T07:00', '2026-03-09T07:00'],
    // New York, 1 November 2026: 02:00 becomes 01:00. The day has 25 hours, and 01:30 comes twice.
    [newYork, '00:00', '2026-11-01T12:00Z', '2026-11-01T04:00', '2026-11-02T05:00'],
    [newYork, '17:00', '2026-11-01T12:00Z', '2026-10-31T21:00', '2026-11-01T22:00'],
    [newYork, '01:30', '2026-11-01T05:30Z', '2026-11-01T05:30', '2026-11-02T06:30'],
    [newYork, '01:30', '2026-11-01T06:30Z', '2026-11-01T05:30', '2026-11-02T06:30'],
    [newYork, '02:00', '2026-11-01T06:59Z', '2026-10-31T06:00', '2026-11-01T07:00'],
    // Lord Howe's daylight saving is half an hour: 4 October 2026 at 02:00, 5 April at 02:00.
    ['Australia/Lord_Howe', '02:15', '2026-10-03T20:00Z', '2026-10-03T15:45', '2026-10-04T15:15'],
    ['Australia/Lord_Howe', '01:45', '2026-04-04T16:00Z', '2026-04-04T14:45', '2026-04-05T15:15'],
    // Kathmandu is 5:45 ahead.
    ['Asia/Kathmandu', '00:00', '2026-03-12T18:14Z', '2026-03-11T18:15', '2026-03-12T18:15'],
    ['Asia/Kathmandu', '00:00', '2026-03-12T18:15Z', '2026-03-12T18:15', '2026-03-13T18:15'],
    // Apia had no 30 December 2011: the reset of that day is the one of the next.
    ['Pacific/Apia', '00:00', '2011-12-30T09:59Z', '2011-12-29T10:00', '2011-12-30T10:00'],
    ['Pacific/Apia', '00:00', '2011-12-30T10:00Z', '2011-12-30T10:00', '2011-12-31T10:00'],
    ['Pacific/Apia', '17:00', '2011-12-30T10:00Z', '2011-12-30T03:00', '2011-12-31T03:00'],
    // Midnight does not exist in Beirut on 29 March 2026, nor did it in São Paulo on 4 November 2018.
    ['Asia/Beirut', '00:00', '2026-03-29T10:00Z', '2026-03-28T22:00', '2026-03-29T21:00'],
    ['America/Sao_Paulo', '00:00', '2018-11-04T10:00Z', '2018-11-04T03:00', '2018-11-05T02:00'],
    // Kiritimati is 14 hours ahead, Pago Pago 11 behind.
    ['Pacific/Kiritimati', '23:59', '2026-03-12T09:59Z', '2026-03-12T09:59', '2026-03-13T09:59'],
    ['Pacific/Pago_Pago', '00:00', '2026-03-12T10:59Z', '2026-03-11T11:00', '2026-03-12T11:00'],
  ])('in %s at %s: around %s the last is %s, the next %s', (zone, time, moment, last, next) => {
    expect(around(zone, time, moment)).toEqual({ last, next })
  })
})

const limits = { max_daily_loss: 5, max_drawdown: null, stop_trading_minutes: 30 } as const

describe('a trading day', () => {
  const day1 = [tick('2026-03-12T09:00Z', 1000), tick('2026-03-12T22:00Z', 990)]

  it('begins at the first input at or after the reset, with the equity last known before it', () => {
    under(limits)
      .given(...day1)
      .when(tick('2026-03-13T00:00Z', 970))
      .thenEvent({
        type: 'day-started',
        facts: [{ kind: 'day-started', at: '2026-03-13T00:00Z', equity: '990', balance: null }],
        dailyPnl: '-20',
        state: { dayEquity: '990', dayStartedAt: '2026-03-13T00:00Z', nextResetAt: '2026-03-14T00:00Z' },
      })
  })

  it('does not begin a millisecond before the reset', () => {
    under(limits)
      .given(...day1)
      .when(tick('2026-03-12T23:59:59.999Z', 970))
      .thenEvent({ type: 'assessed', dailyPnl: '-30' })
  })

  it('begins with a wake-up or an operator too', () => {
    under(limits)
      .given(...day1)
      .when(wake('2026-03-13T01:00Z'))
      .thenEvent({ type: 'day-started', dailyPnl: '0' })
    under(limits)
      .given(...day1)
      .when(pause('2026-03-13T01:00Z'))
      .thenFacts('day-started', 'paused')
  })

  it('begins at the reset, not at the input that tells of it', () => {
    under(limits)
      .given(...day1)
      .when(tick('2026-03-13T15:00Z', 990))
      .thenEvent({ facts: [{ at: '2026-03-13T00:00Z' }], effectiveAt: '2026-03-13T15:00Z' })
  })

  it('begins once when several resets have passed: at the last of them', () => {
    under(limits)
      .given(...day1)
      .when(tick('2026-03-20T15:00Z', 990))
      .thenEvent({
        type: 'day-started',
        facts: [{ kind: 'day-started', at: '2026-03-20T00:00Z', equity: '990' }],
        state: { nextResetAt: '2026-03-21T00:00Z' },
      })
  })

  it('does not begin again within the day', () => {
    under(limits)
      .given(...day1, tick('2026-03-13T00:00Z', 970))
      .when(tick('2026-03-13T23:59:59.999Z', 970))
      .thenEvent({ type: 'assessed', facts: [] })
  })

  it('does not begin before the first equity is known', () => {
    under(limits)
      .given(pause('2026-03-10T09:00Z', '2026-03-20T00:00Z'), tick('2026-03-12T09:00Z', 1000))
      .when(tick('2026-03-12T23:00Z', 990))
      .thenEvent({ type: 'assessed', dailyPnl: '-10' })
    under(limits).given(pause('2026-03-10T09:00Z')).when(wake('2026-03-12T09:00Z')).thenNothing()
  })

  it('follows daylight saving: the day of the change has 23 hours in New York', () => {
    const spec = under({ ...limits, reset_time: '17:00', reset_time_zone: 'America/New_York' })
    const before = [tick('2026-03-07T23:00Z', 1000)]
    spec
      .given(...before)
      .when(tick('2026-03-08T20:59Z', 1000))
      .thenEvent({ type: 'assessed' })
    spec
      .given(...before)
      .when(tick('2026-03-08T21:00Z', 1000))
      .thenEvent({ type: 'day-started' })
    spec
      .given(...before)
      .when(tick('2026-03-08T21:00Z', 900))
      .thenEvent({ state: { nextResetAt: '2026-03-09T21:00Z' } })
  })
})

describe('a reset that is moved', () => {
  const before = [tick('2026-03-12T09:00Z', 1000), tick('2026-03-12T12:00Z', 990)]

  it('holds from the last known time on', () => {
    const moved = [...before, changeLimits('2026-03-12T12:30Z', { reset_time: '13:00' })]
    under(limits)
      .given(...moved)
      .when(tick('2026-03-12T12:59Z', 990))
      .thenEvent({ type: 'assessed', state: { nextResetAt: '2026-03-12T13:00Z' } })
    under(limits)
      .given(...moved)
      .when(tick('2026-03-12T13:00Z', 990))
      .thenEvent({ type: 'day-started', facts: [{ at: '2026-03-12T13:00Z' }] })
  })

  it('begins no day for a time of day that had passed before', () => {
    under(limits)
      .given(...before, changeLimits('2026-03-12T12:30Z', { reset_time: '11:00' }))
      .when(tick('2026-03-12T13:00Z', 990))
      .thenEvent({ type: 'assessed', state: { nextResetAt: '2026-03-13T11:00Z' } })
  })

  it('may be moved for all traders, and to another zone', () => {
    under(limits)
      .given(...before, changeDefaults('2026-03-12T12:30Z', { reset_time_zone: 'Asia/Kathmandu' }))
      .when(tick('2026-03-12T18:15Z', 990))
      .thenEvent({ type: 'day-started', facts: [{ at: '2026-03-12T18:15Z' }] })
  })
})
