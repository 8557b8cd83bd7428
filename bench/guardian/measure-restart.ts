import { roundTo } from '../machine.ts'
import type { NodeProcess } from './node-process.ts'
import type { Sizes } from './options.ts'
import { type BenchServer, startServer, stored } from './server.ts'
import { preloadTicks } from './ticks.ts'

/** From the start of the process, seconds. */
export interface RestartRound {
  /** Until it is deciding. */
  readonly guardianSeconds: number
  /** Until the same messages have been read. */
  readonly floorSeconds: number
}

/** The time until a guardian is ready again, over the time to read the same messages. */
export async function measureRestart(
  sizes: Sizes,
  rounds: number,
  onRound: (round: RestartRound) => void,
): Promise<readonly RestartRound[]> {
  const server = await startServer()
  try {
    await preloadTicks(server, sizes.ticks, sizes.manyTraders)
    await judgeAll(server, sizes.ticks)
    const done: RestartRound[] = []
    while (done.length < rounds) {
      const guardianSeconds = await secondsUntil(server.startGuardian(), 'judging', 'traders', sizes.manyTraders)
      // The configuration has three subjects.
      const floorSeconds = await secondsUntil(
        server.startFloor('floor-read.ts'),
        'read',
        'count',
        sizes.manyTraders + 3,
      )
      const round = { guardianSeconds, floorSeconds }
      done.push(round)
      onRound(round)
    }
    return done
  } finally {
    await server.stop()
  }
}

async function judgeAll(server: BenchServer, ticks: number): Promise<void> {
  const guardian = server.startGuardian()
  try {
    await guardian.watch(stored(server, ticks))
  } finally {
    await guardian.stop()
  }
}

async function secondsUntil(started: NodeProcess, msg: string, counted: string, expected: number): Promise<number> {
  try {
    const line = await started.line(msg)
    const seconds = roundTo((performance.now() - started.startedAt) / 1_000, 3)
    if (line[counted] !== expected) throw new Error(`${counted} must be ${expected}: ${JSON.stringify(line)}`)
    return seconds
  } finally {
    await started.stop()
  }
}
