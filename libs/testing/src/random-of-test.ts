import { Random } from './random.ts'

const SEEDS = 2 ** 31

/** Random numbers for a test, by a seed that is printed: `DRAWBRIDGE_TEST_SEED` repeats them. */
export function randomOfTest(purpose: string): Random {
  const { DRAWBRIDGE_TEST_SEED: given } = process.env
  const seed = given ? Number(given) : Math.floor(Math.random() * SEEDS)
  console.info(`${purpose}: DRAWBRIDGE_TEST_SEED=${seed} repeats the random numbers`)
  return Random.of(seed, purpose)
}
