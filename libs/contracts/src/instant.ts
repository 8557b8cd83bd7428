import { describe } from './amount.ts'
import { type Parsed, parsed, refused } from './parsed.ts'

/** A moment: milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number

const RFC3339 = /^(\d{4}-\d{2}-(\d{2}))T(?!24)\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/

/** What RFC 3339 and PostgreSQL can both write, in UTC: the years 1 to 9999. */
const EARLIEST: Instant = Date.parse('0001-01-01T00:00:00.000Z')
const LATEST: Instant = Date.parse('9999-12-31T23:59:59.999Z')

/** Reads an RFC 3339 time with a zone, like `2026-03-12T16:00:00-05:00`; fractions below a millisecond are cut. */
export function parseInstant(value: unknown): Parsed<Instant> {
  if (typeof value !== 'string') return refused(`must be a time like "2026-03-12T20:00:00Z", got ${describe(value)}`)
  const match = RFC3339.exec(value)
  const instant = match === null ? Number.NaN : Date.parse(value)
  if (match === null || Number.isNaN(instant) || !isCalendarDay(match[1] ?? '', match[2] ?? '')) {
    return refused(`must be a time with a zone like "2026-03-12T20:00:00Z", got ${describe(value)}`)
  }
  if (instant < EARLIEST || instant > LATEST) {
    return refused(`must be a time of the years 1 to 9999 in UTC, got ${describe(value)}`)
  }
  return parsed(instant)
}

/** Date.parse rolls 30 February over into March; a bot that sends it has a bug worth hearing of. */
function isCalendarDay(date: string, day: string): boolean {
  return day <= '28' || new Date(Date.parse(date)).toISOString().startsWith(date)
}

export function formatInstant(instant: Instant): string {
  return new Date(instant).toISOString()
}
