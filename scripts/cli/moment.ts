import { formatInstant, type Instant, parseInstant } from '@drawbridge/contracts'
import { UsageError } from '@drawbridge/service-kit/program'

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const DURATION = /^(\d{1,6})([smhd])$/

/** Milliseconds of "90m"; null: it is no such text. */
function durationOf(written: string): number | null {
  const [, count, unit] = DURATION.exec(written) ?? []
  return count === undefined ? null : Number(count) * UNITS[unit as keyof typeof UNITS]
}

/**
 * A time, or so long before now or after it.
 * @throws {UsageError} if it is neither
 */
export function momentOf(option: string, written: string, direction: 'before' | 'after', now: Instant): string {
  const duration = durationOf(written)
  if (duration !== null) return formatInstant(direction === 'before' ? now - duration : now + duration)
  const time = parseInstant(written)
  if (time.ok) return formatInstant(time.value)
  throw new UsageError(
    `${option} must be a duration like 90m, 8h or 2d, or a time with a zone like "2026-03-12T20:00:00Z", got "${written}"`,
  )
}

/** A time of the console for people: minutes are enough. */
export function shortTime(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')}Z`
}
