import { streams } from '@drawbridge/contracts'
import { readStream, type StreamMessage } from '@drawbridge/nats'
import type { InputMessage } from '@drawbridge/risk-engine'
import type { NatsConnection } from '@nats-io/transport-node'

export interface InputRange {
  /** Input sequences of the first and the last input that is wanted. */
  readonly from: number
  readonly to: number
  /** The sequence of an input is that of INPUTS plus this. */
  readonly offset: number
}

/** INPUTS in its order, as far as it is asked for. */
export class InputReader {
  readonly #offset: number
  readonly #chunks: AsyncGenerator<readonly StreamMessage[], void>
  #chunk: readonly StreamMessage[] = []
  #index = 0
  #last: number
  /** From and to: sequences between inputs that are there. */
  readonly #holes: [number, number][] = []

  constructor(connection: NatsConnection, { from, to, offset }: InputRange) {
    this.#offset = offset
    this.#last = from - 1
    this.#chunks = readStream(connection, { stream: streams.inputs, from: from - offset, to: to - offset })
  }

  /** The next inputs up to this one, some of them; empty: there are no more. */
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

  /** Whether an input was asked for and is not there: it was deleted. */
  isHole(seq: number): boolean {
    return this.#holes.some(([from, to]) => from <= seq && seq <= to)
  }

  async end(): Promise<void> {
    await this.#chunks.return()
  }
}
