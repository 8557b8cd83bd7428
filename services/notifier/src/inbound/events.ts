import {
  ADOPTER,
  decodeRiskEvent,
  decodeSettled,
  durables,
  headerNames,
  type Notice,
  parseEventSubject,
  streams,
  subjects,
} from '@drawbridge/contracts'
import type { Logger } from '@drawbridge/service-kit'
import { DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { AlertDesk } from '../alert-desk.ts'
import { alertKeyOf, isFaultKey } from '../core/alert-book.ts'
import { openKeys } from '../core/alert-rules.ts'
import { noticesOf, stillBlocking, type TraderSettings } from '../core/notices-of-event.ts'
import type { NotifierMetrics } from '../notifier-metrics.ts'
import { type Delivered, KeptPlace } from './kept-place.ts'

/** A notifier that begins for the first time tells what happened shortly before. */
const LOOK_BACK_MS = 15 * 60_000
/** What an event that was carried over says once is news for so long. */
const CARRIED_NEWS_MS = 24 * 3_600_000
const ORDINARY = subjects.event('assessed', '')
const SETTLED = subjects.config('settled')
const NO_FACTS = Buffer.from('"facts":[]')

export function eventPlace(
  connection: NatsConnection,
  manager: JetStreamManager,
  now: number,
  known: string | undefined,
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
    start: startOf(known, now),
    ackWaitMs,
  })
}

/**
 * Where a notifier begins to read a stream: all of one that takes the place of a known one.
 * @param known when the stream was created that was read before; undefined: none was
 */
export function startOf(known: string | undefined, now: number) {
  const shortlyBefore = new Date(now - LOOK_BACK_MS).toISOString()
  return (created: string) =>
    known === undefined || known === created
      ? { deliver_policy: DeliverPolicy.StartTime, opt_start_time: shortlyBefore }
      : { deliver_policy: DeliverPolicy.All }
}

export interface EventParts {
  readonly desk: Pick<AlertDesk, 'take' | 'forgetOtherLogs'>
  /** When the log was created that it is of. */
  readonly created: string
  readonly settingsOf: (trader: string) => TraderSettings
  readonly metrics: NotifierMetrics
  readonly log: Logger
  readonly now: () => number
}

/** Takes one event of RISK. What cannot be read is skipped: a persister keeps it as a dead letter, which is told. */
export async function takeEvent({ subject, data, seq, message }: Delivered, parts: EventParts): Promise<void> {
  const { desk, created, settingsOf, metrics, log, now } = parts
  metrics.events.inc()
  const address = parseEventSubject(subject)
  if (subject === SETTLED) await takeSettled(data, parts)
  // It may be older than what is remembered of its trader.
  const isCarried = message.headers?.get(headerNames.guardian) === ADOPTER
  if (address.kind !== 'trader' || (isOrdinary(subject, data) && !isCarried)) return
  const event = decodeRiskEvent(data)
  if (!event.ok) {
    metrics.unreadable.inc()
    log.warn({ subject, seq, reason: event.reason }, 'skipping an unreadable event')
    return
  }
  const settings = settingsOf(address.trader)
  const open = openKeys(event.value, settings.tellsSilence)
  const goesOn = (key: string) => open.has(key) || isFaultKey(key)
  const isNews = (notice: Notice) => {
    const key = alertKeyOf(notice)
    return !isCarried || now() - notice.at < CARRIED_NEWS_MS || (key !== null && goesOn(key))
  }
  const happened = {
    version: event.value.state.version,
    log: created,
    at: event.value.effectiveAt,
    notices: noticesOf(event.value, settings).filter(isNews),
    ...stillBlocking(event.value),
    goesOn,
  }
  await desk.take(address.trader, happened)
}

/** Guardians judge by a log that says what it is bound to, and that is adopted to the end. */
async function takeSettled(data: Uint8Array, { desk, created }: EventParts): Promise<void> {
  const settled = decodeSettled(data)
  if (settled.ok && settled.value.adopting !== true) await desk.forgetOtherLogs(created)
}

/** Most events say only that a reading was judged: they change no alert. */
function isOrdinary(subject: string, data: Uint8Array): boolean {
  return subject.startsWith(ORDINARY) && Buffer.from(data.buffer, data.byteOffset, data.byteLength).includes(NO_FACTS)
}
