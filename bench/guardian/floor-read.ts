/** The floor of a restart: reads the newest message of each subject of RISK, counts them, and does nothing with them. */
import { streams } from '@drawbridge/contracts'
import { DeliverPolicy, jetstream } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'

const BATCH = 2_000

const connection = await connect({ servers: process.env.NATS_URL ?? '', noAsyncTraces: true })
const consumer = await jetstream(connection).consumers.get(streams.risk, {
  deliver_policy: DeliverPolicy.LastPerSubject,
})
let count = 0
await consumer.consume({
  max_messages: BATCH,
  callback: (message) => {
    count += 1
    if (message.info.pending === 0) console.log(JSON.stringify({ msg: 'read', count }))
  },
})
