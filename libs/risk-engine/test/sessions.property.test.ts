import { parseLimits, type Sessions } from '@drawbridge/contracts'
import { sessionAt, silentInSession } from '@drawbridge/risk-engine'
import fc from 'fast-check'
import { expect, it } from 'vitest'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE
const NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const ZONES = [
  'UTC',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Havana',
  'America/Santiago',
  'Africa/Casablanca',
  'Asia/Kathmandu',
]

/** Around changes of clocks of these zones, and a plain day. */
const NEAR = ['2026-03-08', '2026-11-01', '2026-04-05', '2026-10-04', '2026-09-06', '2026-02-15', '2026-06-10']

const time = fc
  .oneof(fc.integer({ min: 0, max: 1_439 }), fc.constantFrom(0, 60, 119, 120, 150, 180, 1_439))
  .map((minute) => [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':'))
const day = fc.constantFrom(...NAMES)

const line = fc.oneof(
  fc
    .tuple(day, day, time, time)
    .map(([from, to, begin, end]) => `${from}-${to} ${begin}-${end === '00:00' ? '24:00' : end}`),
  fc.tuple(day, time, day, time).map(([from, begin, to, end]) => `${from} ${begin}-${to} ${end}`),
)

/** Those that can be read: hours that overlap or end before they begin are refused. */
const anySessions = fc
  .record({
    zone: fc.constantFrom(...ZONES),
    hours: fc.array(line, { minLength: 1, maxLength: 4 }),
    holidays: fc.uniqueArray(fc.integer({ min: -6, max: 6 }), { maxLength: 3 }),
    near: fc.constantFrom(...NEAR),
  })
  .map(({ near, holidays, ...rest }) => {
    const dates = holidays.map((days) => new Date(Date.parse(near) + days * DAY).toISOString().slice(0, 10))
    const read = parseLimits({ sessions: { ...rest, holidays: dates } })
    return { near: Date.parse(near), sessions: read.ok ? (read.value.sessions ?? null) : null }
  })
  .filter((made): made is { near: number; sessions: Sessions } => made.sessions !== null)

/**
 * The market minute by minute, by clocks as people read them: hours begin and end when clocks first show their time, or so
 * long after the last minute before a gap.
 */
class MinuteCount {
  readonly #first: number
  readonly #open: boolean[] = []

  constructor({ zone, hours, holidays }: Sessions, from: number, to: number) {
    this.#first = from
    const shownAt = firstShown(zone, from, to)
    const momentOf = (date: number, minute: number): number => {
      for (let back = 0; ; back += 1) {
        const label = new Date(date + (minute - back) * MINUTE).toISOString().slice(0, 16).replace('T', ' ')
        const at = shownAt.get(label)
        if (at !== undefined) return at + back * MINUTE
        if (back > 1_440) return Number.NaN
      }
    }
    for (let date = Math.ceil(from / DAY) * DAY + DAY; date < to - 2 * DAY; date += DAY) {
      if (holidays.includes(new Date(date).toISOString().slice(0, 10))) continue
      const today = NAMES[new Date(date).getUTCDay()] ?? ''
      for (const [begin, end] of hours.flatMap((written) => minutesOn(today, written))) {
        const until = Math.min(momentOf(date, end), momentOf(date + DAY, 0))
        for (let at = momentOf(date, begin); at < until; at += MINUTE) this.#open[(at - from) / MINUTE] = true
      }
    }
  }

  isOpen(at: number): boolean {
    return this.#open[Math.floor((at - this.#first) / MINUTE)] === true
  }

  /** The first minute between two moments that is not as it should be; null: all are. */
  firstNot(isOpen: boolean, from: number, to: number): number | null {
    for (let at = from; at < to; at += MINUTE) if (this.isOpen(at) !== isOpen) return at
    return null
  }
}

const shownBefore = new Map<string, ReadonlyMap<string, number>>()

/** When clocks of a zone first show each minute. */
function firstShown(zone: string, from: number, to: number): ReadonlyMap<string, number> {
  const key = `${zone} ${from}`
  const before = shownBefore.get(key)
  if (before !== undefined) return before
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
  const shownAt = new Map<string, number>()
  for (let at = from; at <= to; at += MINUTE) {
    const shown = clock.format(at)
    if (!shownAt.has(shown)) shownAt.set(shown, at)
  }
  shownBefore.set(key, shownAt)
  return shownAt
}

/** What a line says of a day of the week. */
function minutesOn(today: string, written: string): [begin: number, end: number][] {
  const minute = (text = ''): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
  const [first = '', hours = '', last] = written.split(' ')
  const [begin, end] = hours.split('-')
  const [from = '', to = from] = last === undefined ? first.split('-') : [first, end]
  const row: string[] = [from]
  for (let name = from; name !== to; row.push(name)) name = NAMES[(NAMES.indexOf(name) + 1) % 7] ?? ''
  if (!row.includes(today)) return []
  if (last === undefined) return [[minute(begin), minute(end)]]
  return [[today === from ? minute(begin) : 0, today === to ? minute(last) : 1_440]]
}

const seconds = fc.integer({ min: 0, max: 6 * 86_400 - 1 })

it('a market is open in the minutes in which its clocks say so, until the moment at which it changes', () => {
  fc.assert(
    fc.property(anySessions, seconds, ({ near, sessions }, after) => {
      const count = new MinuteCount(sessions, near - 12 * DAY, near + 14 * DAY)
      const moment = near - 3 * DAY + after * 1_000
      const { isOpen, from, until } = sessionAt(moment, sessions)
      expect(isOpen).toBe(count.isOpen(moment))
      const begin = Math.max(from ?? 0, near - 6 * DAY)
      const end = Math.min(until ?? Number.POSITIVE_INFINITY, near + 6 * DAY)
      expect(count.firstNot(isOpen, begin, end)).toBeNull()
      if (from !== null && from === begin) expect(count.isOpen(from - 1)).toBe(!isOpen)
      if (until !== null && until === end) expect(count.isOpen(until)).toBe(!isOpen)
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 100) },
  )
})

it('a silence is too long when a session has heard nothing for so long, and never at another moment', () => {
  fc.assert(
    fc.property(anySessions, seconds, fc.integer({ min: 1, max: 600 }), ({ near, sessions }, after, minutes) => {
      const since = near - 3 * DAY + after * 1_000
      const at = silentInSession(since, minutes * MINUTE, sessions)
      let session = sessionAt(since, sessions)
      while (session.until !== null && session.until < (at ?? near + 6 * DAY)) {
        const heard = Math.max(since, session.from ?? since)
        if (at !== null && session.isOpen) expect(session.until - heard).toBeLessThanOrEqual(minutes * MINUTE)
        session = sessionAt(session.until, sessions)
      }
      if (at === null) return
      const { isOpen, from } = sessionAt(at, sessions)
      expect(isOpen).toBe(true)
      expect(at - Math.max(since, from ?? since)).toBe(minutes * MINUTE)
    }),
    { numRuns: 200 },
  )
})
