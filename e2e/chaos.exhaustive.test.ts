import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { runChaos } from './chaos/run-chaos.ts'

const SECONDS = 180

test(`in ${SECONDS} seconds of all kinds of faults every promise of the documents holds`, async () => {
  const seed = Number(process.env.CHAOS_SEED ?? randomInt(2 ** 31))
  console.log(`again: CHAOS_SEED=${seed}`)
  const { violations } = await runChaos({ seed, seconds: SECONDS, say: (line) => console.log(line) })
  expect(violations, `seed ${seed}`).toEqual([])
})
