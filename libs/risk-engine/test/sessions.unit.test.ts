import type { LimitsMessage } from '@drawbridge/contracts'
import { sessionAt, silentInSession } from '@drawbridge/risk-engine'
import {
  cashFlow,
  changeDefaults,
  changeLimits,
  enforcement,
  pause,
  resume,
  tick,
  tickText,
  under,
  wake,
} from '@drawbridge/testing/engine'
import { describe, expect, it } from 'vitest'

/** 2026-03-13 is a Friday; New York is 4 hours behind UTC. */
const friday = (time: string) => `2026-03-13T${time}Z`
const saturday = (time: string) => `2026-03-14T${time}Z`
const sunday = (time: string) => `2026-03-15T${time}Z`
const CLOSES = friday('21:00')
const OPENS = sunday('21:00')
const forex = { zone: 'America/New_York', hours: ['sun 17:00-fri 17:00'] }
const blocking = { ...forex, block_entries: true }
const quiet = { max_daily_loss: null, max_drawdown: 20 } as const satisfies LimitsMessage
const judged = { ...quiet, stale_after_seconds: 600, sessions: forex } as const satisfies LimitsMessage
const blocked = { ...quiet, sessions: blocking } as const satisfies LimitsMessage

describe('silence, where there are sessions', () => {
  it('is judged within them as ever', () => {
    under(judged)
      .given()
      .when(tick(friday('20:00'), 1000))
      .thenWakesAt(friday('20:10'))
    under(judged)
      .given(tick(friday('20:00'), 1000))
      .when(wake(friday('20:10')))
      .thenEvent({ type: 'feed-stale', state: { staleSince: friday('20:00') } })
  })

  it('is judged at the last moment before the close, and not at the close', () => {
    under(judged)
      .given()
      .when(tick(friday('20:49:59.999'), 1000))
      .thenWakesAt(friday('20:59:59.999'))
    under(judged)
      .given()
      .when(tick(friday('20:50'), 1000))
      .thenWakesAt(sunday('21:10'))
  })

  it('is not judged over a weekend', () => {
    under(judged)
      .given(tick(friday('20:55'), 1000))
      .when(wake(sunday('20:59:59.999')))
      .thenFacts('day-started')
  })

  it('counts from the opening, of a bot that spoke before the close or between', () => {
    for (const last of [friday('20:55'), saturday('09:00')]) {
      under(judged)
        .given(tick(last, 1000))
        .when(wake(sunday('21:09:59.999')))
        .thenFacts('day-started')
      under(judged)
        .given(tick(last, 1000))
        .when(wake(sunday('21:10')))
        .thenEvent({ facts: [{ kind: 'day-started' }, { kind: 'feed-stale', since: last }] })
    }
  })

  it('counts from the last tick of a bot that speaks after the opening', () => {
    under(judged)
      .given(tick(friday('20:55'), 1000))
      .when(tick(sunday('21:03'), 1000))
      .thenWakesAt(sunday('21:13'))
  })

  it('that was told before the close ends by a tick alone', () => {
    under(judged)
      .given(tick(friday('20:00'), 1000), wake(friday('20:10')))
      .when(wake(saturday('12:00')))
      .thenFacts('day-started')
    under(judged)
      .given(tick(friday('20:00'), 1000), wake(friday('20:10')))
      .when(tick(saturday('12:00'), 1000))
      .thenFacts('day-started', 'feed-restored')
  })

  it('that lasted too long before the close is told later, if no guardian ran then', () => {
    under(judged)
      .given(tick(friday('20:00'), 1000))
      .when(wake(saturday('12:00')))
      .thenEvent({ facts: [{ kind: 'day-started' }, { kind: 'feed-stale' }], state: { staleSince: friday('20:00') } })
  })

  it('is never judged where it may last as long as the longest session', () => {
    const hour = { ...judged, sessions: { zone: 'UTC', hours: ['fri 10:00-10:30', 'sat 10:00-11:00'] } }
    under({ ...hour, stale_after_seconds: 3_600 })
      .given()
      .when(tick(friday('10:00'), 1000))
      .thenWakesAt(null)
    under({ ...hour, stale_after_seconds: 3_599 })
      .given()
      .when(tick(friday('10:00'), 1000))
      .thenWakesAt(saturday('10:59:59'))
    under({ ...hour, stale_after_seconds: 1_000 })
      .given()
      .when(tick(friday('10:20'), 1000))
      .thenWakesAt(saturday('10:16:40'))
  })

  it('is judged at once where there are no sessions any more', () => {
    under(judged)
      .given(tick(friday('20:55'), 1000))
      .when(changeLimits(saturday('12:00'), { sessions: null }))
      .thenFacts('day-started', 'limits-changed', 'feed-stale')
    under(judged)
      .given(tick(friday('20:55'), 1000))
      .when(changeDefaults(saturday('12:00'), { sessions: null }))
      .thenWakesAt(friday('21:05'))
  })

  it('costs an event nothing', () => {
    const { after } = under(judged)
      .given(tick(friday('20:55'), 1000))
      .when(tick(saturday('12:00'), 1000))
    expect(after.opensAt).toBeNull()
  })
})

describe('a closed market, where that blocks entries', () => {
  it('makes no trader of a wake-up or a refused command', () => {
    under(blocked)
      .given()
      .when(wake(saturday('09:00')))
      .thenNothing()
    under(blocked)
      .given()
      .when(resume(saturday('09:00')))
      .thenRefused(/not paused/)
    under(blocked)
      .given()
      .when(pause(saturday('09:00')))
      .thenFacts('session-closed', 'paused')
  })

  it('blocks them at the close by a wake-up, and says until when', () => {
    under(blocked)
      .given()
      .when(tick(friday('20:00'), 1000))
      .thenWakesAt(CLOSES)
    under(blocked)
      .given(tick(friday('20:00'), 1000))
      .when(wake(friday('20:59:59.999')))
      .thenNothing()
    under(blocked)
      .given(tick(friday('20:00'), 1000))
      .when(wake(CLOSES))
      .thenEvent({
        type: 'session-closed',
        decision: {
          status: 'blocked',
          code: 'closed',
          until: '2026-03-15T21:00Z',
          reason: 'the market is closed until 2026-03-15T21:00Z',
        },
        facts: [{ kind: 'session-closed', since: '2026-03-13T21:00Z', until: '2026-03-15T21:00Z' }],
        state: { opensAt: '2026-03-15T21:00Z' },
      })
  })

  it('blocks nothing from the opening on, by one wake-up', () => {
    const closed = [tick(friday('20:00'), 1000), wake(CLOSES)]
    under(blocked)
      .given(tick(friday('20:00'), 1000))
      .when(wake(CLOSES))
      .thenWakesAt(OPENS)
    under(blocked)
      .given(...closed)
      .when(wake(sunday('20:59:59.999')))
      .thenFacts('day-started')
    const opened = under(blocked)
      .given(...closed)
      .when(wake(OPENS))
    opened.thenEvent({
      type: 'session-opened',
      decision: { status: 'allowed' },
      facts: [{ kind: 'day-started' }, { kind: 'session-opened', since: '2026-03-15T21:00Z' }],
    })
    opened.thenWakesAt('2026-03-20T21:00Z')
    expect(opened.after.opensAt).toBeNull()
  })

  it('opens by a wake-up also where the clock goes back to before the close', () => {
    under(blocked)
      .given(tick(friday('20:00'), 1000), wake(CLOSES))
      .when(tick(friday('20:59:59.995'), 1000))
      .thenWakesAt(OPENS)
  })

  it('is told by the tick that comes first, once', () => {
    const spec = under(blocked).given(tick(friday('20:00'), 1000))
    spec.when(tick(CLOSES, 1001)).thenEvent({ type: 'session-closed', state: { equity: '1001' } })
    under(blocked)
      .given(tick(friday('20:00'), 1000), tick(CLOSES, 1001))
      .when(tick(friday('22:00'), 1002))
      .thenEvent({ type: 'assessed', facts: [], decision: { code: 'closed' } })
    spec.when(tick(OPENS, 1001)).thenEvent({ facts: [{ kind: 'day-started' }], decision: { status: 'allowed' } })
  })

  it('is told of the first reading already', () => {
    under(blocked)
      .given()
      .when(tick(saturday('08:00'), 1000))
      .thenEvent({ type: 'session-closed', facts: [{ since: '2026-03-13T21:00Z' }], state: { equity: '1000' } })
  })

  it('goes on being judged: a limit that breaks is told first, and holds until its own time', () => {
    under(blocked)
      .given(tick(friday('20:00'), 1000), wake(CLOSES))
      .when(tick(saturday('08:00'), 800))
      .thenEvent({ type: 'breach', decision: { status: 'paused', code: 'limit', until: saturday('09:00') } })
  })

  it.each([
    ['a rejected tick', tickText(CLOSES, '{}'), 'session-closed', 'closed'],
    ['a command', cashFlow(CLOSES, 5), 'session-closed', 'closed'],
    ['a pause', pause(CLOSES), 'paused', 'operator'],
    ['a switch of enforcement', enforcement(CLOSES, false), 'resumed', 'closed'],
  ])('is told by %s that comes at the close', (_what, input, type, code) => {
    const breached = [tick(friday('19:00'), 1000), tick(friday('20:30'), 800)]
    const before = type === 'resumed' ? breached : [tick(friday('20:00'), 1000)]
    const { after, thenEvent } = under(blocked)
      .given(...before)
      .when(input)
    thenEvent({ type, decision: { code } })
    expect(after.opensAt).toBe(Date.parse(OPENS))
  })

  it('blocks entries while limits are not enforced, too', () => {
    under(blocked)
      .given(enforcement(friday('19:00'), false), tick(friday('20:00'), 1000))
      .when(wake(CLOSES))
      .thenEvent({ decision: { status: 'blocked', code: 'closed' } })
  })

  it('is one that opens later, if a guardian comes back after a week', () => {
    under(blocked)
      .given(tick(friday('20:00'), 1000), wake(CLOSES))
      .when(wake('2026-03-21T08:00Z'))
      .thenEvent({
        type: 'session-closed',
        facts: [
          { kind: 'day-started' },
          { kind: 'session-closed', since: '2026-03-20T21:00Z', until: '2026-03-22T21:00Z' },
        ],
      })
    under(blocked)
      .given(tick(friday('20:00'), 1000), wake(CLOSES))
      .when(wake('2026-03-21T08:00Z'))
      .thenWakesAt('2026-03-22T21:00Z')
  })

  it('blocks or unblocks at a change of settings, of the trader at once and of all by a wake-up', () => {
    under({ ...blocked, sessions: forex })
      .given(tick(friday('20:00'), 1000))
      .when(changeLimits(saturday('08:00'), { sessions: blocking }))
      .thenEvent({ type: 'session-closed', decision: { code: 'closed' } })
    under(blocked)
      .given(tick(friday('20:00'), 1000), wake(CLOSES))
      .when(changeLimits(saturday('08:00'), { sessions: null }))
      .thenEvent({
        type: 'session-opened',
        decision: { status: 'allowed' },
        facts: [
          { kind: 'day-started' },
          { kind: 'limits-changed', limits: { sessions: null }, previous: { sessions: blocking } },
          { kind: 'session-opened', since: null },
        ],
      })
    under({ ...blocked, sessions: forex })
      .given(tick(friday('20:00'), 1000))
      .when(changeDefaults(saturday('08:00'), { sessions: blocking }))
      .thenWakesAt(saturday('08:00'))
    under(blocked)
      .given(tick(friday('20:00'), 1000), wake(CLOSES), changeDefaults(saturday('08:00'), { sessions: forex }))
      .when(wake(saturday('08:00')))
      .thenEvent({ type: 'session-opened', facts: [{ kind: 'day-started' }, { since: null }] })
  })

  it('opens at another time where the hours are others', () => {
    const later = { ...blocking, hours: ['mon 09:00-fri 17:00'] }
    under(blocked)
      .given(tick(friday('20:00'), 1000), wake(CLOSES))
      .when(changeLimits(saturday('08:00'), { sessions: later }))
      .thenEvent({ type: 'session-closed', decision: { until: '2026-03-16T13:00Z' } })
  })

  it('is told by the times of ticks in event time, without wake-ups', () => {
    const event = { ...blocked, time_base: 'event' } as const
    const at = '2030-01-01T00:00Z'
    const heard = tick(at, 1000, { at: friday('20:00') })
    under(event).given().when(heard).thenWakesAt(null)
    under(event)
      .given(heard)
      .when(tick(at, 1000, { at: CLOSES }))
      .thenEvent({ type: 'session-closed', decision: { until: '2026-03-15T21:00Z' } })
    under(event)
      .given(heard, tick(at, 1000, { at: CLOSES }))
      .when(tick(at, 1000, { at: OPENS }))
      .thenEvent({ type: 'session-opened', decision: { status: 'allowed' } })
    under({ ...event, sessions: forex })
      .given(tick(at, 1000, { at: CLOSES }))
      .when(changeLimits(at, { sessions: blocking }))
      .thenEvent({ type: 'session-closed', decision: { code: 'closed' } })
  })

  it('is told at once in event time as well, where settings of all change', () => {
    const event = { ...quiet, sessions: forex, time_base: 'event' } as const
    const now = '2030-01-01T00:00Z'
    const blocks = changeDefaults(now, { sessions: blocking })
    under(event)
      .given(tick(now, 1000, { at: CLOSES }))
      .when(blocks)
      .thenWakesAt(now)
    under(event)
      .given(tick(now, 1000, { at: CLOSES }), blocks)
      .when(wake(now))
      .thenEvent({ type: 'session-closed', effectiveAt: '2026-03-13T21:00Z', decision: { code: 'closed' } })
    under(event)
      .given(tick(now, 1000, { at: friday('20:00') }))
      .when(blocks)
      .thenWakesAt(null)
    under(event).given(blocks).when(pause(now)).thenFacts('paused')
    under(event)
      .given(tick(now, 1000, { at: CLOSES }), blocks)
      .when(pause(now))
      .thenFacts('session-closed', 'paused')
  })

  it('waits to open where looser settings wait', () => {
    const spec = under({ ...blocked, loosen_after_minutes: 60 })
    const closed = [tick(friday('20:00'), 1000), wake(CLOSES)]
    spec
      .given(...closed)
      .when(changeLimits(saturday('08:00'), { sessions: forex }))
      .thenEvent({ decision: { code: 'closed' }, state: { pendingLimits: [{ limits: { sessions: forex } }] } })
    spec
      .given(...closed, changeLimits(saturday('08:00'), { sessions: forex }))
      .when(wake(saturday('09:00')))
      .thenEvent({ type: 'session-opened', decision: { status: 'allowed' } })
  })
})

describe('the hours of a market', () => {
  const between = (zone: string, hours: string[], moment: string, holidays: string[] = []) => {
    const { isOpen, from, until } = sessionAt(Date.parse(moment), { zone, hours, holidays, blockEntries: false })
    const text = (at: number | null) => (at === null ? null : new Date(at).toISOString().replace(':00.000Z', 'Z'))
    return [isOpen ? 'open' : 'closed', text(from), text(until)]
  }
  const newYork = 'America/New_York'

  it.each<[string, ReturnType<typeof between>, [string, string | null, string | null]]>([
    [
      'begin an hour earlier in UTC after clocks went forward',
      between(newYork, ['sun 17:00-fri 17:00'], '2026-03-07T12:00Z'),
      ['closed', '2026-03-06T22:00Z', '2026-03-08T21:00Z'],
    ],
    [
      'over the night in which clocks go forward are an hour shorter',
      between(newYork, ['sat 20:00-sun 08:00'], '2026-03-08T06:00Z'),
      ['open', '2026-03-08T01:00Z', '2026-03-08T12:00Z'],
    ],
    [
      'over the night in which clocks go back are an hour longer',
      between(newYork, ['sat 20:00-sun 08:00'], '2026-11-01T06:00Z'),
      ['open', '2026-11-01T00:00Z', '2026-11-01T13:00Z'],
    ],
    [
      'begin after a gap that skips their beginning',
      between(newYork, ['sun 02:30-05:00'], '2026-03-08T07:45Z'),
      ['open', '2026-03-08T07:30Z', '2026-03-08T09:00Z'],
    ],
    [
      'are not where a gap takes them whole',
      between(newYork, ['sun 02:30-03:00'], '2026-03-08T07:15Z'),
      ['closed', '2026-03-01T08:00Z', '2026-03-15T06:30Z'],
    ],
    [
      'are not where their beginning after a gap is their end',
      between(newYork, ['sun 02:00-03:00'], '2026-03-08T06:30Z'),
      ['closed', '2026-03-01T08:00Z', '2026-03-15T06:00Z'],
    ],
    [
      'begin at the first midnight, where clocks go back over it and show the date before once more',
      between('America/St_Johns', ['sun 00:00-12:00'], '2010-11-07T03:00Z'),
      ['open', '2010-11-07T02:30Z', '2010-11-07T15:30Z'],
    ],
    [
      'end when clocks show their end for the first time',
      between(newYork, ['sun 00:00-01:30'], '2026-11-01T05:45Z'),
      ['closed', '2026-11-01T05:30Z', '2026-11-08T05:00Z'],
    ],
    [
      'are none on a date that clocks skip',
      between('Pacific/Apia', ['fri 09:00-10:00'], '2011-12-30T20:00Z'),
      ['closed', '2011-12-23T20:00Z', '2012-01-05T19:00Z'],
    ],
    [
      'end at the midnight before a holiday',
      between(newYork, ['sun 17:00-fri 17:00'], '2026-12-25T04:59Z', ['2026-12-25']),
      ['open', '2026-12-20T22:00Z', '2026-12-25T05:00Z'],
    ],
    [
      'begin again at the midnight after a holiday, in the middle of a session',
      between(newYork, ['sun 17:00-fri 17:00'], '2026-11-26T12:00Z', ['2026-11-26']),
      ['closed', '2026-11-26T05:00Z', '2026-11-27T05:00Z'],
    ],
    [
      'that touch each other are one session',
      between('UTC', ['mon 00:00-24:00', 'tue 00:00-12:00', 'tue 12:00-13:00'], '2026-06-01T10:00Z'),
      ['open', '2026-06-01T00:00Z', '2026-06-02T13:00Z'],
    ],
    ['may be always', between('UTC', ['mon-sun 00:00-24:00'], '2026-06-01T10:00Z'), ['open', null, null]],
    [
      'may be always but on holidays',
      between('UTC', ['sun 00:00-sat 24:00'], '2026-06-01T10:00Z', ['2026-05-30', '2026-07-01', '2026-07-02']),
      ['open', '2026-05-31T00:00Z', '2026-07-01T00:00Z'],
    ],
    [
      'are closed over holidays in a row',
      between('UTC', ['sun 00:00-sat 24:00'], '2026-07-02T10:00Z', ['2026-07-01', '2026-07-02']),
      ['closed', '2026-07-01T00:00Z', '2026-07-03T00:00Z'],
    ],
  ])('%s', (_which, found, expected) => {
    expect(found).toEqual(expected)
  })

  it('are as long as the longest session of a week for a silence, also over Sunday, and on nights that are longer', () => {
    const hour = 3_600_000
    const silentAt = (hours: string[], since: string, ms: number) =>
      silentInSession(Date.parse(since), ms, { zone: newYork, hours, holidays: [], blockEntries: false })
    const opening = '2026-06-07T21:00Z'
    expect(silentAt(['sun 17:00-fri 17:00'], opening, 120 * hour - 1)).toBe(Date.parse('2026-06-12T21:00Z') - 1)
    expect(silentAt(['sun 17:00-fri 17:00'], opening, 120 * hour)).toBeNull()
    expect(silentAt(['sat 20:00-sun 08:00'], '2026-11-01T00:00Z', 12 * hour)).toBeNull()
  })

  it('are found through 400 holidays', () => {
    const mondays = Array.from({ length: 400 }, (_, week) =>
      new Date(Date.parse('2026-01-05') + week * 7 * 86_400_000).toISOString().slice(0, 10),
    )
    expect(between('UTC', ['mon 09:00-10:00'], '2026-01-05T09:30Z', mondays)).toEqual([
      'closed',
      '2025-12-29T10:00Z',
      '2033-09-05T09:00Z',
    ])
  })
})
