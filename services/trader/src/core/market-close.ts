import type { Instant } from '@drawbridge/contracts'
import { Temporal } from 'temporal-polyfill'

/** When the New York Stock Exchange closes on a date `YYYY-MM-DD`: 16:00 America/New_York. */
export function marketClose(date: string): Instant {
  return Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: 'America/New_York', plainTime: '16:00' })
    .epochMilliseconds
}
