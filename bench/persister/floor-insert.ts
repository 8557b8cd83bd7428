/**
 * The floor of ingestion: stores the rows of the same events, by the same statements and in batches of the same size, over
 * one connection, from memory; NATS is not there. Two batches are under way, as in a persister: one is encoded while the
 * other one is written. `floor-insert.ts <events> <traders> <before> <rows in a batch>`
 */
import { encodeRiskEvent } from '@drawbridge/contracts'
import { type Batch, batchOf, HistoryStore, type Reading, readMessage } from '@drawbridge/history'
import { createLogger, createPool } from '@drawbridge/service-kit'
import { storedSubject, traderEvents } from './trader-events.ts'

const [events = 0, traders = 0, before = 0, batchSize = 0] = process.argv.slice(2).map(Number)
const UNDER_WAY = 2

const pool = createPool(process.env.DATABASE_URL ?? '', 'floor', 1, createLogger('floor', 'warn'))
const store = new HistoryStore(pool)
await store.open('floor')
const batches = [...inBatches()]
console.log(JSON.stringify({ msg: 'loaded', events }))
process.on('message', (message: { readonly kind: string }) => {
  if (message.kind === 'go') void go()
})

function* inBatches(): Generator<Batch> {
  let readings: Reading[] = []
  for (const one of traderEvents({ events, traders, before })) {
    const { event, streamSeq: seq, traceparent } = one
    readings.push(readMessage({ subject: storedSubject(one), data: encodeRiskEvent(event), seq, traceparent }))
    if (readings.length < batchSize) continue
    yield batchOf(readings)
    readings = []
  }
  if (readings.length > 0) yield batchOf(readings)
}

async function go(): Promise<void> {
  const rest = batches.values()
  const storeAll = async () => {
    for (const batch of rest) await store.store(batch)
  }
  await Promise.all(Array.from({ length: UNDER_WAY }, storeAll))
  console.log(JSON.stringify({ msg: 'stored' }))
}
