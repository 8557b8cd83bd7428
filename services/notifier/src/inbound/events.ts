import { decodeRiskEvent, durables, parseEventSubject, streams, subjects } from '@drawbridge/contracts'
import type { Logger } from '@drawbridge/service-kit'
import { DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { AlertDesk } from '../alert-desk.ts'
import { isFaultKey } from '../core/alert-book.ts'
import { openKeys } from '../core/alert-rules.ts'
import { noticesOf, stillBlocking, type TraderSettings } from '../core/notices-of-event.ts'
import type { NotifierMetrics } from '../notifier-metrics.ts'
import { type Delivered, KeptPlace } from './kept-place.ts'

/** A notifier that begins for the first time tells what happened shortly before. */
const LOOK_BACK_MS = 15 * 60_000
const ORDINARY = subjects.event('assessed', '')
const NO_FACTS = Buffer.from('"facts":[]')

export function eventPlace(
  connection: NatsConnection,
  manager: JetStreamManager,
  now: number,
  ackWaitMs?: number,
): KeptPlace {
  return new KeptPlace({
    connection,
    manager,
    stream: streams.risk,
    durable: durables.notifier,
    filter: subjects.storedAll,
    acks: 'in-order',
    description: 'Tells people what happens',
    start: shortlyBefore(now),
    ackWaitMs,
  })
}

/** Where a notifier that begins for the first time starts to read. */
export function shortlyBefore(now: number) {
  return { deliver_policy: DeliverPolicy.StartTime, opt_start_time: new Date(now - LOOK_BACK_MS).toISOString() }
}

export interface EventParts {
  readonly desk: Pick<AlertDesk, 'take'>
  readonly settingsOf: (trader: string) => TraderSettings
  readonly metrics: NotifierMetrics
  readonly log: Logger
}

/** Takes one event of RISK. What cannot be read is skipped: a persister keeps it as a dead letter, which is told. */
export async function takeEvent({ subject, data, seq }: Delivered, parts: EventParts): Promise<void> {
  const { desk, settingsOf, metrics, log } = parts
  metrics.events.inc()
  const address = parseEventSubject(subject)
  if (address.kind !== 'trader' || isOrdinary(subject, data)) return
  const event = decodeRiskEvent(data)
  if (!event.ok) {
    metrics.unreadable.inc()
    log.warn({ subject, seq, reason: event.reason }, 'skipping an unreadable event')
    return
  }
  const settings = settingsOf(address.trader)
  const open = openKeys(event.value, settings.tellsSilence)
  const happened = {
    version: event.value.state.version,
    notices: noticesOf(event.value, settings),
    ...stillBlocking(event.value),
    goesOn: (key: string) => open.has(key) || isFaultKey(key),
  }
  await desk.take(address.trader, happened)
}

/** Most events say only that a reading was judged: they change no alert. */
function isOrdinary(subject: string, data: Uint8Array): boolean {
  return subject.startsWith(ORDINARY) && Buffer.from(data.buffer, data.byteOffset, data.byteLength).includes(NO_FACTS)
}
