import { describe, expect, it, test } from 'vitest'
import { limitsToMessage, parseLimits } from '../src/limits.ts'
import { openWeek } from '../src/opening-hours.ts'
import { type Sessions, sessionsLoosen } from '../src/sessions.ts'

const forex = { zone: 'America/New_York', hours: ['sun 17:00-fri 17:00'] }

function read(written: unknown): Sessions {
  const limits = parseLimits({ sessions: written })
  if (!limits.ok) throw new Error(limits.reason)
  if (limits.value.sessions === undefined || limits.value.sessions === null) throw new Error('no sessions')
  return limits.value.sessions
}

function faultOf(written: unknown): string {
  const limits = parseLimits({ sessions: written })
  return limits.ok ? 'none' : limits.reason
}

describe('sessions', () => {
  it('are hours in a zone, and nothing else has to be said', () => {
    expect(read(forex)).toEqual({ ...forex, holidays: [], blockEntries: false })
    expect(parseLimits({ sessions: null })).toEqual({ ok: true, value: { sessions: null } })
  })

  it('are written as they are read, in one form', () => {
    const written = {
      zone: 'Europe/Berlin',
      hours: ['Monday-FRI 09:00 - 17:30', ' sat,Sun  10:00-24:00 '],
      holidays: ['2026-12-26', '2026-12-25'],
      block_entries: true,
    }
    const sessions = read(written)
    expect(limitsToMessage({ sessions })).toEqual({
      sessions: {
        zone: 'Europe/Berlin',
        hours: ['mon-fri 09:00-17:30', 'sat,sun 10:00-24:00'],
        holidays: ['2026-12-25', '2026-12-26'],
        block_entries: true,
      },
    })
    expect(read(limitsToMessage({ sessions }).sessions)).toEqual(sessions)
  })

  it('may have hours that touch each other', () => {
    expect(read({ zone: 'UTC', hours: ['mon 00:00-24:00', 'tue 00:00-12:00', 'tue 12:00-13:00'] }).hours).toHaveLength(
      3,
    )
  })

  it.each<[string, object, string]>([
    [
      'a wrong weekday',
      { hours: ['mon-fry 09:30-16:00'] },
      `.hours: "mon-fry 09:30-16:00": "fry" is no day, did you mean "fri"?`,
    ],
    [
      'a wrong full weekday',
      { hours: ['wensday 09:30-16:00'] },
      `.hours: "wensday 09:30-16:00": "wensday" is no day, did you mean "wednesday"?`,
    ],
    [
      'a word for a weekday',
      { hours: ['holiday 09:30-16:00'] },
      `.hours: "holiday 09:30-16:00": "holiday" is no day, known are mon, tue, wed, thu, fri, sat, sun`,
    ],
    [
      'a session of TradingView',
      { hours: ['0930-1600:23456'] },
      `.hours: "0930-1600:23456" must be like "mon-fri 09:30-16:00" or "sun 17:00-fri 17:00"`,
    ],
    [
      'hours that are no text',
      { hours: [930] },
      `.hours: 930 must be like "mon-fri 09:30-16:00" or "sun 17:00-fri 17:00"`,
    ],
    [
      'a time without its 0',
      { hours: ['mon 9:30-16:00'] },
      `.hours: "mon 9:30-16:00": "9:30" is no time of day like "09:30"`,
    ],
    [
      'a time that clocks do not have',
      { hours: ['mon 09:30-25:00'] },
      `.hours: "mon 09:30-25:00": "25:00" is no time of day like "09:30" or "24:00"`,
    ],
    [
      'a beginning at 24:00',
      { hours: ['sun 24:00-fri 17:00'] },
      `.hours: "sun 24:00-fri 17:00": hours begin at 00:00 of the next day, not at 24:00`,
    ],
    [
      'an end before the beginning',
      { hours: ['mon-fri 18:00-17:00'] },
      `.hours: "mon-fri 18:00-17:00" ends before it begins: name the day of both, like "mon 18:00-tue 17:00"`,
    ],
    [
      'an end on the same day before the beginning',
      { hours: ['mon 18:00-mon 17:00'] },
      `.hours: "mon 18:00-mon 17:00" ends before it begins: name the day of both, like "mon 18:00-tue 17:00"`,
    ],
    [
      'an end at the beginning',
      { hours: ['mon 09:00-09:00'] },
      `.hours: "mon 09:00-09:00" ends when it begins: name the day of both, like "mon 18:00-tue 17:00"`,
    ],
    [
      'midnight as the beginning of a day',
      { hours: ['mon-fri 09:00-00:00'] },
      `.hours: "mon-fri 09:00-00:00" ends before it begins: midnight at the end of a day is 24:00`,
    ],
    [
      'several days where one is meant',
      { hours: ['mon-tue 09:00-fri 10:00'] },
      `.hours: "mon-tue 09:00-fri 10:00" must name one day before each time, like "sun 17:00-fri 17:00"`,
    ],
    [
      'three days in a row',
      { hours: ['mon-tue-wed 09:00-10:00'] },
      `.hours: "mon-tue-wed 09:00-10:00": "mon-tue-wed" must be a day, or two like "mon-fri"`,
    ],
    [
      'spans that overlap',
      { hours: ['mon-fri 09:30-16:00', 'wed 15:59-17:00'] },
      `.hours: "mon-fri 09:30-16:00" and "wed 15:59-17:00" overlap on wed`,
    ],
    [
      'spans that overlap after midnight',
      { hours: ['sun 17:00-mon 09:00', 'mon 08:00-10:00'] },
      `.hours: "sun 17:00-mon 09:00" and "mon 08:00-10:00" overlap on mon`,
    ],
    ['a day that is named twice', { hours: ['mon,mon 09:30-16:00'] }, `.hours: "mon,mon 09:30-16:00" names mon twice`],
    ['no hours', { hours: [] }, '.hours must have at least one line'],
    ['one line that is no list', { hours: 'mon 09:30-16:00' }, '.hours must be a list, got "mon 09:30-16:00"'],
    [
      'too many hours',
      { hours: Array.from({ length: 33 }, () => 'mon 09:30-16:00') },
      '.hours must be at most 32, got 33',
    ],
    [
      'an unknown zone',
      { zone: 'America/NewYork' },
      '.zone must be an IANA time zone like "America/New_York", got "America/NewYork", did you mean "America/New_York"?',
    ],
    ['no zone', { zone: undefined }, '.zone must be an IANA time zone like "America/New_York", got nothing'],
    ['a date that does not exist', { holidays: ['2026-02-29'] }, '.holidays: "2026-02-29" is no date'],
    [
      'a date in another form',
      { holidays: ['25.12.2026'] },
      '.holidays: "25.12.2026" must be a date like "2026-12-25"',
    ],
    [
      'a date that is written twice',
      { holidays: ['2026-12-25', '2026-12-25'] },
      '.holidays: "2026-12-25" is written twice',
    ],
    [
      'too many dates',
      { holidays: Array.from({ length: 401 }, () => '2026-12-25') },
      '.holidays must be at most 400, got 401',
    ],
    ['a text for yes', { block_entries: 'yes' }, '.block_entries must be true or false, got "yes"'],
    ['an unknown field', { holiday: [] }, ' has an unknown field "holiday", did you mean "holidays"?'],
  ])('are refused for %s, with what mends it', (_what, change, reason) => {
    expect(faultOf({ ...forex, ...change })).toBe(`sessions${reason}`)
  })

  it('are refused for all faults at once', () => {
    const faults = faultOf({ zone: 'Mars', hours: ['mon 9:00-10:00', 'tux 09:00-10:00'], holidays: ['x'] })
    expect(faults.split('; ').map((fault) => fault.slice(0, 18))).toEqual([
      'sessions.zone must',
      'sessions.hours: "m',
      'sessions.hours: "t',
      'sessions.holidays:',
    ])
  })
})

test('a week has the parts of each day, Monday first, and hours that touch are one', () => {
  const day = { from: 0, to: 1_440 }
  expect(openWeek(['sun 17:00-tue 02:00', 'tue 02:00-03:00', 'wed 09:00-10:00', 'wed 08:00-08:30'])).toEqual([
    [day],
    [{ from: 0, to: 180 }],
    [
      { from: 480, to: 510 },
      { from: 540, to: 600 },
    ],
    [],
    [],
    [],
    [{ from: 1_020, to: 1_440 }],
  ])
  expect(openWeek(['fri-mon 10:00-11:00']).map((parts) => parts.length)).toEqual([1, 0, 0, 0, 1, 1, 1])
  expect(openWeek(['sun 17:00-mon 00:00'])).toEqual([[], [], [], [], [], [], [{ from: 1_020, to: 1_440 }]])
})

describe('a change of sessions loosens', () => {
  const plain = read(forex)
  const blocking = { ...plain, blockEntries: true }

  it.each<[string, Sessions | null, Sessions | null, boolean]>([
    ['not where they stay', plain, { ...plain }, false],
    ['where there were none, as silence is not judged outside', null, plain, true],
    ['not where there were none and they block entries', null, blocking, false],
    ['where there are none any more', blocking, null, true],
    ['not where they begin to block', plain, blocking, false],
    ['where they begin to block by other hours', plain, { ...blocking, zone: 'UTC' }, true],
    ['where they block no more', blocking, plain, true],
    ['by other hours', blocking, { ...blocking, hours: ['sun 17:00-fri 16:00'] }, true],
    ['by another holiday', blocking, { ...blocking, holidays: ['2026-12-25'] }, true],
  ])('%s', (_where, from, to, loosens) => {
    expect(sessionsLoosen(from, to)).toBe(loosens)
  })
})
