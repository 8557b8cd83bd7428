/** Runs the seeds that its parent sends, one after the other. `--mutant <name>`: with a bug. */
import { parseArgs } from 'node:util'
import { loadMutant } from './apply-mutant.ts'
import type { SeedResult } from './run-seed.ts'
import type { ScenarioName } from './scenarios/scenarios.ts'

/** A message of the parent. */
export interface SeedOrder {
  readonly scenario: ScenarioName
  readonly seed: number
  /** A failed seed always sends its trace. */
  readonly withTrace: boolean
}

const { values } = parseArgs({ options: { mutant: { type: 'string' } } })
// The client captures a stack with every request, in case it fails; no trace shows one.
Error.stackTraceLimit = 0
const checkLoaded = values.mutant === undefined ? null : loadMutant(values.mutant)
const { runSeed } = await import('./run-seed.ts')
checkLoaded?.()

process.on('disconnect', () => process.exit())
process.on('message', ({ scenario, seed, withTrace }: SeedOrder) => {
  void runSeed(scenario, seed).then((result: SeedResult) => {
    const wanted = withTrace || result.violation !== null
    process.send?.(wanted ? result : { ...result, trace: [] })
  })
})
process.send?.('ready')
