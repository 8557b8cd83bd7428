import { createHash } from 'node:crypto'
import {
  type ConfigEvent,
  decodeConfigEvent,
  decodeRiskEvent,
  decodeSettled,
  encodeConfigEvent,
  encodeRiskEvent,
  encodeSettled,
  headerNames,
  parseEventSubject,
  type RiskEvent,
  type SettledEvent,
  streams,
  subjects,
  type TraderId,
} from '@drawbridge/contracts'
import { eventHeaders, HeaderBlock, readStream, type StreamMessage } from '@drawbridge/nats'
import { type JetStreamClient, jetstream, type StreamInfo } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'

/** Names who carried an event over, as guardians name themselves in the events they write. */
export const ADOPTER = 'adopt-log'

/**
 * - `unused`: it holds nothing, or nothing but what `provision` says of a first log.
 * - `adopting`: events are being carried over.
 * - `open`: guardians judge by it.
 */
export type Stage = 'unused' | 'adopting' | 'open'

/** The last event of a trader, or of a kind of configuration, in the log. */
interface Last {
  readonly seq: number
  /** Of a trader its version, of a configuration its input sequence: never goes back. */
  readonly place: number
  readonly digest: string
}

const ANSWER_WITHIN_MS = 10_000

/** A log that is to be adopted: what it holds already, and how more comes into it. Writing the same again changes nothing. */
export class HeldLog {
  readonly #client: JetStreamClient
  /** By the filter that the stream is asked to look at. */
  readonly #last = new Map<string, Last>()
  #settled: SettledEvent | null = null
  #settledSeq = 0
  #isUnused = false
  #wasAdopting = false

  private constructor(connection: NatsConnection) {
    this.#client = jetstream(connection, { timeout: ANSWER_WITHIN_MS })
  }

  /** @throws where it holds what was not carried over: it is in use */
  static async read(connection: NatsConnection, { created, state }: StreamInfo): Promise<HeldLog> {
    const log = new HeldLog(connection)
    log.#isUnused = state.last_seq <= 1
    for await (const messages of readStream(connection, { stream: streams.risk, from: 1, to: state.last_seq })) {
      for (const message of messages) {
        log.#take(message, created)
        // What comes behind an adoption may be of guardians.
        if (log.#wasAdopting && log.stage === 'open') return log
      }
    }
    return log
  }

  get stage(): Stage {
    if (this.#settled === null) return 'unused'
    return this.#settled.adopting === true ? 'adopting' : this.#isUnused ? 'unused' : 'open'
  }

  /** What an open log says of itself; null: nothing. */
  get settled(): SettledEvent | null {
    return this.#settled
  }

  /**
   * Writes the log's word on itself.
   * @param lastSeq the last message of the log, where it must be that one
   * @throws where somebody else has written meanwhile
   */
  async bind(event: SettledEvent, lastSeq: number | null = null): Promise<void> {
    const [subject, filter] = [subjects.outConfig('settled'), subjects.config('settled')]
    const headers = eventHeaders(filter, this.#settledSeq, event.settled, ADOPTER, '')
    const expected = lastSeq === null ? '' : `${headerNames.expectedLastSequence}: ${lastSeq}\r\n`
    this.#settledSeq = await this.#publish(subject, encodeSettled(event), `${headers.slice(0, -2)}${expected}\r\n`)
    this.#settled = event
  }

  /** @returns false where the log holds it already */
  carry(event: RiskEvent): Promise<boolean> {
    const { trader, type, state } = event
    const [subject, filter] = [subjects.out(type, trader), subjects.traderLog(trader)]
    return this.#carry(subject, filter, state.version, encodeRiskEvent(event), `version ${state.version} of ${trader}`)
  }

  /** @returns false where the log holds it already */
  carryConfiguration(event: ConfigEvent): Promise<boolean> {
    const { kind, inputSeq } = event
    const [subject, filter] = [subjects.outConfig(kind), subjects.config(kind)]
    return this.#carry(subject, filter, inputSeq, encodeConfigEvent(event), `${kind} of input ${inputSeq}`)
  }

  async #carry(subject: string, filter: string, place: number, bytes: Uint8Array, what: string): Promise<boolean> {
    const last = this.#last.get(filter)
    if (last !== undefined && last.place >= place) {
      if (last.place > place || last.digest === digestOf(bytes)) return false
      throw new Error(`RISK holds another ${what} than the history; ${BEGIN_AGAIN}`)
    }
    const seq = await this.#publish(subject, bytes, eventHeaders(filter, last?.seq ?? 0, 0, ADOPTER, ''))
    this.#last.set(filter, { seq, place, digest: digestOf(bytes) })
    return true
  }

  async #publish(subject: string, bytes: Uint8Array, headers: string): Promise<number> {
    try {
      return (await this.#client.publish(subject, bytes, { headers: new HeaderBlock(headers) })).seq
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new Error(`RISK does not take an event on ${subject}: ${reason}. Run it again: it goes on where it ended`, {
        cause,
      })
    }
  }

  #take(message: StreamMessage, created: string): void {
    const address = parseEventSubject(message.subject)
    if (address.kind === 'config' && address.config === 'settled') {
      const event = decodeSettled(message.data)
      if (!event.ok) throw foreign(message, created)
      this.#settled = event.value
      this.#wasAdopting ||= event.value.adopting === true
      this.#settledSeq = message.seq
    } else if (address.kind === 'config' && address.config === 'removed') {
      // An input that nobody decides changes nothing of what is carried over.
    } else if (message.headers?.get(headerNames.guardian) !== ADOPTER || address.kind === 'unknown') {
      throw foreign(message, created)
    } else if (address.kind === 'trader') this.#takeEvent(message, address.trader, created)
    else this.#takeConfiguration(message, address.config as ConfigEvent['kind'], created)
  }

  #takeEvent(message: StreamMessage, trader: TraderId, created: string): void {
    const event = decodeRiskEvent(message.data)
    if (!event.ok || event.value.trader !== trader) throw foreign(message, created)
    const place = event.value.state.version
    this.#last.set(subjects.traderLog(trader), { seq: message.seq, place, digest: digestOf(message.data) })
  }

  #takeConfiguration(message: StreamMessage, kind: ConfigEvent['kind'], created: string): void {
    const event = decodeConfigEvent(kind, message.data)
    if (!event.ok) throw foreign(message, created)
    const place = event.value.inputSeq
    this.#last.set(subjects.config(kind), { seq: message.seq, place, digest: digestOf(message.data) })
  }
}

const BEGIN_AGAIN =
  'stop the guardians, delete RISK (nats stream rm RISK), make it again (npm run provision), and run this once more'

function foreign({ subject, seq }: StreamMessage, created: string): Error {
  return new Error(
    `RISK, created ${created}, holds an event that was not carried over: ${subject}, sequence ${seq}. A guardian may have ` +
      `judged by it. To give up what it decided, ${BEGIN_AGAIN}`,
  )
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64')
}
