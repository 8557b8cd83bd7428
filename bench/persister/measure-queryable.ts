import { setTimeout as delay } from 'node:timers/promises'
import { createLogger, createPool } from '@drawbridge/service-kit'
import { publishAll } from '../guardian/publish-all.ts'
import { startServer } from '../guardian/server.ts'
import { percentile, roundTo } from '../machine.ts'
import type { BenchDatabase } from './databases.ts'
import type { Sizes } from './options.ts'
import { startPersister, untilStored } from './persister-process.ts'
import { publishesOf, traderEvents } from './trader-events.ts'

/** From the publishing of an event until a query finds it, milliseconds. */
export interface Queryable {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

const EVENTS_PER_SECOND = 10
const LOOK_EVERY_MS = 2
const WITHIN_MS = 30_000

/** How long an event takes until a query finds it, where there are few. */
export async function measureQueryable(database: BenchDatabase, { looks }: Sizes): Promise<Queryable> {
  const server = await startServer()
  const { url, drop } = await database.fresh()
  const pool = createPool(url, 'looks', 1, createLogger('looks', 'warn'))
  const isThere = async (trader: string) => {
    const { rowCount } = await pool.query('SELECT FROM risk_state_history WHERE trader_id = $1 AND version = 1', [
      trader,
    ])
    return rowCount === 1
  }
  try {
    const persister = await startPersister(server, url)
    try {
      await untilStored(server)
      const before = (await server.manager.streams.info('RISK')).state.last_seq
      const took: number[] = []
      // Each of another trader.
      const events = [...traderEvents({ events: looks, traders: looks, before })]
      const publishes = [...publishesOf(events)]
      for (const [index, publish] of publishes.entries()) {
        const begun = performance.now()
        await publishAll(server.connection, [publish], 1)
        while (!(await persister.watch(isThere(events[index]?.event.trader ?? '')))) {
          if (performance.now() - begun > WITHIN_MS) throw new Error(`not found within ${WITHIN_MS / 1_000} s`)
          await delay(LOOK_EVERY_MS)
        }
        took.push(performance.now() - begun)
        await delay(Math.max(0, begun + 1_000 / EVENTS_PER_SECOND - performance.now()))
      }
      const at = (share: number) => roundTo(percentile(took, share), 1)
      return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }
    } finally {
      await persister.stop()
    }
  } finally {
    await pool.end()
    await drop()
    await server.stop()
  }
}
