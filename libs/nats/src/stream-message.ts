import type { Instant } from '@drawbridge/contracts'
import type { Msg, MsgHdrs } from '@nats-io/transport-node'
import { rawHeader } from './client-internals/raw-header.ts'

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

/** What the server says about a delivery. */
interface Delivery {
  /** Stream sequence of the message. */
  readonly seq: number
  /** Delivery count for this consumer, from 1: how many messages it was given, this one included. */
  readonly delivery: number
  /** How often this very message was delivered, from 1. */
  readonly times: number
  /** JetStream timestamp, rounded down to the millisecond. */
  readonly time: Instant
  /** How many messages the consumer still has to deliver. */
  readonly pending: number
}

/**
 * Reads the subject of an acknowledgement: `$JS.ACK.<stream>.<consumer>.<times>.<seq>.<delivery>.<nanoseconds>.<pending>`,
 * with more tokens before the stream and after the last one in newer servers.
 * @throws if it belongs to another consumer
 */
export function deliveryOf(reply: string, consumer: string): Delivery {
  const found = reply.indexOf(`.${consumer}.`)
  const timesAt = found + consumer.length + 2
  const seqAt = reply.indexOf('.', timesAt) + 1
  const deliveryAt = reply.indexOf('.', seqAt) + 1
  const timeAt = reply.indexOf('.', deliveryAt) + 1
  const pendingAt = reply.indexOf('.', timeAt) + 1
  if (found < 0 || seqAt === 0 || deliveryAt === 0 || timeAt === 0 || pendingAt === 0) {
    throw new Error(`${reply} is not an acknowledgement subject of the consumer ${consumer}`)
  }
  const end = reply.indexOf('.', pendingAt)
  return {
    seq: Number(reply.slice(seqAt, deliveryAt - 1)),
    delivery: Number(reply.slice(deliveryAt, timeAt - 1)),
    times: Number(reply.slice(timesAt, seqAt - 1)),
    time: Math.floor(Number(reply.slice(timeAt, pendingAt - 1)) / 1e6),
    pending: Number(end < 0 ? reply.slice(pendingAt) : reply.slice(pendingAt, end)),
  }
}
