import { array, assert, integer, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Settlement, type Settling } from '../src/core/settlement.ts'

describe('the settlement', () => {
  it('is always the end of the longest stretch of done inputs, in whatever order their parts are done', () => {
    const inputs = array(record({ gap: integer({ min: 1, max: 5 }), parts: integer({ min: 0, max: 3 }) }), {
      maxLength: 60,
    })
    const choices = array(integer({ min: 0, max: 1_000_000 }), { minLength: 250, maxLength: 250 })
    assert(
      property(inputs, choices, (all, picks) => {
        const settlement = new Settlement(10)
        const begun: { readonly seq: number; waiting: number }[] = []
        const parts: { readonly of: number; readonly done: Settling }[] = []
        const expected = () => {
          const open = begun.findIndex(({ waiting }) => waiting > 0)
          return (open === -1 ? begun.at(-1) : begun[open - 1])?.seq ?? 10
        }
        let seq = 10
        let next = 0
        for (const pick of picks) {
          const input = all[next]
          if (input !== undefined && (parts.length === 0 || pick % 3 === 0)) {
            seq += input.gap
            const done = settlement.begin(seq, input.parts, 0)
            for (let part = 0; part < input.parts; part++) parts.push({ of: next, done })
            begun.push({ seq, waiting: input.parts })
            next += 1
          } else {
            const [part] = parts.splice(pick % Math.max(parts.length, 1), 1)
            if (part === undefined) break
            part.done.stored()
            const own = begun[part.of]
            if (own !== undefined) own.waiting -= 1
          }
          expect(settlement.settled).toBe(expected())
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('remembers no more than the inputs that are open, twice over', () => {
    const settlement = new Settlement(0)
    for (let seq = 1; seq <= 100_000; seq++) {
      settlement.begin(seq, 1, 0).stored()
      expect(settlement.open).toBe(0)
    }
    expect(settlement.settled).toBe(100_000)
  })
})
