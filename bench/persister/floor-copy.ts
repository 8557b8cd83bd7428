/**
 * The floor of a rebuild: reads RISK with one ordered consumer, makes rows of its events and copies them into the history,
 * 5,000 at a time over one connection; the next ones are read meanwhile. `floor-copy.ts <last stream sequence> <months>`
 */
import { streams } from '@drawbridge/contracts'
import { CopyText, HISTORY, readMessage, riskMessage, runTransaction } from '@drawbridge/history'
import { createHistoryPartitions, detectStorage } from '@drawbridge/migrations'
import { createLogger, createPool } from '@drawbridge/service-kit'
import { type FetchMessages, type JsMsg, jetstream } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { whenTold } from './when-told.ts'

const CHUNK = 5_000
const SQL = `COPY risk_state_history (${HISTORY.names}) FROM STDIN`

const [lastSeq, months = ''] = process.argv.slice(2)
const connection = await connect({ servers: process.env.NATS_URL ?? '', noAsyncTraces: true })
const pool = createPool(process.env.DATABASE_URL ?? '', 'floor', 1, createLogger('floor', 'warn'))
const client = await pool.connect()
if ((await detectStorage(client)) === 'postgresql') await createHistoryPartitions(client, months.split(','))
whenTold(copyAll)

async function copyAll(): Promise<void> {
  const consumer = await jetstream(connection).consumers.get(streams.risk)
  let copied: Promise<unknown> = Promise.resolve()
  for (let missing = Number(lastSeq); missing > 0; missing -= CHUNK) {
    const rows = new CopyText(HISTORY.columns)
    const callback = (message: JsMsg) => {
      const reading = readMessage(riskMessage(message))
      if (reading.kind === 'event') rows.add(reading.row)
    }
    // The client hands messages of a request to a callback, too; its types say so of `consume` alone.
    const request: FetchMessages & { readonly callback: (message: JsMsg) => void } = {
      max_messages: Math.min(missing, CHUNK),
      callback,
    }
    await (await consumer.fetch(request)).closed()
    await copied
    copied = runTransaction(client, [{ sql: SQL, rows: rows.bytes }])
  }
  await copied
}
