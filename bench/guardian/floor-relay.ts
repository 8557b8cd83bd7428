/**
 * The floor of latency: reads INPUTS like a guardian and publishes a fixed event for each, without parsing the tick or deciding
 * anything. It answers a trader's first message with an event that allows entries, each later one with a breach; it writes
 * only the name of the trader into the bytes.
 */
import {
  encodeHeartbeat,
  encodeRiskEvent,
  HEARTBEAT_INTERVAL_MS,
  type RiskEvent,
  streams,
  subjects,
  type TraderId,
} from '@drawbridge/contracts'
import { followStream } from '@drawbridge/nats'
import { NewestRequests } from '@drawbridge/risk-guardian'
import { createLogger } from '@drawbridge/service-kit'
import { TraderLog } from '@drawbridge/testing/trader-log'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect, createInbox } from '@nats-io/transport-node'
import { headersOfEvent, traderName } from '../publishes.ts'

const TICK = subjects.tick('')
const SOMEBODY = traderName(0)

const recorded = new TraderLog(SOMEBODY)
const allows = fixedEvent(recorded.tick(1_000))
const breaks = fixedEvent(recorded.tick(500))

const connection = await connect({ servers: process.env.NATS_URL ?? '', noAsyncTraces: true })
const inbox = createInbox()
const lastSeqs = new Map<TraderId, number>()
connection.subscribe(`${inbox}.*`, {
  callback: (_error, reply) => {
    const { seq, error } = reply.json<{ seq?: number; error?: unknown }>()
    if (seq === undefined || error !== undefined) throw new Error(`not stored: ${reply.string()}`)
    lastSeqs.set(reply.subject.slice(inbox.length + 1), seq)
  },
})

const manager = await jetstreamManager(connection)
const { created } = await manager.streams.info(streams.risk)
// Gates request the newest event before they open.
new NewestRequests({
  connection,
  manager,
  identity: { created, continues: [] },
  lanes: { lastSeqOf: () => 0 },
  failures: {
    stopping: new AbortController().signal,
    fail: (error) => {
      throw error
    },
  },
  log: createLogger('floor', 'warn'),
}).start()
await followStream(connection, {
  stream: streams.inputs,
  start: { from: 1 },
  onMessage: (message) => {
    if (!message.subject.startsWith(TICK)) return
    const trader = message.subject.slice(TICK.length)
    const lastSeq = lastSeqs.get(trader) ?? 0
    const event = lastSeq === 0 ? allows : breaks
    const headers = headersOfEvent(trader, lastSeq, message.seq - 1, '')
    connection.publish(subjects.out(event.type, trader), event.of(trader), { reply: `${inbox}.${trader}`, headers })
  },
  onLost: (error) => {
    throw error
  },
})
setInterval(() => {
  connection.publish(subjects.heartbeat, encodeHeartbeat({ instance: 'floor', settled: 0, lag: 0 }))
}, HEARTBEAT_INTERVAL_MS)
console.log(JSON.stringify({ msg: 'judging' }))

function fixedEvent(event: RiskEvent) {
  const bytes = Buffer.from(encodeRiskEvent(event))
  const at = bytes.indexOf(SOMEBODY)
  return {
    type: event.type,
    of(trader: TraderId): Uint8Array {
      const copy = Buffer.from(bytes)
      copy.write(trader, at)
      return copy
    },
  }
}
