import { encodeRiskEvent } from '@drawbridge/contracts'
import { ARRIVED_EVENTS, type Batch, batchOf, NEWEST_EVENTS, type Reading, readMessage } from '@drawbridge/history'
import { createHistoryPartitions, type Storage } from '@drawbridge/migrations'
import { createLogger, createPool } from '@drawbridge/service-kit'
import { median } from '../machine.ts'
import type { BenchDatabase } from './databases.ts'
import type { Sizes } from './options.ts'
import { type Events, monthsOf, storedSubject, traderEvents } from './trader-events.ts'
import { WAYS, type Way, type WayName } from './ways.ts'

/** Rows a second. */
export interface WayPace {
  readonly way: WayName
  readonly batchSize: number
  readonly traders: number
  readonly perSecond: number
}

/** How fast the same rows get into the tables in each way; the median of rounds in which the ways take turns. */
export async function measureWays(
  database: BenchDatabase,
  { wayEvents, traders, fewTraders, wayBatchSizes }: Sizes,
  rounds: number,
  onPace: (pace: WayPace) => void,
): Promise<readonly WayPace[]> {
  const paces: WayPace[] = []
  for (const count of [traders, fewTraders]) {
    const events = { events: wayEvents, traders: count, before: 0 }
    for (const batchSize of wayBatchSizes) {
      const batches = batchesOf(events, batchSize)
      const measured = Object.keys(WAYS).map((way) => ({ way: way as WayName, each: [] as number[] }))
      for (let round = 0; round < rounds; round += 1) {
        for (const { way, each } of measured) each.push(await paceOf(database, events, batches, WAYS[way]))
      }
      for (const { way, each } of measured) {
        const pace = { way, batchSize, traders: count, perSecond: Math.round(median(each)) }
        paces.push(pace)
        onPace(pace)
      }
    }
  }
  return paces
}

function batchesOf(events: Events, batchSize: number): readonly Batch[] {
  const readings: Reading[] = [...traderEvents(events)].map((one) =>
    readMessage({
      subject: storedSubject(one),
      data: encodeRiskEvent(one.event),
      seq: one.streamSeq,
      traceparent: one.traceparent,
    }),
  )
  const count = Math.ceil(readings.length / batchSize)
  return Array.from({ length: count }, (_, index) =>
    batchOf(readings.slice(index * batchSize, (index + 1) * batchSize)),
  )
}

async function paceOf(
  { fresh, storage }: BenchDatabase,
  events: Events,
  batches: readonly Batch[],
  way: Way,
): Promise<number> {
  const { url, drop } = await fresh()
  const pool = createPool(url, 'ways', 1, createLogger('ways', 'warn'))
  try {
    const client = await pool.connect()
    const plain: Storage = 'postgresql'
    if (storage === plain) await createHistoryPartitions(client, monthsOf(events))
    await client.query(`${ARRIVED_EVENTS};${NEWEST_EVENTS}`)
    const begun = performance.now()
    for (const batch of batches) await way(client, batch)
    const seconds = (performance.now() - begun) / 1_000
    client.release()
    return events.events / seconds
  } finally {
    await pool.end()
    await drop()
  }
}
