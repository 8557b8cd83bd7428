import { describe } from './amount.ts'
import { type Parsed, parsed, refused } from './parsed.ts'

/** A moment: milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number

const RFC3339 = /^\d{4}-\d{2}-\d{2}T(?!24)\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/

/** What RFC 3339 and PostgreSQL can both write, in UTC: the years 1 to 9999. */
const EARLIEST: Instant = Date.parse('0001-01-01T00:00:00.000Z')
const LATEST: Instant = Date.parse('9999-12-31T23:59:59.999Z')

/** Reads an RFC 3339 time with a zone, like `2026-03-12T16:00:00-05:00`; fractions below a millisecond are cut. */
export function parseInstant(value: unknown): Parsed<Instant> {
  if (typeof value !== 'string') return refused(`must be a time like "2026-03-12T20:00:00Z", got ${describe(value)}`)
  const instant = RFC3339.test(value) ? Date.parse(value) : Number.NaN
  if (Number.isNaN(instant) || !isCalendarDay(value.slice(0, 'YYYY-MM-DD'.length))) {
    return refused(`must be a time with a zone like "2026-03-12T20:00:00Z", got ${describe(value)}`)
  }
  if (instant < EARLIEST || instant > LATEST) {
    return refused(`must be a time of the years 1 to 9999 in UTC, got ${describe(value)}`)
  }
  return parsed(instant)
}

/** Date.parse rolls 30 February over into March; a bot that sends it has a bug worth hearing of. */
function isCalendarDay(date: string): boolean {
  return date.slice(-2) <= '28' || new Date(Date.parse(date)).toISOString().startsWith(date)
}

const DAY_MS = 86_400_000
/** The even and the odd day that were written last: the instants of an event are of a day and the end of it. */
const lastDays = [
  { day: Number.NaN, date: '' },
  { day: Number.NaN, date: '' },
]

/** Like `2026-03-12T20:00:00.000Z`: as `toISOString` writes it, in a third of the time. */
export function formatInstant(instant: Instant): string {
  const day = Math.floor(instant / DAY_MS)
  const date = dateOf(day)
  const ms = instant - day * DAY_MS
  const second = Math.floor(ms / 1_000)
  const minute = Math.floor(second / 60)
  const time = `${two(Math.floor(minute / 60))}:${two(minute % 60)}:${two(second % 60)}`
  const fraction = ms % 1_000
  return `${date}T${time}.${fraction < 100 ? '0' : ''}${two(fraction)}Z`
}

function dateOf(day: number): string {
  const last = lastDays[day & 1]
  if (last?.day === day) return last.date
  const date = new Date(day * DAY_MS).toISOString().slice(0, -'T00:00:00.000Z'.length)
  lastDays[day & 1] = { day, date }
  return date
}

function two(number: number): string {
  return number < 10 ? `0${number}` : `${number}`
}
