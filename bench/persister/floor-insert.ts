/**
 * The floor of ingestion: stores the rows of the same events, by the same statements and in batches of the same size, over
 * one connection, from memory, without NATS. Two batches are in progress, as in a persister: one is encoded while the
 * other one is written. `floor-insert.ts <events> <traders> <before> <rows in a batch>`
 */
import { encodeRiskEvent, subjects } from '@drawbridge/contracts'
import { type Batch, batchOf, HistoryStore, type Reading, readMessage } from '@drawbridge/history'
import { createLogger, createPool } from '@drawbridge/service-kit'
import { whenTold } from '../when-told.ts'
import { traderEvents } from './trader-events.ts'

const [events = 0, traders = 0, before = 0, batchSize = 0] = process.argv.slice(2).map(Number)
const AT_ONCE = 2

const pool = createPool(process.env.DATABASE_URL ?? '', 'floor', 1, createLogger('floor', 'warn'))
const store = new HistoryStore(pool)
await store.open('floor')
const batches = [...inBatches()]
whenTold(storeBatches)

function* inBatches(): Generator<Batch> {
  let readings: Reading[] = []
  for (const { event, streamSeq: seq, traceparent } of traderEvents({ events, traders, before })) {
    const subject = subjects.event(event.type, event.trader)
    readings.push(readMessage({ subject, data: encodeRiskEvent(event), seq, traceparent }))
    if (readings.length < batchSize) continue
    yield batchOf(readings)
    readings = []
  }
  if (readings.length > 0) yield batchOf(readings)
}

async function storeBatches(): Promise<void> {
  const rest = batches.values()
  const storeAll = async () => {
    for (const batch of rest) await store.store(batch)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, storeAll))
}
