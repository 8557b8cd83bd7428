import type { Instant, Limits } from '@drawbridge/contracts/pure'
import { Temporal } from 'temporal-polyfill'

export type DailyReset = Pick<Limits, 'resetTime' | 'resetTimeZone'>

export interface Resets {
  readonly last: Instant
  readonly next: Instant
  /** The date on which the last one was, in the zone of the reset. */
  readonly date: Temporal.PlainDate
}

/** The answer given last by reset time and zone: thousands of traders ask the same in a row. */
const known = new Map<string, Resets>()
const KNOWN_MAX = 1_000

/**
 * The daily resets next to a moment: `last <= moment < next`. A local time that daylight saving skips is taken after
 * the gap, one that it repeats is taken once, the first time.
 */
export function resetsAround(moment: Instant, reset: DailyReset): Resets {
  const key = `${reset.resetTime} ${reset.resetTimeZone}`
  const before = known.get(key)
  if (before !== undefined && before.last <= moment && moment < before.next) return before
  const resets = findResets(moment, reset)
  if (known.size >= KNOWN_MAX) known.clear()
  known.set(key, resets)
  return resets
}

function findResets(moment: Instant, reset: DailyReset): Resets {
  const today = Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(reset.resetTimeZone).toPlainDate()
  const time = Temporal.PlainTime.from(reset.resetTime)
  const resetOn = (days: number): Instant =>
    today.add({ days }).toZonedDateTime({ timeZone: reset.resetTimeZone, plainTime: time }).epochMilliseconds
  // Where a zone skipped a whole day, two dates share a reset; hence the search both ways.
  let day = 0
  while (resetOn(day) > moment) day -= 1
  while (resetOn(day + 1) <= moment) day += 1
  return { last: resetOn(day), next: resetOn(day + 1), date: today.add({ days: day }) }
}
