import { setTimeout as delay } from 'node:timers/promises'
import { subjects, type TraderId, toJsonBytes } from '@drawbridge/contracts'
import type { NatsConnection } from '@nats-io/transport-node'
import { startServer } from '../guardian/server.ts'
import { traderName } from '../guardian/ticks.ts'
import { percentile, roundTo } from '../machine.ts'
import { type BenchDatabase, OUTAGE_KINDS, type OutageKind, query } from './databases.ts'
import type { Sizes } from './options.ts'
import { startPersister, untilStored } from './persister-process.ts'

/** From the publishing of a tick until its decision is stored and heard, milliseconds. */
export interface OutageRound {
  readonly kind: OutageKind
  readonly upP50Ms: number
  readonly downP50Ms: number
}

const TRADERS = 100
const HEARD_WITHIN_MS = 10_000

/** What a database that is out costs those who do not need it: how long a tick waits for its decision. */
export async function measureOutage(
  database: BenchDatabase,
  { ticks, ticksPerSecond }: Sizes,
  rounds: number,
  onRound: (round: OutageRound) => void,
): Promise<readonly OutageRound[]> {
  const server = await startServer()
  const { url, drop } = await database.fresh()
  try {
    await server.renewAll()
    const guardian = server.startGuardian()
    const persister = await startPersister(server, url)
    try {
      await guardian.line('judging')
      const p50 = () => guardian.watch(persister.watch(p50Of(server.connection, ticks, ticksPerSecond)))
      await p50()
      const done: OutageRound[] = []
      while (done.length < rounds * OUTAGE_KINDS.length) {
        const kind = OUTAGE_KINDS[done.length % OUTAGE_KINDS.length] ?? 'stopped'
        const upP50Ms = await p50()
        const end = await database.outages[kind](url)
        const downP50Ms = await p50()
        await end()
        await persister.watch(untilStored(server))
        const round = { kind, upP50Ms, downP50Ms }
        done.push(round)
        onRound(round)
      }
      await allStored(url, (2 * done.length + 1) * ticks)
      return done
    } finally {
      await persister.stop()
      await guardian.stop()
    }
  } finally {
    await drop()
    await server.stop()
  }
}

/** Ticks of traders in turn; each waits for nothing but its time. */
async function p50Of(connection: NatsConnection, ticks: number, perSecond: number): Promise<number> {
  const sentAt = new Map<TraderId, number>()
  const took: number[] = []
  const heard = connection.subscribe(subjects.storedAll, {
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
  const deadline = performance.now() + HEARD_WITHIN_MS
  while (took.length < ticks) {
    if (performance.now() > deadline) throw new Error(`${ticks - took.length} ticks without a decision`)
    await delay(10)
  }
  heard.unsubscribe()
  return roundTo(percentile(took, 0.5), 3)
}

async function allStored(url: string, events: number): Promise<void> {
  const [row] = await query<{ rows: string }>(url, 'SELECT count(*) AS rows FROM risk_state_history')
  if (Number(row?.rows) !== events) throw new Error(`the history has ${row?.rows} rows instead of ${events}`)
}
