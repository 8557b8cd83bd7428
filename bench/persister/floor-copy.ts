/**
 * The floor of a rebuild: reads RISK with one consumer, makes rows of its events and copies them into the history,
 * 5,000 at a time over one connection; the next ones are read meanwhile. `floor-copy.ts <last stream sequence> <months>`
 */
import { streams } from '@drawbridge/contracts'
import { CopyText, HISTORY, readMessage, riskMessage, runTransaction } from '@drawbridge/history'
import { createHistoryPartitions, detectStorage } from '@drawbridge/migrations'
import { readStream } from '@drawbridge/nats'
import { createLogger, createPool } from '@drawbridge/service-kit'
import { connect } from '@nats-io/transport-node'
import { whenTold } from '../when-told.ts'

const CHUNK = 5_000
const SQL = `COPY risk_state_history (${HISTORY.names}) FROM STDIN`

const [lastSeq, months = ''] = process.argv.slice(2)
const connection = await connect({ servers: process.env.NATS_URL ?? '', noAsyncTraces: true })
const pool = createPool(process.env.DATABASE_URL ?? '', 'floor', 1, createLogger('floor', 'warn'))
const client = await pool.connect()
if ((await detectStorage(client)) === 'postgresql') await createHistoryPartitions(client, months.split(','))
whenTold(copyAll)

async function copyAll(): Promise<void> {
  let copied: Promise<unknown> = Promise.resolve()
  const range = { stream: streams.risk, from: 1, to: Number(lastSeq), size: CHUNK }
  for await (const messages of readStream(connection, range)) {
    const rows = new CopyText(HISTORY.columns)
    for (const message of messages) {
      const reading = readMessage(riskMessage(message))
      if (reading.kind === 'event') rows.add(reading.row)
    }
    await copied
    copied = runTransaction(client, [{ sql: SQL, rows: rows.bytes }])
  }
  await copied
}
