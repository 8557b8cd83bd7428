import path from 'node:path'
import { decodeTick, encodeRiskEvent, headerNames, streams, subjects, type TraderState } from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION, decide, INITIAL_STATE } from '@drawbridge/risk-engine'
import { headers } from '@nats-io/transport-node'
import { measureRounds, type Pace, paceOf } from '../figures.ts'
import { headersOfEvent, type Outgoing, preloadTicks, publishAll, tickBytes, traderName } from '../publishes.ts'
import { type BenchServer, startServer, stored } from '../server.ts'
import type { Sizes } from './measures.ts'
import { type RecordedConfiguration, type RecordedEvent, readRecorded, recordEvents } from './recorded-events.ts'

/** The fastest value here; the guardian's bound is 1,000. */
export const IN_FLIGHT = 1_000
const EVENTS_OF_EACH_OTHER = 10
/** A prefix that the measured traders do not have. */
const FIRST_OTHER = 1_000_000
/** Two inputs set the configuration. */
const FIRST_TICK = 3

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
export async function measureCatchUp(sizes: Sizes, rounds: number): Promise<readonly CatchUpRound[]> {
  await using server = await startServer()
  await preloadTicks(server.connection, sizes.ticks, sizes.traders)
  const file = path.join(server.folder, 'events.ndjson')
  let configuration: readonly RecordedConfiguration[] = []
  let first: readonly RecordedEvent[] = []
  return await measureRounds('catchUp', rounds, async (round) => {
    await server.renewRisk()
    const guardian = await guardianPace(server, sizes.ticks)
    if (round === 0) {
      configuration = await recordEvents(server, file)
      first = readRecorded(file).slice(0, sizes.traders)
    }
    await server.renewRisk()
    const floor = await floorPace(server, sizes.ticks, [file, '0', '0', 'encode'])
    await server.renewRisk()
    const floorOfBytes = await floorPace(server, sizes.ticks, [file, '0', '0', 'bytes'])

    const rest = sizes.ticks - sizes.traders
    const preloaded = await preloadCold(server, sizes, configuration, first)
    const guardianCold = await guardianPace(server, rest, preloaded.lastSeq)
    const again = await preloadCold(server, sizes, configuration, first)
    const args = [file, String(sizes.traders), String(again.firstSeq), 'encode']
    const floorCold = await floorPace(server, rest, args, again.lastSeq)
    return { guardian, floor, floorOfBytes, guardianCold, floorCold }
  })
}

/** The rate at which one guardian decides the ticks in INPUTS. */
async function guardianPace(server: BenchServer, ticks: number, afterSeq = 0): Promise<Pace> {
  await using guardian = server.startGuardian()
  await guardian.line('judging')
  const work = () => guardian.watch(stored(server, ticks, afterSeq))
  const [{ events, seconds }, cpuMs] = await guardian.cpuDuring(work)
  return paceOf(events / seconds, cpuMs, events)
}

async function floorPace(
  server: BenchServer,
  count: number,
  [file = '', ...args]: readonly string[],
  afterSeq = 0,
): Promise<Pace> {
  await using floor = server.startFloor('floor-publish.ts', file, String(IN_FLIGHT), ...args)
  await floor.line('loaded')
  const [{ events, seconds }, cpuMs] = await floor.cpuDuring(async () => {
    floor.send('go')
    const stretch = await floor.watch(stored(server, count, afterSeq))
    await floor.line('done')
    return stretch
  })
  return paceOf(events / seconds, cpuMs, events)
}

/**
 * RISK with the first event of each trader, followed by many more of other traders.
 * @param first the first event of each trader
 */
async function preloadCold(
  server: BenchServer,
  sizes: Sizes,
  configuration: readonly RecordedConfiguration[],
  first: readonly RecordedEvent[],
) {
  await server.renewRisk()
  const settings = configuration.map(({ kind, payload }) => ({ subject: subjects.outConfig(kind), payload }))
  await publishAll(server.connection, settings, 1)
  const firstSeq = (await server.manager.streams.info(streams.risk)).state.last_seq + 1
  // One tick of each trader is decided.
  const settled = FIRST_TICK - 1 + sizes.traders
  await publishAll(server.connection, eventsAgain(first, settled), IN_FLIGHT)
  await publishAll(
    server.connection,
    eventsOfOthers(sizes.eventsBetween, settled, await timesOfTicks(server)),
    IN_FLIGHT,
  )
  return { firstSeq, lastSeq: firstSeq - 1 + first.length + sizes.eventsBetween }
}

function* eventsAgain(events: readonly RecordedEvent[], settled: number): Generator<Outgoing> {
  for (const { type, trader, payload } of events) {
    yield { subject: subjects.out(type, trader), payload, headers: headersOfEvent(trader, 0, settled, '') }
  }
}

/** When INPUTS took the first ticks, one for each event of another trader: a guardian compares times with those of events. */
async function timesOfTicks({ manager }: BenchServer): Promise<readonly number[]> {
  const ticks = Array.from({ length: EVENTS_OF_EACH_OTHER }, (_, index) =>
    manager.streams.getMessage(streams.inputs, { seq: FIRST_TICK + index }),
  )
  return (await Promise.all(ticks)).map((tick) => tick?.time.getTime() ?? 0)
}

/**
 * Events of other traders, as the rules decide them, one round of all after the other.
 * @param times of the inputs, for each round
 */
function* eventsOfOthers(events: number, settled: number, times: readonly number[]): Generator<Outgoing> {
  const traders = Math.ceil(events / EVENTS_OF_EACH_OTHER)
  const states: TraderState[] = Array.from({ length: traders }, () => INITIAL_STATE)
  for (let index = 0; index < events; index += 1) {
    const trader = traderName(FIRST_OTHER + (index % traders))
    const tick = decodeTick(tickBytes(index))
    if (!tick.ok) throw new Error(tick.reason)
    const state = states[index % traders] ?? INITIAL_STATE
    // Any input below the watermark and later than the last one.
    const round = Math.floor(index / traders)
    const input = { kind: 'tick', seq: FIRST_TICK + round, time: times[round] ?? 0, tick: tick.value } as const
    const decision = decide(trader, state, BUILT_IN_CONFIGURATION, input)
    if (decision.kind !== 'event') throw new Error('no decision')
    states[index % traders] = decision.event.state
    const carried = headers()
    carried.set(headerNames.settled, String(settled))
    const subject = subjects.out(decision.event.type, trader)
    yield { subject, payload: encodeRiskEvent(decision.event), headers: carried }
  }
}
