/**
 * The floor of latency: reads INPUTS like a guardian and publishes a fixed event for each, without parsing the tick or deciding
 * anything. A trader's first message is answered with an event that allows, each later one with a breach; only the name of
 * the trader is written into its bytes.
 */
import {
  encodeHeartbeat,
  encodeRiskEvent,
  HEARTBEAT_INTERVAL_MS,
  parseAmount,
  type RiskEvent,
  streams,
  subjects,
  type TraderId,
} from '@drawbridge/contracts'
import { followStream } from '@drawbridge/nats'
import { BUILT_IN_CONFIGURATION, decide, INITIAL_STATE, type TraderInput } from '@drawbridge/risk-engine'
import { NewestRequests } from '@drawbridge/risk-guardian'
import { createLogger } from '@drawbridge/service-kit'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect, createInbox } from '@nats-io/transport-node'
import { headersOfEvent, outSubject } from './event-publishes.ts'
import { traderName } from './ticks.ts'

const TICK = subjects.tick('')
const SOMEBODY = traderName(0)
const START = Date.UTC(2026, 2, 12, 9)

const allows = fixedEvent(decided(INITIAL_STATE, 1, 1_000))
const breaks = fixedEvent(decided(decided(INITIAL_STATE, 1, 1_000).state, 2, 500))

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
  binding: { created, continues: [] },
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
    connection.publish(outSubject(event.type, trader), event.of(trader), { reply: `${inbox}.${trader}`, headers })
  },
  onLost: (error) => {
    throw error
  },
})
setInterval(() => {
  connection.publish(subjects.heartbeat, encodeHeartbeat({ instance: 'floor', settled: 0, lag: 0 }))
}, HEARTBEAT_INTERVAL_MS)
console.log(JSON.stringify({ msg: 'judging' }))

function decided(state: RiskEvent['state'], seq: number, value: number): RiskEvent {
  const equity = parseAmount(value)
  if (!equity.ok) throw new Error(equity.reason)
  const tick = { equity: equity.value, balance: null, unrealizedPnl: null, at: null, seq: null }
  const input: TraderInput = { kind: 'tick', seq, time: START + seq, tick }
  const decision = decide(SOMEBODY, state, BUILT_IN_CONFIGURATION, input)
  if (decision.kind !== 'event') throw new Error('no decision')
  return decision.event
}

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
