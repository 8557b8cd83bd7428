import { delayOf, measureRounds, roundTo } from '../figures.ts'
import type { NodeProcess } from '../node-process.ts'
import { preloadTicks } from '../publishes.ts'
import { type BenchServer, startServer, stored } from '../server.ts'

/** How much is measured. */
export interface Sizes {
  /** Ticks of a catch-up. */
  readonly ticks: number
  readonly traders: number
  /** Events of other traders that lie after the last event of each cold trader. */
  readonly eventsBetween: number
  readonly fewTraders: number
  readonly manyTraders: number
  /** Ticks that breach a limit, each of another trader. */
  readonly breaches: number
  readonly ticksPerSecond: number
}

export type LatencyRound = Awaited<ReturnType<typeof measureLatency>>[number]
export type GrowthRound = Awaited<ReturnType<typeof measureGrowth>>[number]
export type RestartRound = Awaited<ReturnType<typeof measureRestart>>[number]

/** From a tick that breaches a limit until the gate is closed, over a relay that decides nothing. */
export async function measureLatency(sizes: Sizes, rounds: number) {
  await using server = await startServer()
  return await measureRounds('latency', rounds, async () => ({
    guardian: await latencyThrough(server, () => server.startGuardian(), sizes),
    floor: await latencyThrough(server, () => server.startFloor('floor-relay.ts'), sizes),
  }))
}

async function latencyThrough(server: BenchServer, start: () => NodeProcess, sizes: Sizes) {
  await server.renewAll()
  await using decider = start()
  await decider.line('judging')
  await using bot = server.startFloor('latency-bot.ts', String(sizes.breaches), String(sizes.ticksPerSecond))
  const { latencies } = await decider.watch(bot.line('measured'))
  return delayOf(latencies as readonly number[], 3)
}

/** The same number of ticks of few traders and of many: the cost of each additional trader in time and memory. */
export async function measureGrowth(sizes: Sizes, rounds: number) {
  await using few = await startServer()
  await using many = await startServer()
  await preloadTicks(few.connection, sizes.ticks, sizes.fewTraders)
  await preloadTicks(many.connection, sizes.ticks, sizes.manyTraders)
  return await measureRounds('growth', rounds, async () => ({
    few: await growthOf(few, sizes.ticks),
    many: await growthOf(many, sizes.ticks),
  }))
}

/** The pace, and the memory after everything is decided and garbage is collected. */
async function growthOf(server: BenchServer, ticks: number) {
  await server.renewRisk()
  await using guardian = server.startGuardian()
  await guardian.line('judging')
  const { events, seconds } = await guardian.watch(stored(server, ticks))
  const { heapBytes, rssBytes } = await guardian.probe()
  return { perSecond: Math.round(events / seconds), heapBytes, rssBytes }
}

/** From the start of a process until a guardian is ready again, over the time to read the same messages. */
export async function measureRestart({ ticks, manyTraders }: Sizes, rounds: number) {
  await using server = await startServer()
  await preloadTicks(server.connection, ticks, manyTraders)
  await decideAll(server, ticks)
  return await measureRounds('restart', rounds, async () => ({
    guardianSeconds: await secondsUntil(server.startGuardian(), 'judging', 'traders', manyTraders),
    // The configuration has three subjects.
    floorSeconds: await secondsUntil(server.startFloor('floor-read.ts'), 'read', 'count', manyTraders + 3),
  }))
}

async function decideAll(server: BenchServer, ticks: number): Promise<void> {
  await using guardian = server.startGuardian()
  await guardian.watch(stored(server, ticks))
}

async function secondsUntil(process: NodeProcess, msg: string, counted: string, expected: number): Promise<number> {
  await using started = process
  const line = await started.line(msg)
  const seconds = roundTo((performance.now() - started.startedAt) / 1_000, 3)
  if (line[counted] !== expected) throw new Error(`${counted} must be ${expected}: ${JSON.stringify(line)}`)
  return seconds
}
