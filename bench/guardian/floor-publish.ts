/**
 * The floor of a catch-up: publishes what a guardian stored, and nothing else. The same subjects, payloads and headers
 * into the same stream, one in flight per trader, from memory.
 * `floor-publish.ts <file> <in flight> <skip> <first sequence> <bytes|encode>`: the first `skip` events are
 * in the stream already, from that sequence on; `encode` makes each payload from its event as the guardian does.
 */
import { decodeRiskEvent, encodeRiskEvent, subjects, type TraderId } from '@drawbridge/contracts'
import { connect } from '@nats-io/transport-node'
import { headersOfEvent, type Outgoing, publishAll, traceparentOf } from '../publishes.ts'
import { whenTold } from '../when-told.ts'
import { type RecordedEvent, readRecorded } from './recorded-events.ts'

const [file = '', inFlight, skipped, firstSeq, form] = process.argv.slice(2)
const skip = Number(skipped)
/** Instead of the sequence of a trader's last event, while one is in flight. */
const IN_FLIGHT = -1

const lastSeqs = new Map<TraderId, number>()
const recorded = readRecorded(file)
for (const [index, { trader }] of recorded.slice(0, skip).entries()) lastSeqs.set(trader, Number(firstSeq) + index)
const toPublish = recorded.slice(skip).map(prepare)

const connection = await connect({ servers: process.env.NATS_URL ?? '', noAsyncTraces: true })
await connection.flush()
whenTold(() => publishAll(connection, inOrder(), Number(inFlight)))

interface Prepared extends Pick<RecordedEvent, 'trader'> {
  readonly subject: string
  readonly payload: () => Uint8Array
  readonly traceparent: string
}

function prepare({ type, trader, payload }: RecordedEvent, index: number): Prepared {
  const prepared = { trader, subject: subjects.out(type, trader), traceparent: traceparentOf(skip + index) }
  if (form !== 'encode') return { ...prepared, payload: () => payload }
  const event = decodeRiskEvent(payload)
  if (!event.ok) throw new Error(event.reason)
  return { ...prepared, payload: () => encodeRiskEvent(event.value) }
}

function* inOrder(): Generator<Outgoing> {
  for (const [index, { trader, subject, payload, traceparent }] of toPublish.entries()) {
    const lastSeq = lastSeqs.get(trader) ?? 0
    if (lastSeq === IN_FLIGHT) throw new Error(`more in flight than traders: ${trader} has one`)
    lastSeqs.set(trader, IN_FLIGHT)
    const headers = headersOfEvent(trader, lastSeq, skip + index, traceparent)
    yield { subject, payload: payload(), headers, onStored: (seq) => void lastSeqs.set(trader, seq) }
  }
}
