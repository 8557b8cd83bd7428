import { describe, expect, it } from 'vitest'
import type { Sessions } from '../../src/engine/oracle/config.ts'
import { isOpen, lastedInSession, nextChange } from '../../src/engine/oracle/sessions.ts'
import { ask, closed, does, moment, open, plain, t, tell } from './story.ts'

/** The days of June 2026: the 1st is a Monday. */
const office: Sessions = { zone: 'UTC', hours: ['mon-fri 09:00-17:00'], holidays: ['2026-06-04'] }
const blocking = { ...office, block_entries: true }
const judged = { ...plain(), sessions: office, stale_after_seconds: 600 }
const blocked = { ...plain(), sessions: blocking }

describe('silence with sessions', () => {
  it('is judged within a session, and from its opening at the earliest', () => {
    tell(
      judged,
      [t('16:00', 1000), { ...open, wakeAt: moment('16:10') }],
      [t('16:50', 1000), { ...open, wakeAt: moment('2 09:10') }],
      [ask('2 09:09:59'), open],
      [ask('2 09:10'), { ...closed('silent'), wakeAt: null }],
    )
  })

  it('is not judged on a holiday, at weekends, and where a session is shorter', () => {
    tell(
      judged,
      [t('3 16:55', 1000), { ...open, wakeAt: moment('5 09:10') }],
      [t('5 16:55', 1000), { ...open, wakeAt: moment('8 09:10') }],
      [ask('8 09:09:59'), open],
      [ask('8 09:10'), closed('silent')],
    )
    tell({ ...judged, stale_after_seconds: 8 * 3_600 }, [t('10:00', 1000), { ...open, wakeAt: null }])
    tell({ ...judged, stale_after_seconds: 8 * 3_600 - 1 }, [
      t('10:00', 1000),
      { ...open, wakeAt: moment('2 16:59:59') },
    ])
  })
})

describe('a market that blocks entries', () => {
  it('closes and opens by itself', () => {
    tell(
      blocked,
      [t('16:00', 1000), { ...open, wakeAt: moment('17:00') }],
      [ask('17:00'), { ...closed('closed'), outcome: 'event', until: moment('2 09:00'), wakeAt: moment('2 09:00') }],
      [ask('2 08:59:59'), closed('closed')],
      [ask('2 09:00'), { ...open, outcome: 'event', until: null, wakeAt: moment('2 17:00') }],
      [ask('3 17:00'), { ...closed('closed'), until: moment('5 09:00') }],
    )
  })

  it('is told after what holds, and before what is in doubt', () => {
    tell(
      { ...blocked, max_drawdown: 10, stop_trading_minutes: 60 },
      [t('16:00', 1000), open],
      [t('18:00', 900), { ...closed('limit'), codes: ['limit', 'closed'], until: moment('19:00') }],
      [t('19:00', 950), { ...closed('closed'), until: moment('2 09:00') }],
    )
  })

  it('is closed and open by a change of settings at once', () => {
    tell(
      plain(),
      [t('18:00', 1000), open],
      [does('18:01', { kind: 'limits', short: { sessions: blocking } }), closed('closed')],
      [does('18:02', { kind: 'limits', short: { sessions: office } }), open],
    )
  })

  it('waits to be open where looser settings wait', () => {
    tell(
      { ...blocked, loosen_after_minutes: 60 },
      [t('18:00', 1000), closed('closed')],
      [does('18:01', { kind: 'limits', short: { sessions: null } }), { ...closed('closed'), wakeAt: moment('19:01') }],
      [ask('19:01'), open],
    )
  })
})

describe('the hours of a market', () => {
  const forex: Sessions = { zone: 'America/New_York', hours: ['sun 17:00-fri 17:00'], holidays: ['2026-12-25'] }

  it('go over midnight, and over a change of clocks', () => {
    expect(nextChange(forex, Date.parse('2026-03-06T21:59:00Z'))).toBe(Date.parse('2026-03-06T22:00:00Z'))
    expect(nextChange(forex, Date.parse('2026-03-06T22:00:00Z'))).toBe(Date.parse('2026-03-08T21:00:00Z'))
    expect(nextChange(forex, Date.parse('2026-03-08T21:00:00Z'))).toBe(Date.parse('2026-03-13T21:00:00Z'))
  })

  it('end at the midnight before a holiday', () => {
    expect(isOpen(forex, Date.parse('2026-12-25T04:59:59Z'))).toBe(true)
    expect(isOpen(forex, Date.parse('2026-12-25T05:00:00Z'))).toBe(false)
    expect(nextChange(forex, Date.parse('2026-12-25T05:00:00Z'))).toBe(Date.parse('2026-12-27T22:00:00Z'))
  })

  it('never end where they are always, and a silence counts from the last report', () => {
    const always: Sessions = { zone: 'UTC', hours: ['mon-sun 00:00-24:00'] }
    expect(nextChange(always, 0)).toBeNull()
    expect(lastedInSession(always, 1_000, 60_000)).toBe(61_000)
  })
})
