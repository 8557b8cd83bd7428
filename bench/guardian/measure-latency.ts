import { percentile, roundTo } from '../machine.ts'
import type { NodeProcess } from './node-process.ts'
import type { Sizes } from './options.ts'
import { type BenchServer, startServer } from './server.ts'

/** From a tick that breaches a limit until the gate is closed, milliseconds. */
export interface Latency {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

export interface LatencyRound {
  readonly guardian: Latency
  readonly floor: Latency
}

/** The time until a breach closes a gate, over a relay that decides nothing. */
export async function measureLatency(
  sizes: Sizes,
  rounds: number,
  onRound: (round: LatencyRound) => void,
): Promise<readonly LatencyRound[]> {
  const server = await startServer()
  try {
    const done: LatencyRound[] = []
    while (done.length < rounds) {
      const guardian = await latencyThrough(server, () => server.startGuardian(), sizes)
      const floor = await latencyThrough(server, () => server.startFloor('floor-relay.ts'), sizes)
      const round = { guardian, floor }
      done.push(round)
      onRound(round)
    }
    return done
  } finally {
    await server.stop()
  }
}

async function latencyThrough(server: BenchServer, start: () => NodeProcess, sizes: Sizes): Promise<Latency> {
  await server.renewAll()
  const decider = start()
  try {
    await decider.line('judging')
    const bot = server.startFloor('latency-bot.ts', String(sizes.breaches), String(sizes.ticksPerSecond))
    try {
      const { latencies } = await decider.watch(bot.line('measured'))
      return latencyOf(latencies as readonly number[])
    } finally {
      await bot.stop()
    }
  } finally {
    await decider.stop()
  }
}

function latencyOf(latencies: readonly number[]): Latency {
  const at = (share: number) => roundTo(percentile(latencies, share), 3)
  return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }
}
