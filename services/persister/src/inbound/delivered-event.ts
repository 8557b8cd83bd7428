import { durables, headerNames, streams } from '@drawbridge/contracts'
import type { RiskMessage } from '@drawbridge/history'
import { AckLines, rawHeader } from '@drawbridge/nats'
import type { Msg, NatsConnection } from '@nats-io/transport-node'

/** An event that was delivered to us, and goes to somebody again if we do not ack it. */
export interface DeliveredEvent extends RiskMessage {
  /** To be called once. */
  ack(): void
}

/**
 * Takes what is needed of a message, and leaves the rest: thousands wait at a time until they are stored, and each would
 * keep a kilobyte of the client's own.
 * @param ackSubject on which the message is acked
 */
export function deliveredEvent(connection: NatsConnection, message: Msg, ackSubject: string): DeliveredEvent {
  return new Taken(message, ackSubject, AckLines.of(connection))
}

class Taken implements DeliveredEvent {
  readonly subject: string
  readonly data: Uint8Array
  readonly seq: number
  readonly traceparent: string
  readonly #ackSubject: string
  readonly #acks: AckLines

  constructor(message: Msg, ackSubject: string, acks: AckLines) {
    this.subject = message.subject
    this.data = message.data
    this.seq = streamSeqAt(ackSubject)
    this.traceparent = rawHeader(message, headerNames.traceparent)
    this.#ackSubject = ackSubject
    this.#acks = acks
  }

  ack(): void {
    this.#acks.add(this.#ackSubject)
  }
}

/** Behind it stand the number of the delivery, the stream sequence and more; in a JetStream domain, more before it too. */
const CONSUMER = `.${streams.risk}.${durables.persister}.`

/** The stream sequence of a message to persisters, by the subject on which it is acked. */
export function streamSeqAt(ackSubject: string): number {
  const at = ackSubject.indexOf('.', ackSubject.indexOf(CONSUMER) + CONSUMER.length) + 1
  return Number(ackSubject.slice(at, ackSubject.indexOf('.', at)))
}
