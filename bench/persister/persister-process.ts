import { setTimeout as delay } from 'node:timers/promises'
import { durables, streams } from '@drawbridge/contracts'
import { SMALL_HEAP } from '@drawbridge/service-kit'
import { NodeProcess } from '../node-process.ts'
import { publishAll } from '../publishes.ts'
import type { BenchServer } from '../server.ts'
import { type Events, publishesOf, traderEvents } from './trader-events.ts'

/** How much is measured. */
export interface Sizes {
  /** In RISK before a persister starts. */
  readonly events: number
  readonly traders: number
  readonly fewTraders: number
  /** Rows in a batch, as in the settings of a persister. */
  readonly batchSize: number
  /** While the database is up, and as many while it is not. */
  readonly ticks: number
  readonly ticksPerSecond: number
  /** One after the other, 10 a second. */
  readonly looks: number
  readonly backlog: number
}

const PRELOAD_IN_FLIGHT = 2_000
const STORED_WITHIN_MS = 600_000
const LOOK_EVERY_MS = 50

/** Fills RISK, which has none of these traders. */
export async function preloadRisk(server: BenchServer, events: number, traders: number): Promise<Events> {
  const { state } = await server.manager.streams.info(streams.risk)
  const preloaded = { events, traders, before: state.last_seq }
  await publishAll(server.connection, publishesOf(traderEvents(preloaded)), PRELOAD_IN_FLIGHT)
  return preloaded
}

/** Starts a persister as people do. It begins with the first event of RISK. */
export async function startPersister(server: BenchServer, databaseUrl: string): Promise<NodeProcess> {
  await server.manager.consumers.delete(streams.risk, durables.persister).catch(() => undefined)
  const env = { NATS_URL: server.url, DATABASE_URL: databaseUrl, PERSISTER_PORT: '0' }
  const persister = new NodeProcess('services/persister/src/main.ts', server.folder, env, [], SMALL_HEAP)
  try {
    await persister.line('listening')
    return persister
  } catch (error) {
    await persister[Symbol.asyncDispose]()
    throw error
  }
}

/** Waits until the persister has stored everything in RISK. */
export async function untilStored(server: BenchServer): Promise<void> {
  const { state } = await server.manager.streams.info(streams.risk)
  const deadline = performance.now() + STORED_WITHIN_MS
  while (performance.now() < deadline) {
    const info = await server.manager.consumers.info(streams.risk, durables.persister).catch(() => null)
    if (info !== null && info.ack_floor.stream_seq >= state.last_seq) return
    await delay(LOOK_EVERY_MS)
  }
  throw new Error(`RISK was not stored within ${STORED_WITHIN_MS / 1_000} s`)
}
