import { formatInstant, parseInstant } from '@drawbridge/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const EARLIEST = Date.parse('0001-01-01T00:00:00Z')
const LATEST = Date.parse('9999-12-31T23:59:59.999Z')

describe('a time that is written', () => {
  it('is what toISOString writes, whatever was written before it, and is read as it was', () => {
    // Neighbours of a day's end, and days apart: what is remembered of one must not show in the next.
    const instant = fc.oneof(
      fc.integer({ min: EARLIEST, max: LATEST }),
      fc
        .tuple(fc.integer({ min: 0, max: 30_000 }), fc.integer({ min: -2, max: 2 }))
        .map(([day, ms]) => day * 86_400_000 + ms),
    )
    fc.assert(
      fc.property(fc.array(instant, { maxLength: 20 }), (instants) => {
        expect(instants.map(formatInstant)).toEqual(instants.map((value) => new Date(value).toISOString()))
        for (const value of instants) expect(parseInstant(formatInstant(value))).toEqual({ ok: true, value })
      }),
      { numRuns: 2_000 },
    )
  })
})
