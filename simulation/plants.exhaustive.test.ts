import { expect, test } from 'vitest'
import { type Plant, plants } from './plants.ts'
import { simulate } from './simulate-process.ts'

/** The first of these seeds that finds the bug; null: none does. */
async function foundBy(plant: Plant, from: number, seeds: number): Promise<number | null> {
  const { name, scenario = 'faults' } = plant
  const range = ['--from', String(from), '--seeds', String(seeds)]
  const { code, outcome } = await simulate(['--plant', name, '--scenario', scenario, ...range])
  expect(code).toBe(outcome.failure === null ? 0 : 1)
  return outcome.failure?.seed ?? null
}

test.each(plants)('a bug that is planted is found: $name', async (plant) => {
  if ((await foundBy(plant, plant.foundBy, 1)) !== null) return
  const seed = await foundBy(plant, 1, plant.seeds)
  expect(seed).not.toBeNull()
  console.log(`${plant.name}: write foundBy: ${seed} in plants.ts, so that it is found at once`)
})

test('a plant that is not known is refused', async () => {
  const refused = await simulate(['--plant', 'nothing', '--seeds', '1']).catch((error: Error) => error)
  expect(refused).toBeInstanceOf(Error)
})
