import path from 'node:path'
import { streams, subjects } from '@drawbridge/contracts'
import { headersOfEvent, outSubject } from './event-publishes.ts'
import type { Sizes } from './options.ts'
import { eventsOfOthers } from './other-traders.ts'
import { type Outgoing, publishAll } from './publish-all.ts'
import { type RecordedConfiguration, type RecordedEvent, readRecorded, recordEvents } from './recorded-events.ts'
import { type BenchServer, type Stretch, startServer, stored } from './server.ts'
import { preloadTicks } from './ticks.ts'

/** The fastest value here; the guardian's bound is 1,000. */
export const FLOOR_IN_FLIGHT = 1_000
const PRELOAD_IN_FLIGHT = 1_000

/** Events per second, and the CPU time of the writing process, microseconds per event. */
export interface Pace {
  readonly perSecond: number
  readonly cpuMicros: number
}

export interface CatchUpRound {
  readonly guardian: Pace
  /** Encodes each event as the guardian does, and publishes it. */
  readonly floor: Pace
  /** Publishes precomputed bytes. */
  readonly floorOfBytes: Pace
  readonly guardianCold: Pace
  readonly floorCold: Pace
}

/** With many ticks in INPUTS: the rate of decisions, over the rate at which the same events can be published. */
export async function measureCatchUp(
  sizes: Sizes,
  rounds: number,
  onRound: (round: CatchUpRound) => void,
): Promise<readonly CatchUpRound[]> {
  const server = await startServer()
  try {
    await preloadTicks(server, sizes.ticks, sizes.traders)
    const file = path.join(server.folder, 'events.ndjson')
    const cold: ColdStart = { server, sizes, configuration: [], first: [] }
    const done: CatchUpRound[] = []
    while (done.length < rounds) {
      await server.renewRisk()
      const guardian = await guardianPace(server, sizes.ticks)
      if (done.length === 0) {
        cold.configuration = await recordEvents(server, file)
        cold.first = readRecorded(file).slice(0, sizes.traders)
      }
      await server.renewRisk()
      const floor = await floorPace(server, sizes.ticks, [file, '0', '0', 'encode'])
      await server.renewRisk()
      const floorOfBytes = await floorPace(server, sizes.ticks, [file, '0', '0', 'bytes'])

      const rest = sizes.ticks - sizes.traders
      const preloaded = await preloadCold(cold)
      const guardianCold = await guardianPace(server, rest, preloaded.lastSeq)
      const again = await preloadCold(cold)
      const args = [file, String(sizes.traders), String(again.firstSeq), 'encode']
      const floorCold = await floorPace(server, rest, args, again.lastSeq)
      const round = { guardian, floor, floorOfBytes, guardianCold, floorCold }
      done.push(round)
      onRound(round)
    }
    return done
  } finally {
    await server.stop()
  }
}

/**
 * The rate at which one guardian decides the ticks in INPUTS.
 * @param env settings of the guardian
 */
export async function guardianPace(
  server: BenchServer,
  ticks: number,
  afterSeq = 0,
  env: Readonly<Record<string, string>> = {},
): Promise<Pace> {
  const guardian = server.startGuardian(env)
  try {
    await guardian.line('judging')
    const { cpuMs } = await guardian.probe()
    const stretch = await guardian.watch(stored(server, ticks, afterSeq))
    return paceOf(stretch, (await guardian.probe()).cpuMs - cpuMs)
  } finally {
    await guardian.stop()
  }
}

async function floorPace(
  server: BenchServer,
  events: number,
  [file = '', ...args]: readonly string[],
  afterSeq = 0,
): Promise<Pace> {
  const floor = server.startFloor('floor-publish.ts', file, String(FLOOR_IN_FLIGHT), ...args)
  try {
    await floor.line('loaded')
    const { cpuMs } = await floor.probe()
    floor.send({ kind: 'go' })
    const stretch = await floor.watch(stored(server, events, afterSeq))
    await floor.line('published')
    return paceOf(stretch, (await floor.probe()).cpuMs - cpuMs)
  } finally {
    await floor.stop()
  }
}

function paceOf({ events, seconds }: Stretch, cpuMs: number): Pace {
  return { perSecond: Math.round(events / seconds), cpuMicros: Math.round((cpuMs * 10_000) / events) / 10 }
}

interface ColdStart {
  readonly server: BenchServer
  readonly sizes: Sizes
  configuration: readonly RecordedConfiguration[]
  /** The first event of each trader. */
  first: readonly RecordedEvent[]
}

/** RISK with the first event of each trader, followed by many more of other traders. */
async function preloadCold({ server, sizes, configuration, first }: ColdStart) {
  await server.renewRisk()
  await publishAll(server.connection, configurationAgain(configuration), 1)
  const firstSeq = (await server.manager.streams.info(streams.risk)).state.last_seq + 1
  // Two inputs set the configuration, and one tick of each trader is decided.
  const settled = sizes.traders + 2
  await publishAll(server.connection, eventsAgain(first, settled), PRELOAD_IN_FLIGHT)
  const others = eventsOfOthers(sizes.eventsBetween, settled)
  await publishAll(server.connection, others, PRELOAD_IN_FLIGHT)
  return { firstSeq, lastSeq: firstSeq - 1 + first.length + sizes.eventsBetween }
}

function* configurationAgain(configuration: readonly RecordedConfiguration[]): Generator<Outgoing> {
  for (const { kind, payload } of configuration) yield { subject: subjects.outConfig(kind), payload }
}

function* eventsAgain(events: readonly RecordedEvent[], settled: number): Generator<Outgoing> {
  for (const { type, trader, payload } of events) {
    yield { subject: outSubject(type, trader), payload, headers: headersOfEvent(trader, 0, settled, '') }
  }
}
