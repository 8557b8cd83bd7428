import { expect, test } from 'vitest'
import { type Mutant, mutants } from './mutants.ts'
import { simulate } from './simulate-process.ts'

/** The first of these seeds that finds the bug; null if none does. */
async function foundBy(mutant: Mutant, from: number, seeds: number): Promise<number | null> {
  const { name, scenario = 'faults' } = mutant
  const range = ['--from', String(from), '--seeds', String(seeds)]
  const { code, outcome } = await simulate(['--mutant', name, '--scenario', scenario, ...range])
  expect(code).toBe(outcome.failure === null ? 0 : 1)
  return outcome.failure?.seed ?? null
}

test.each(mutants)('the simulation finds the mutant $name', async (mutant) => {
  if ((await foundBy(mutant, mutant.foundBy, 1)) !== null) return
  const seed = await foundBy(mutant, 1, mutant.seeds)
  expect(seed).not.toBeNull()
  console.log(`${mutant.name}: set foundBy: ${seed} in mutants.ts, so that it is found at once`)
})

test('an unknown mutant is refused', async () => {
  const refused = await simulate(['--mutant', 'nothing', '--seeds', '1']).catch((error: Error) => error)
  expect(refused).toBeInstanceOf(Error)
})
