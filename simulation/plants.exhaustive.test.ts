import { expect, test } from 'vitest'
import { plants } from './plants.ts'
import { simulate } from './simulate-process.ts'

test.each(plants)('a bug that is planted is found: $name', async ({ name, seeds, scenario = 'faults' }) => {
  const { code, outcome } = await simulate(['--plant', name, '--seeds', String(seeds), '--scenario', scenario])
  expect(outcome.failure).not.toBeNull()
  expect(code).toBe(1)
})

test('a plant that is not known is refused', async () => {
  const refused = await simulate(['--plant', 'nothing', '--seeds', '1']).catch((error: Error) => error)
  expect(refused).toBeInstanceOf(Error)
})
