import {
  type ConfigEvent,
  damageReason,
  decodeConfigEvent,
  decodeRiskEvent,
  headerNames,
  type Parsed,
  printable,
  type RiskEvent,
  streams,
  subjects,
  type TraderId,
  traceIdOf,
} from '@drawbridge/contracts'
import { lastMessage, nextMessage, readFirst, Semaphore } from '@drawbridge/nats'
import type { Configuration } from '@drawbridge/risk-engine'
import { HttpFault } from '@drawbridge/service-kit'
import type { JetStreamManager, StoredMsg } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { LogName } from '../core/command.ts'
import { configurationInWords, eventInWords } from '../core/event-in-words.ts'
import { configurationOf } from '../core/limits.ts'
import { type WireEvent, wireOf } from '../core/wire.ts'
import { type LoggedEvent, loggedEvent } from './risk-feed.ts'

/** A stream allows only few consumers. */
const rangeConsumers = new Semaphore(20)
const RANGE_TRIES = 2
const PAYLOAD_MAX = 2_000

/**
 * Reads single events of the risk log from the stream's leader. Within one log input sequences and versions only grow, so
 * an event is found by binary search: some 20 requests for a million messages.
 */
export class RiskLogReader {
  readonly #connection: NatsConnection
  readonly #manager: JetStreamManager

  constructor(connection: NatsConnection, manager: JetStreamManager) {
    this.#connection = connection
    this.#manager = manager
  }

  /** The newest event of a log; null: it has none. @throws {HttpFault} if it cannot be read */
  async last(log: LogName): Promise<LoggedEvent | null> {
    const subject = subjectOf(log)
    const read = () => lastMessage(this.#manager, streams.risk, subject)
    let message = await read()
    // A damaged message is counted but not delivered; or it was stored just now.
    if (message === null && (await this.#counts(subject))) message = (await read()) ?? unreadable(subject)
    return logged(message)
  }

  async #counts(subject: string): Promise<boolean> {
    const { state } = await this.#manager.streams.info(streams.risk, { subjects_filter: subject })
    return Object.keys(state.subjects ?? {}).length > 0
  }

  /** The first event of a log from a stream sequence on; null: it has none. */
  async next(log: LogName, seq: number): Promise<LoggedEvent | null> {
    return logged(await nextMessage(this.#manager, streams.risk, subjectOf(log), seq))
  }

  /** The event of an input; null: none. */
  async byInput(log: LogName, inputSeq: number): Promise<LoggedEvent | null> {
    const found = await this.first(log, (event) => event.inputSeq >= inputSeq)
    return found !== null && wireOf(found.event.data)?.inputSeq === inputSeq ? found.event : null
  }

  /** The last event of a log up to an input; null: none. */
  async lastUpTo(log: LogName, inputSeq: number): Promise<LoggedEvent | null> {
    const newest = await this.last(log)
    if (newest === null || (wireOf(newest.data)?.inputSeq ?? 0) <= inputSeq) return newest
    const later = await this.first(log, (event) => event.inputSeq > inputSeq)
    return later === null ? newest : this.before(log, later)
  }

  /** The event before the found one in its log; null: none. */
  async before(log: LogName, { from }: Found): Promise<LoggedEvent | null> {
    return from > 1 ? this.next(log, from - 1) : null
  }

  /** The first event of a log for which `reached` is true, as it then is for all later ones; null: none. */
  async first(log: LogName, reached: (event: WireEvent) => boolean): Promise<Found | null> {
    const isReached = ({ data }: LoggedEvent) => {
      const event = wireOf(data)
      return event !== null && reached(event)
    }
    let event = await this.last(log)
    if (event === null || !isReached(event)) return null
    // `event` is the first one from `high` on, and no event before `low` is reached.
    let low = 1
    let high = event.seq
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const found = await this.next(log, middle)
      if (found === null) throw new Error(`the risk log no longer has an event of ${log} from sequence ${middle} on`)
      if (isReached(found)) {
        event = found
        high = middle
      } else low = found.seq + 1
    }
    return { event, from: low }
  }

  /**
   * The events of a trader from a stream sequence on, in order, up to a maximum, read by a temporary consumer.
   * @throws if NATS does not deliver them
   */
  range(trader: TraderId, from: number, size: number): Promise<readonly LoggedEvent[]> {
    const filterSubjects = [subjects.traderLog(trader)]
    const range = { stream: streams.risk, from, to: Number.MAX_SAFE_INTEGER, size, tries: RANGE_TRIES, filterSubjects }
    return rangeConsumers.run(async () =>
      (await readFirst(this.#connection, range)).map(loggedEvent).filter((event) => event !== null),
    )
  }

  /** The configuration up to an input; null: up to the newest. @throws if an event cannot be read */
  async configuration(inputSeq: number | null): Promise<Configuration> {
    const upTo = inputSeq ?? Number.MAX_SAFE_INTEGER
    const [flags, limits] = await Promise.all([this.lastUpTo('flags', upTo), this.lastUpTo('limits', upTo)])
    return configurationOf(configEvent('flags', flags), configEvent('limits', limits))
  }

  /** An input, its text truncated to 2,000 characters, by its sequence in INPUTS; null: it has expired. */
  async input(seq: number) {
    const message = seq < 1 ? null : await this.#manager.streams.getMessage(streams.inputs, { seq })
    if (message === null) return null
    return {
      seq,
      subject: message.subject,
      time: message.time.toISOString(),
      payload: printable(message.string(), PAYLOAD_MAX),
      traceId: traceIdOf(message.header.get(headerNames.traceparent)),
    }
  }
}

/** The event of a trader. @throws if it cannot be read */
export function traderEvent({ seq, data }: LoggedEvent): RiskEvent {
  return readable(seq, decodeRiskEvent(data))
}

/** What happened by an event, in one line for people. */
export function inOneLine({ isTrader, type, data }: LoggedEvent): string {
  if (isTrader) {
    const event = decodeRiskEvent(data)
    return event.ok ? eventInWords(event.value) : `The event cannot be read: ${event.reason}.`
  }
  const event = decodeConfigEvent(type === 'flags' ? 'flags' : 'limits', data)
  return event.ok ? configurationInWords(event.value) : `The event cannot be read: ${event.reason}.`
}

function configEvent(kind: ConfigEvent['kind'], logged: LoggedEvent | null): ConfigEvent | null {
  return logged === null ? null : readable(logged.seq, decodeConfigEvent(kind, logged.data))
}

function readable<T>(seq: number, event: Parsed<T>): T {
  if (event.ok) return event.value
  throw new Error(`event ${seq} of the risk log cannot be read: ${event.reason}`)
}

/** An event, and the stream sequence after the previous event of its log: 1 if there is no previous one. */
interface Found {
  readonly event: LoggedEvent
  readonly from: number
}

function unreadable(subject: string): never {
  const reason = damageReason({ kind: 'unreadable', stream: streams.risk, subject })
  throw new HttpFault(503, 'risk-log-damaged', `${reason}; repair it with: npm run drawbridge -- adopt-log`)
}

function subjectOf(log: LogName): string {
  return log === 'flags' || log === 'limits' ? subjects.config(log) : subjects.traderLog(log)
}

function logged(message: StoredMsg | null): LoggedEvent | null {
  if (message === null) return null
  const { seq, subject, data, header } = message
  return loggedEvent({ seq, subject, data, headers: header })
}
