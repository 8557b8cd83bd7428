import { describe, expect, it } from 'vitest'
import { Settlement } from '../src/core/settlement.ts'

describe('the settlement', () => {
  it('begins where the log is settled', () => {
    expect(new Settlement(41).settled).toBe(41)
  })

  it('waits for the oldest input, and then passes all that are done', () => {
    const settlement = new Settlement(0)
    const [first, second, third] = [settlement.begin(1, 1, 0), settlement.begin(2, 1, 0), settlement.begin(5, 1, 0)]
    third.stored()
    second.stored()
    expect(settlement).toMatchObject({ settled: 0, open: 3 })
    first.stored()
    expect(settlement).toMatchObject({ settled: 5, open: 0 })
  })

  it('passes an input only when all its parts are done', () => {
    const settlement = new Settlement(0)
    const part = settlement.begin(1, 3, 0)
    settlement.begin(2, 1, 0).stored()
    part.stored()
    part.stored()
    expect(settlement.settled).toBe(0)
    part.stored()
    expect(settlement.settled).toBe(2)
  })

  it('passes an input without parts as soon as those before it are done', () => {
    const settlement = new Settlement(0)
    settlement.begin(1, 0, 0)
    expect(settlement.settled).toBe(1)
    const done = settlement.begin(2, 1, 0)
    settlement.begin(3, 0, 0)
    expect(settlement.settled).toBe(1)
    done.stored()
    expect(settlement.settled).toBe(3)
  })

  it('passes an input that nobody decides as soon as those before it are done', () => {
    const settlement = new Settlement(4)
    const before = settlement.begin(5, 1, 0)
    settlement.pass(6)
    settlement.pass(7)
    expect(settlement.settled).toBe(4)
    before.stored()
    expect(settlement.settled).toBe(7)
    settlement.begin(8, 1, 0).stored()
    expect(settlement.settled).toBe(8)
  })

  it('does not pass one that has begun already, nor one that is settled', () => {
    const settlement = new Settlement(4)
    const begun = settlement.begin(5, 1, 0)
    settlement.pass(5)
    settlement.pass(3)
    expect(settlement.settled).toBe(4)
    begun.stored()
    expect(settlement.settled).toBe(5)
  })

  it('tells whenever it has passed something', () => {
    let told = 0
    const settlement = new Settlement(0)
    settlement.onAdvance(() => {
      told += 1
    })
    const [first, second] = [settlement.begin(1, 1, 0), settlement.begin(2, 1, 0)]
    second.stored()
    expect(told).toBe(0)
    first.stored()
    expect(told).toBe(1)
  })
})
