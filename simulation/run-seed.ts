import { createHash } from 'node:crypto'
import { nuid } from '@nats-io/transport-node'
import { makeNetworkNobodys } from './nobodys-network.ts'
import { describe } from './nodes/node.ts'
import type { Violation } from './report.ts'
import { type ScenarioName, scenarioOf, struckIn } from './scenarios/scenarios.ts'
import { World } from './world.ts'

/** What became of a seed. */
export interface SeedResult {
  readonly seed: number
  /** Null: every invariant held. */
  readonly violation: Violation | null
  readonly trace: readonly string[]
  /** A hash of the trace. */
  readonly digest: string
  /** Virtual milliseconds. */
  readonly elapsedMs: number
  readonly steps: number
  /** Of the process that the scenario strikes. */
  readonly awaits: number
  /** An input waited at most so long until all that it causes was stored; of those after the start. */
  readonly longestWaitMs: number
}

// It takes numbers from Math.random when it is first used: not from those of the first seed.
nuid.next()
makeNetworkNobodys()

/** Runs one seed; only one at a time can run in a process. */
export async function runSeed(name: ScenarioName, seed: number): Promise<SeedResult> {
  const world = new World(scenarioOf(name, seed))
  const onStray = (error: unknown) => world.violated('unhandled', describe(error))
  process.on('unhandledRejection', onStray)
  process.on('uncaughtException', onStray)
  try {
    await world.run()
  } catch (error) {
    world.violated('error', describe(error))
  } finally {
    world.close()
    process.off('unhandledRejection', onStray)
    process.off('uncaughtException', onStray)
  }
  const { violation, trace, elapsed, steps, longestWaitMs } = world
  const struck = struckIn(name)
  const awaits = struck === null ? 0 : world.awaitsOf(struck)
  const digest = createHash('sha256').update(trace.lines.join('\n')).digest('hex')
  return { seed, violation, trace: trace.lines, digest, elapsedMs: elapsed, steps, awaits, longestWaitMs }
}
