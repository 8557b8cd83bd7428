import { type EngineRun, histories, type OracleConfig, type Step, type Verdict } from '@drawbridge/testing/engine'
import fc from 'fast-check'
import { differenceOf, verdictsOf } from '../against-oracle.ts'
import { takenByTheEngine } from '../taken-by-the-engine.ts'
import { loadMutants } from './load-mutants.ts'
import { MUTANTS } from './mutants.ts'

/**
 * Hunts every mutant through the same random histories until it decides otherwise than the oracle, and prints the number
 * of the history that found it, or null, as a list of JSON. The arguments: how many histories at most, and their seed.
 */
const [most = 0, seed = 0] = process.argv.slice(2).map(Number)
const BATCH = 100

interface Known {
  readonly config: OracleConfig
  readonly steps: readonly Step[]
  readonly verdicts: readonly Verdict[]
}
const known: Known[] = []

/** Made as they are needed: most mutants need few. */
function historyAt(index: number): Known {
  if (known.length <= index) {
    for (const history of fc.sample(histories(), { numRuns: BATCH, seed: seed + known.length / BATCH })) {
      const [config, steps] = takenByTheEngine(history.config, history.steps)
      const verdicts = verdictsOf(config, steps)
      // Else a difference would say nothing of a mutant.
      if (differenceOf(config, steps, verdicts) !== null) throw new Error(`the engine itself differs: seed ${seed}`)
      known.push({ config, steps, verdicts })
    }
  }
  return known[index] as Known
}

function foundBy(Engine: typeof EngineRun): number | null {
  for (let index = 0; index < most; index += 1) {
    const { config, steps, verdicts } = historyAt(index)
    if (differenceOf(config, steps, verdicts, Engine) !== null) return index
  }
  return null
}

loadMutants()
const run = import.meta.resolve('@drawbridge/testing/engine').replace(/index\.ts$/, 'engine-run.ts')
const found: (number | null)[] = []
for (const index of MUTANTS.keys()) {
  const { EngineRun: Engine } = (await import(`${run}?mutant=${index}`)) as { EngineRun: typeof EngineRun }
  found.push(foundBy(Engine))
}
console.log(JSON.stringify(found))
