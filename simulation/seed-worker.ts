/** Runs the seeds that its parent sends, one after the other. `--plant <name>`: with a bug. */
import { parseArgs } from 'node:util'
import { plantBug } from './plant-bug.ts'
import type { SeedResult } from './run-seed.ts'
import type { ScenarioName } from './scenarios/scenarios.ts'

/** What the parent sends. */
export interface SeedOrder {
  readonly scenario: ScenarioName
  readonly seed: number
  /** The trace of a seed that failed comes in any case. */
  readonly withTrace: boolean
}

const { values } = parseArgs({ options: { plant: { type: 'string' } } })
// The client takes a stack with every request, in case it fails; no trace shows one.
Error.stackTraceLimit = 0
const checkPlanted = values.plant === undefined ? null : plantBug(values.plant)
const { runSeed } = await import('./run-seed.ts')
checkPlanted?.()

process.on('disconnect', () => process.exit())
process.on('message', ({ scenario, seed, withTrace }: SeedOrder) => {
  void runSeed(scenario, seed).then((result: SeedResult) => {
    const wanted = withTrace || result.violation !== null
    process.send?.(wanted ? result : { ...result, trace: [] })
  })
})
process.send?.('ready')
