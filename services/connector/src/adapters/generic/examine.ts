import type { Instant } from '@drawbridge/contracts'
import { describe, printable } from '@drawbridge/contracts'
import type { Examination } from '../../port.ts'
import type { Found } from './reading.ts'

/** What was found in an answer, by the places that it was looked for. */
export function examinationOf(found: Found, clock: Instant | null): Examination {
  return {
    fields: Object.values(found).map(({ name, value }) => [name, textOf(value)] as const),
    clock,
    rights: { read: true, trade: null, withdraw: null },
    notes: [],
  }
}

function textOf(value: unknown): string {
  if (value === undefined) return 'is missing'
  return typeof value === 'string' ? printable(value) : describe(value)
}
