import { setTimeout as delay } from 'node:timers/promises'
import { subjects, type TraderId, toJsonBytes } from '@drawbridge/contracts'
import { createLogger, createPool } from '@drawbridge/service-kit'
import type { NatsConnection } from '@nats-io/transport-node'
import { type Delay, delayOf, measureRounds } from '../figures.ts'
import { publishAll, traderName } from '../publishes.ts'
import { startServer } from '../server.ts'
import { type BenchDatabase, OUTAGE_KINDS, type OutageKind, requireRows } from './databases.ts'
import { type Sizes, startPersister, untilStored } from './persister-process.ts'
import { publishesOf, traderEvents } from './trader-events.ts'

/** From the publishing of a tick until its decision is stored and received, milliseconds. */
export interface OutageRound {
  readonly kind: OutageKind
  readonly upP50Ms: number
  readonly downP50Ms: number
}

const TRADERS = 100
const RECEIVED_WITHIN_MS = 10_000
const EVENTS_PER_SECOND = 10
const LOOK_EVERY_MS = 2
const FOUND_WITHIN_MS = 30_000

/** The cost of a database outage for services that do not need the database: how long a tick waits for its decision. */
export async function measureOutage(
  database: BenchDatabase,
  { ticks, ticksPerSecond }: Sizes,
  rounds: number,
): Promise<readonly OutageRound[]> {
  await using server = await startServer()
  await using fresh = await database.fresh()
  await server.renewAll()
  await using guardian = server.startGuardian()
  await using persister = await startPersister(server, fresh.url)
  await guardian.line('judging')
  const p50 = () => guardian.watch(persister.watch(p50Of(server.connection, ticks, ticksPerSecond)))
  await p50()
  const done = await measureRounds('outage', rounds * OUTAGE_KINDS.length, async (round) => {
    const kind = OUTAGE_KINDS[round % OUTAGE_KINDS.length] ?? 'stopped'
    const upP50Ms = await p50()
    const end = await database.outages[kind](fresh.url)
    const downP50Ms = await p50()
    await end()
    await persister.watch(untilStored(server))
    return { kind, upP50Ms, downP50Ms }
  })
  await requireRows(fresh.url, (2 * done.length + 1) * ticks)
  return done
}

/** Ticks of one trader after the other; each is published at its time, whether the others are answered or not. */
async function p50Of(connection: NatsConnection, ticks: number, perSecond: number): Promise<number> {
  const sentAt = new Map<TraderId, number>()
  const took: number[] = []
  const received = connection.subscribe(subjects.storedAll, {
    callback: (_error, event) => {
      const trader = event.subject.slice(event.subject.lastIndexOf('.') + 1)
      const at = sentAt.get(trader)
      if (at === undefined) return
      sentAt.delete(trader)
      took.push(performance.now() - at)
    },
  })
  await connection.flush()
  const begun = performance.now()
  for (let index = 0; index < ticks; index += 1) {
    const waitMs = begun + (index * 1_000) / perSecond - performance.now()
    if (waitMs > 0) await delay(waitMs)
    const trader = traderName(index % TRADERS)
    sentAt.set(trader, performance.now())
    connection.publish(subjects.tick(trader), toJsonBytes({ equity: 10_000 + (index % 90) }))
  }
  const deadline = performance.now() + RECEIVED_WITHIN_MS
  while (took.length < ticks) {
    if (performance.now() > deadline) throw new Error(`${ticks - took.length} ticks without a decision`)
    await delay(10)
  }
  received.unsubscribe()
  return delayOf(took, 3).p50Ms
}

/** From the publishing of an event until a query finds it, when events are few. */
export async function measureQueryable(database: BenchDatabase, { looks }: Sizes): Promise<Delay> {
  await using server = await startServer()
  await using fresh = await database.fresh()
  const pool = createPool(fresh.url, 'looks', 1, createLogger('looks', 'warn'))
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => pool.end())
  const isThere = async (trader: TraderId) => {
    const text = 'SELECT FROM risk_state_history WHERE trader_id = $1 AND version = 1'
    return (await pool.query(text, [trader])).rowCount === 1
  }
  await using persister = await startPersister(server, fresh.url)
  await untilStored(server)
  const before = (await server.manager.streams.info('RISK')).state.last_seq
  const took: number[] = []
  // Each of another trader.
  const events = [...traderEvents({ events: looks, traders: looks, before })]
  for (const [index, publish] of [...publishesOf(events)].entries()) {
    const begun = performance.now()
    await publishAll(server.connection, [publish], 1)
    while (!(await persister.watch(isThere(events[index]?.event.trader ?? '')))) {
      if (performance.now() - begun > FOUND_WITHIN_MS) throw new Error(`not found within ${FOUND_WITHIN_MS / 1_000} s`)
      await delay(LOOK_EVERY_MS)
    }
    took.push(performance.now() - begun)
    await delay(Math.max(0, begun + 1_000 / EVENTS_PER_SECOND - performance.now()))
  }
  return delayOf(took, 1)
}
