import {
  ADOPTER,
  decodeConfigEvent,
  decodeRiskEvent,
  headerNames,
  isConfiguration,
  parseEventSubject,
  streams,
  subjects,
} from '@drawbridge/contracts'
import { readStream, type StreamMessage } from '@drawbridge/nats'
import { type InputMessage, type JudgedEvent, RULES_VERSION } from '@drawbridge/risk-engine'
import type { NatsConnection } from '@nats-io/transport-node'

/** Configurations are judged as one more trader, whose name no trader can have. */
export const CONFIG = 'config.'

/** An event of the log with everything needed to judge it. */
export interface LoggedEvent {
  /** The trader, or {@link CONFIG}. */
  readonly of: string
  readonly event: JudgedEvent
  readonly inputSeq: number
  /** Null: it is a configuration. */
  readonly version: number | null
  readonly streamSeq: number
  readonly data: Uint8Array
  /** Whether other rules than ours decided. */
  readonly isOfOtherRules: boolean
  /** Whether it was carried over from another log. */
  readonly isCarried: boolean
  /** The watermark of its publisher: every input up to this one is decided and stored; NaN: none. */
  readonly settled: number
}

/** Null: it is no decided event, or is unreadable. */
export function loggedEvent(message: StreamMessage): LoggedEvent | null {
  const { subject, seq: streamSeq, data } = message
  const address = parseEventSubject(subject)
  const header = (name: string) => message.headers?.get(name) ?? ''
  const settledText = header(headerNames.settled)
  const shared = {
    streamSeq,
    data,
    isCarried: header(headerNames.guardian) === ADOPTER,
    settled: settledText === '' ? Number.NaN : Number(settledText),
  }
  if (address.kind === 'trader') {
    const read = decodeRiskEvent(data)
    if (!read.ok || subjects.event(read.value.type, read.value.trader) !== subject) return null
    const { trader: of, state, rulesVersion } = read.value
    const { version, inputSeq } = state
    return { ...shared, of, event: read.value, version, inputSeq, isOfOtherRules: rulesVersion !== RULES_VERSION }
  }
  if (address.kind !== 'config' || !isConfiguration(address.config)) return null
  const read = decodeConfigEvent(address.config, data)
  if (!read.ok) return null
  const { inputSeq } = read.value
  return { ...shared, of: CONFIG, event: read.value, version: null, inputSeq, isOfOtherRules: false }
}

/** Reads INPUTS in order, on request. */
export class InputReader {
  readonly #offset: number
  readonly #chunks: AsyncGenerator<readonly StreamMessage[], void>
  #chunk: readonly StreamMessage[] = []
  #index = 0
  #last: number
  /** From and to: sequences between inputs that are there. */
  readonly #holes: [number, number][] = []

  /**
   * @param from input sequence of the first input, and of the last one
   * @param offset the sequence of an input is that of INPUTS plus this
   */
  constructor(connection: NatsConnection, from: number, to: number, offset: number) {
    this.#offset = offset
    this.#last = from - 1
    this.#chunks = readStream(connection, { stream: streams.inputs, from: from - offset, to: to - offset })
  }

  /** Some of the next inputs up to this one; empty: there are no more. */
  async next(upTo: number): Promise<readonly InputMessage[]> {
    if (this.#index === this.#chunk.length) {
      const { value, done } = await this.#chunks.next()
      this.#chunk = done === true ? [] : value
      this.#index = 0
    }
    const inputs: InputMessage[] = []
    for (let message = this.#chunk[this.#index]; message !== undefined; message = this.#chunk[this.#index]) {
      const seq = message.seq + this.#offset
      if (seq > upTo) break
      if (seq > this.#last + 1) this.#holes.push([this.#last + 1, seq - 1])
      this.#last = seq
      this.#index += 1
      inputs.push({ subject: message.subject, seq, time: message.time, data: message.data })
    }
    return inputs
  }

  /** Whether a requested input is missing: it was deleted. */
  isHole(seq: number): boolean {
    return this.#holes.some(([from, to]) => from <= seq && seq <= to)
  }

  async end(): Promise<void> {
    await this.#chunks.return()
  }
}
