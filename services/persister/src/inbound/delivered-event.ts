import type { JsMsg } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { RiskMessage } from '../core/read-message.ts'
import { AckLines } from './ack-lines.ts'
import { ackSubjectOf, streamSeqOf, traceparentOf } from './raw-message.ts'
import { riskMessage } from './risk-consumer.ts'

/** An event that was delivered to us, and goes to somebody again if we do not ack it. */
export interface DeliveredEvent extends RiskMessage {
  /** To be called once. */
  ack(): void
}

/**
 * Takes what is needed of a message, and leaves the rest: thousands wait at a time until they are stored, and each would
 * keep a kilobyte of the client's own.
 */
export function deliveredEvent(connection: NatsConnection, message: JsMsg): DeliveredEvent {
  const ackSubject = ackSubjectOf(message)
  if (ackSubject === null) return { ...riskMessage(message), ack: () => message.ack() }
  return new Taken(message, ackSubject, AckLines.of(connection))
}

class Taken implements DeliveredEvent {
  readonly subject: string
  readonly data: Uint8Array
  readonly seq: number
  readonly traceparent: string
  readonly #ackSubject: string
  readonly #acks: AckLines

  constructor(message: JsMsg, ackSubject: string, acks: AckLines) {
    this.subject = message.subject
    this.data = message.data
    this.seq = streamSeqOf(message)
    this.traceparent = traceparentOf(message)
    this.#ackSubject = ackSubject
    this.#acks = acks
  }

  ack(): void {
    this.#acks.add(this.#ackSubject)
  }
}
