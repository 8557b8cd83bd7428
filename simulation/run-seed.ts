import { createHash } from 'node:crypto'
import { nuid } from '@nats-io/transport-node'
import { makeNetworkIndependent } from './network.ts'
import { describe } from './nodes/node.ts'
import { crashPointsOf, type ScenarioName, scenarioOf } from './scenarios/scenarios.ts'
import type { Violation } from './trace.ts'
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
  /** The awaits of the process that has the scenario's crash points. */
  readonly awaits: number
  /** The longest wait of an input until its effects were stored, milliseconds; only of inputs after the start. */
  readonly longestWaitMs: number
}

// Its first use takes numbers from Math.random; they must not be those of the first seed.
nuid.next()
makeNetworkIndependent()

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
  const node = crashPointsOf(name)
  const awaits = node === null ? 0 : world.awaitsOf(node)
  const digest = createHash('sha256').update(trace.lines.join('\n')).digest('hex')
  return { seed, violation, trace: trace.lines, digest, elapsedMs: elapsed, steps, awaits, longestWaitMs }
}
