import type { JsMsg } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { RiskMessage } from '../core/read-message.ts'
import { ackSubjectOf } from './raw-message.ts'
import { riskMessage } from './risk-consumer.ts'

/** An event that was delivered to us, and goes to somebody again if we do not ack it. */
export interface DeliveredEvent extends RiskMessage {
  /** To be called once. */
  ack(): void
}

const ACK = Buffer.from('+ACK')

/**
 * Takes what is needed of a message, and leaves the rest: thousands wait at a time until they are stored, and each would
 * keep a kilobyte of the client's own.
 */
export function deliveredEvent(connection: NatsConnection, message: JsMsg): DeliveredEvent {
  const ackSubject = ackSubjectOf(message)
  if (ackSubject === null) return { ...riskMessage(message), ack: () => message.ack() }
  return new Taken(riskMessage(message), connection, ackSubject)
}

class Taken implements DeliveredEvent {
  readonly subject: string
  readonly data: Uint8Array
  readonly seq: number
  readonly traceparent: string
  readonly #connection: NatsConnection
  readonly #ackSubject: string

  constructor({ subject, data, seq, traceparent }: RiskMessage, connection: NatsConnection, ackSubject: string) {
    this.subject = subject
    this.data = data
    this.seq = seq
    this.traceparent = traceparent
    this.#connection = connection
    this.#ackSubject = ackSubject
  }

  ack(): void {
    this.#connection.publish(this.#ackSubject, ACK)
  }
}
