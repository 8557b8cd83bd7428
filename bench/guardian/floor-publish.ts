/**
 * The floor of a catch-up: publishes what a guardian stored, and nothing else. The same subjects, payloads and headers
 * into the same stream, one in flight per trader, from memory.
 * `floor-publish.ts <file> <in flight> <skip> <first sequence> <bytes|encode>`: the first `skip` events lie in the
 * stream already, from that sequence on; `encode` makes each payload from its event as the guardian does.
 */
import { decodeRiskEvent, encodeRiskEvent, type RiskEvent, type TraderId } from '@drawbridge/contracts'
import { connect } from '@nats-io/transport-node'
import { headersOfEvent, outSubject } from './event-publishes.ts'
import { type Outgoing, publishAll } from './publish-all.ts'
import { type RecordedEvent, readRecorded } from './recorded-events.ts'
import { traceparentOf } from './ticks.ts'

const [file = '', inFlight, skipped, firstSeq, form] = process.argv.slice(2)
const skip = Number(skipped)
/** The state of a trader whose event is in flight. */
const UNDER_WAY = -1

const lastSeqs = new Map<TraderId, number>()
const recorded = readRecorded(file)
for (const [index, { trader }] of recorded.slice(0, skip).entries()) lastSeqs.set(trader, Number(firstSeq) + index)
const toPublish = recorded.slice(skip).map(prepare)

const connection = await connect({ servers: process.env.NATS_URL ?? '', noAsyncTraces: true })
await connection.flush()
console.log(JSON.stringify({ msg: 'loaded', events: toPublish.length }))
process.on('message', (message: { readonly kind: string }) => {
  if (message.kind === 'go') void go()
})

interface Prepared extends Pick<RecordedEvent, 'trader'> {
  readonly subject: string
  readonly payload: () => Uint8Array
  readonly traceparent: string
}

function prepare({ type, trader, payload }: RecordedEvent, index: number): Prepared {
  const prepared = { trader, subject: outSubject(type, trader), traceparent: traceparentOf(skip + index) }
  if (form !== 'encode') return { ...prepared, payload: () => payload }
  const event: RiskEvent = read(payload)
  return { ...prepared, payload: () => encodeRiskEvent(event) }
}

function read(payload: Uint8Array): RiskEvent {
  const event = decodeRiskEvent(payload)
  if (!event.ok) throw new Error(event.reason)
  return event.value
}

async function go(): Promise<void> {
  await publishAll(connection, inOrder(), Number(inFlight))
  console.log(JSON.stringify({ msg: 'published' }))
}

function* inOrder(): Generator<Outgoing> {
  for (const [index, { trader, subject, payload, traceparent }] of toPublish.entries()) {
    const lastSeq = lastSeqs.get(trader) ?? 0
    if (lastSeq === UNDER_WAY) throw new Error(`more in flight than traders: ${trader} is under way`)
    lastSeqs.set(trader, UNDER_WAY)
    const headers = headersOfEvent(trader, lastSeq, skip + index, traceparent)
    yield { subject, payload: payload(), headers, onStored: (seq) => void lastSeqs.set(trader, seq) }
  }
}
