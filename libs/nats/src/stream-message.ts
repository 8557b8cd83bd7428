import type { Instant } from '@drawbridge/contracts'
import type { Msg, MsgHdrs } from '@nats-io/transport-node'
import { rawHeader } from './client-internals/raw-header.ts'
import type { Delivery } from './delivery.ts'

/** A stored message of a stream, parsed lazily. */
export class StreamMessage {
  readonly #message: Msg
  readonly #delivery: Delivery

  constructor(message: Msg, delivery: Delivery) {
    this.#message = message
    this.#delivery = delivery
  }

  /** Stream sequence. */
  get seq(): number {
    return this.#delivery.seq
  }

  /** JetStream timestamp. */
  get time(): Instant {
    return this.#delivery.time
  }

  /** How many more were pending when it was sent. */
  get pending(): number {
    return this.#delivery.pending
  }

  get subject(): string {
    return this.#message.subject
  }

  get data(): Uint8Array {
    return this.#message.data
  }

  get headers(): MsgHdrs | undefined {
    return this.#message.headers
  }

  /** One header; empty if absent. */
  header(name: string): string {
    return rawHeader(this.#message, name)
  }

  json<T>(): T {
    return this.#message.json<T>()
  }

  string(): string {
    return this.#message.string()
  }
}
