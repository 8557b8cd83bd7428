import type { Instant, QuietHours } from '@drawbridge/contracts'

const MINUTE_MS = 60_000

/** Each alert asks, and to make one takes longer than to use it. */
const CLOCKS = new Map<string, Intl.DateTimeFormat>()

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = CLOCKS.get(zone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en', { timeZone: zone, hour: 'numeric', minute: 'numeric', hourCycle: 'h23' })
  CLOCKS.set(zone, made)
  return made
}

/** Minutes since midnight in a zone, by the clock on the wall there. */
export function minuteOfDay(at: Instant, zone: string): number {
  const found = clockOf(zone).formatToParts(at)
  const read = (type: string) => Number(found.find((part) => part.type === type)?.value ?? 0)
  return 60 * read('hour') + read('minute')
}

export function isQuiet(at: Instant, hours: QuietHours | null, zone: string): boolean {
  if (hours === null) return false
  const minute = minuteOfDay(at, zone)
  const { from, until } = hours
  return from < until ? minute >= from && minute < until : minute >= from || minute < until
}

/**
 * When what waits for the end of quiet hours is told: at the first minute that is not quiet. Minutes are looked at one by
 * one where clocks change, so that no hour is counted that the wall clock skips.
 */
export function quietUntil(at: Instant, hours: QuietHours, zone: string): Instant {
  if (!isQuiet(at, hours, zone)) return at
  const begin = at - (at % MINUTE_MS)
  const length = (hours.until - minuteOfDay(at, zone) + 1_440) % 1_440
  const expected = begin + length * MINUTE_MS
  if (!isQuiet(expected, hours, zone) && isQuiet(expected - MINUTE_MS, hours, zone)) return expected
  for (let next = begin; next < begin + 2 * 86_400_000; next += MINUTE_MS) if (!isQuiet(next, hours, zone)) return next
  return expected
}
