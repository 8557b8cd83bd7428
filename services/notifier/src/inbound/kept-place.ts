import { setTimeout as delay } from 'node:timers/promises'
import type { Instant } from '@drawbridge/contracts'
import { ConsumersUsedUpError, deliveryOf, isConsumerMissing, isConsumersUsedUp, PullRequest } from '@drawbridge/nats'
import { AckPolicy, type ConsumerConfig, type JetStreamManager, ReplayPolicy } from '@nats-io/jetstream'
import { type Msg, type NatsConnection, nanos } from '@nats-io/transport-node'

/** A message is delivered again after this time, unless we ask for more. */
export const ACK_WAIT_MS = 10_000

/** A message that was delivered to us. */
export interface Delivered {
  readonly subject: string
  readonly data: Uint8Array
  readonly message: Msg
  /** Stream sequence. */
  readonly seq: number
  /** How often it was delivered, this time included. */
  readonly deliveries: number
  /** When it was stored. */
  readonly storedAt: Instant
  /** How many more wait behind it. */
  readonly pending: number
  /** It is never delivered again; of a consumer in order, nor is any before it. */
  ack(): void
  /** It is not delivered again for another while. */
  keep(): void
}

export interface PlaceParts {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly stream: string
  readonly durable: string
  readonly filter: string
  /** `in-order`: an ack is for all before it; `each`: for itself. */
  readonly acks: 'in-order' | 'each'
  readonly description: string
  /** Where a new consumer begins in the stream that was created at a time. */
  readonly start: (created: string) => Pick<ConsumerConfig, 'deliver_policy'> & Partial<ConsumerConfig>
  readonly ackWaitMs?: number | undefined
}

/** Our place in a stream, which the server keeps. */
export class KeptPlace {
  readonly #parts: PlaceParts
  #created = ''

  constructor(parts: PlaceParts) {
    this.#parts = parts
  }

  /** When the stream was created that is read: in another one, sequences mean other messages. Empty until it is open. */
  get created(): string {
    return this.#created
  }

  /**
   * Creates the consumer where it is missing. What another process had taken comes again first, so that nothing overtakes:
   * this waits for it.
   */
  async open(signal: AbortSignal): Promise<void> {
    const { manager, stream, durable, ackWaitMs = ACK_WAIT_MS } = this.#parts
    try {
      const { num_ack_pending: taken } = await manager.consumers.info(stream, durable)
      if (taken > 0) await delay(ackWaitMs * 1.1, undefined, { signal }).catch(() => undefined)
    } catch (error) {
      if (!isConsumerMissing(error)) throw error
      await this.#create(ackWaitMs)
    }
    // Nothing is taken by this consumer once its stream is another.
    this.#created = (await manager.streams.info(stream)).created
  }

  async #create(ackWaitMs: number): Promise<void> {
    const { manager, stream, durable, filter, acks, description, start } = this.#parts
    const { created } = await manager.streams.info(stream)
    const config: Partial<ConsumerConfig> = {
      durable_name: durable,
      description,
      filter_subject: filter,
      replay_policy: ReplayPolicy.Instant,
      ack_policy: acks === 'each' ? AckPolicy.Explicit : AckPolicy.All,
      ack_wait: nanos(ackWaitMs),
      max_ack_pending: 2_000,
      max_deliver: -1,
      ...start(created),
    }
    await manager.consumers.add(stream, config).catch((refusal: unknown) => {
      throw isConsumersUsedUp(refusal) ? new ConsumersUsedUpError(stream, refusal) : refusal
    })
  }

  /** What has come within a quarter of a second; it may be nothing. @throws if the server ended the request */
  async take(max: number, signal: AbortSignal): Promise<readonly Delivered[]> {
    const { connection, stream, durable } = this.#parts
    const taken: Delivered[] = []
    const onMessage = (message: Msg, ackSubject: string) => {
      taken.push(deliveredOf(connection, durable, message, ackSubject))
    }
    const request = new PullRequest({ connection, stream, consumer: durable, max, onMessage })
    const abandon = () => request.abandon()
    signal.addEventListener('abort', abandon, { once: true })
    const error = await request.ended
    signal.removeEventListener('abort', abandon)
    if (error !== null && taken.length === 0) throw error
    return taken
  }

  /** Acks messages that are handled, in the order in which they were taken. */
  finish(handled: readonly Delivered[]): void {
    if (this.#parts.acks === 'in-order') handled.at(-1)?.ack()
    else for (const one of handled) one.ack()
  }

  /** How many messages wait, taken ones included. */
  async waiting(): Promise<number> {
    const info = await this.#parts.manager.consumers.info(this.#parts.stream, this.#parts.durable)
    return info.num_pending + info.num_ack_pending
  }
}

function deliveredOf(connection: NatsConnection, durable: string, message: Msg, ackSubject: string): Delivered {
  const { seq, times, time, pending } = deliveryOf(ackSubject, durable)
  return {
    subject: message.subject,
    data: message.data,
    message,
    seq,
    deliveries: times,
    storedAt: time,
    pending,
    ack: () => connection.publish(ackSubject, '+ACK'),
    keep: () => connection.publish(ackSubject, '+WPI'),
  }
}
