import { BUILT_IN_CONFIGURATION, INITIAL_STATE } from '@drawbridge/risk-engine'
import { event, type Position, step, tick } from '@drawbridge/testing/engine'
import fc from 'fast-check'
import { expect, it } from 'vitest'

interface Place {
  readonly seq?: number | null
  readonly run?: string | null
}

const place: fc.Arbitrary<Place> = fc.record(
  { seq: fc.option(fc.integer({ min: 0, max: 9 }), { freq: 6 }), run: fc.constantFrom(null, '', ...'abcdefg') },
  { requiredKeys: [] },
)

/** Says of each tick whether it is late, by the whole history of those before it. */
function latenessOf(places: readonly Place[]): boolean[] {
  const accepted: { readonly run: string | null; readonly seq: number }[] = []
  return places.map(({ seq = null, run: named = null }) => {
    if (seq === null) return false
    const run = named ?? accepted.at(-1)?.run ?? null
    const runs = accepted.map((before) => before.run).filter((name, index, all) => name !== all[index - 1])
    const [current, ...earlier] = runs.reverse()
    const highest = Math.max(
      ...accepted.slice(accepted.findLastIndex((one) => one.run !== current) + 1).map((one) => one.seq),
    )
    const isLate = accepted.length > 0 && (run === current ? seq <= highest : earlier.slice(0, 4).includes(run))
    if (!isLate) accepted.push({ run, seq })
    return isLate
  })
}

it('a tick is late exactly if its run is over, or has counted as far already', () => {
  fc.assert(
    fc.property(fc.array(place, { minLength: 1, maxLength: 40, size: 'max' }), (places) => {
      let position: Position = { state: INITIAL_STATE, configuration: BUILT_IN_CONFIGURATION }
      const late = places.map((beside, index) => {
        const minute = String(index).padStart(2, '0')
        const after = step(position, tick(`2026-03-12T09:${minute}:00Z`, 1000, { ...beside }), index + 1)
        position = after
        const { facts, state } = event(after.decision)
        expect(state.sequence?.earlier.length ?? 0).toBeLessThanOrEqual(4)
        return facts.some((fact) => fact.kind === 'tick-rejected' && fact.cause === 'late')
      })
      expect(late).toEqual(latenessOf(places))
    }),
    { numRuns: 5_000 },
  )
})
