import { createHash } from 'node:crypto'
import {
  ADOPTER,
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
} from '@drawbridge/contracts'
import { eventHeaders, HeaderBlock, readStream, type StreamMessage } from '@drawbridge/nats'
import { type JetStreamClient, jetstream, type StreamInfo } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'

/**
 * - `unused`: it holds nothing except the event with which `provision` starts a first log.
 * - `adopting`: events are being carried over.
 * - `open`: guardians judge by it.
 */
type Stage = 'unused' | 'adopting' | 'open'

/** The last event of a trader, or of a kind of configuration, in the log. */
interface Last {
  readonly seq: number
  /** The version of a trader, or the input sequence of a configuration: never decreases. */
  readonly place: number
  readonly digest: string
}

const ANSWER_WITHIN_MS = 10_000

/** A log to be adopted: its content, and additions to it. Writing the same again changes nothing. */
export class HeldLog {
  readonly #client: JetStreamClient
  /** By the subject filter of the expected last sequence. */
  readonly #last = new Map<string, Last>()
  #settled: SettledEvent | null = null
  #settledSeq = 0
  #isUnused = false
  #wasAdopting = false

  private constructor(connection: NatsConnection) {
    this.#client = jetstream(connection, { timeout: ANSWER_WITHIN_MS })
  }

  /** @throws if it holds an event that was not carried over: it is in use */
  static async read(connection: NatsConnection, { created, state }: StreamInfo): Promise<HeldLog> {
    const log = new HeldLog(connection)
    log.#isUnused = state.last_seq <= 1
    for await (const messages of readStream(connection, { stream: streams.risk, from: 1, to: state.last_seq })) {
      for (const message of messages) {
        log.#take(message, created)
        // Events after an adoption may be by guardians.
        if (log.#wasAdopting && log.stage === 'open') return log
      }
    }
    return log
  }

  get stage(): Stage {
    if (this.#settled === null) return 'unused'
    return this.#settled.adopting === true ? 'adopting' : this.#isUnused ? 'unused' : 'open'
  }

  /**
   * Writes the log's event about itself.
   * @param lastSeq the expected last sequence of the log; null: any
   * @throws if somebody else has written meanwhile
   */
  async bind(event: SettledEvent, lastSeq: number | null = null): Promise<void> {
    const [subject, filter] = [subjects.outConfig('settled'), subjects.config('settled')]
    const headers = eventHeaders(filter, this.#settledSeq, event.settled, ADOPTER, '')
    const expected = lastSeq === null ? '' : `${headerNames.expectedLastSequence}: ${lastSeq}\r\n`
    this.#settledSeq = await this.#publish(subject, encodeSettled(event), `${headers.slice(0, -2)}${expected}\r\n`)
    this.#settled = event
  }

  /** @returns false if the log holds it already */
  carry(event: RiskEvent): Promise<boolean> {
    const { trader, type, state } = event
    const [subject, filter] = [subjects.out(type, trader), subjects.traderLog(trader)]
    return this.#carry(subject, filter, state.version, encodeRiskEvent(event), `version ${state.version} of ${trader}`)
  }

  /** @returns false if the log holds it already */
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
      throw new Error(`RISK refuses an event on ${subject}: ${reason}. Run this again: it continues where it ended`, {
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
      // An input that nobody decides does not affect the events carried over.
    } else if (message.headers?.get(headerNames.guardian) !== ADOPTER || address.kind === 'unknown') {
      throw foreign(message, created)
    } else if (address.kind === 'trader') {
      const event = decodeRiskEvent(message.data)
      if (!event.ok || event.value.trader !== address.trader) throw foreign(message, created)
      this.#keep(message, subjects.traderLog(address.trader), event.value.state.version)
    } else {
      const kind = address.config as ConfigEvent['kind']
      const event = decodeConfigEvent(kind, message.data)
      if (!event.ok) throw foreign(message, created)
      this.#keep(message, subjects.config(kind), event.value.inputSeq)
    }
  }

  #keep({ seq, data }: StreamMessage, filter: string, place: number): void {
    this.#last.set(filter, { seq, place, digest: digestOf(data) })
  }
}

export const BEGIN_AGAIN =
  'stop the guardians, delete RISK (nats stream rm RISK), recreate it (npm run provision), and run this again'

function foreign({ subject, seq }: StreamMessage, created: string): Error {
  return new Error(
    `RISK, created ${created}, holds an event that was not carried over: ${subject}, sequence ${seq}. A guardian may have ` +
      `judged by it. To discard its decisions, ${BEGIN_AGAIN}`,
  )
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64')
}
