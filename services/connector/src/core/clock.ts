import type { Instant } from '@drawbridge/contracts'

/** The clock of an other side by the `Date` of its answer, to the second; null: it does not tell. */
export function clockOf(date: string | null): Instant | null {
  const at = Date.parse(date ?? '')
  return Number.isNaN(at) ? null : at
}
