import type { Instant } from '@drawbridge/contracts'

/** What the server says about a delivery. */
export interface Delivery {
  /** Stream sequence of the message. */
  readonly seq: number
  /** Delivery count for this consumer, from 1. */
  readonly delivery: number
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
  const times = found + consumer.length + 2
  const seqAt = reply.indexOf('.', times) + 1
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
    time: Math.floor(Number(reply.slice(timeAt, pendingAt - 1)) / 1e6),
    pending: Number(end < 0 ? reply.slice(pendingAt) : reply.slice(pendingAt, end)),
  }
}
