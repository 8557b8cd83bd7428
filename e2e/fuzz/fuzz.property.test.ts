import { expect, it } from 'vitest'
import { fuzzEndpoints } from './fuzz-endpoints.ts'
import { fuzzRange } from './fuzz-range.ts'

const SEED = 20_261_129

/** 100,000 in total. Each range has its own timeout, because a busy machine takes minutes for all of them. */
const RANGES = Array.from({ length: 10 }, (_, index) => index * 10_000)

it.each(RANGES)('everything that reads what comes from outside takes hostile inputs: 10,000 from %i', (from) => {
  const { inputs, accepted, failures } = fuzzRange(SEED, from, 10_000)
  expect(failures).toEqual([])
  // Inputs that are all refused for the same reason would try nothing.
  expect(accepted / inputs).toBeGreaterThan(0.1)
  expect(accepted / inputs).toBeLessThan(0.9)
})

it('the HTTP endpoints take hostile bodies', async () => {
  const { inputs, accepted, failures } = await fuzzEndpoints(SEED, 0, 100_000)
  expect(failures).toEqual([])
  expect(inputs).toBe(1_000)
  expect(accepted).toBeGreaterThan(100)
})
