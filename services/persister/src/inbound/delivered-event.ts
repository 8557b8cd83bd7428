import { headerNames } from '@drawbridge/contracts'
import { AckLines, rawHeader } from '@drawbridge/nats'
import type { Msg, NatsConnection } from '@nats-io/transport-node'
import type { RiskMessage } from '../core/read-message.ts'
import { streamSeqAt } from './raw-message.ts'

/** An event that was delivered to us, and goes to somebody again if we do not ack it. */
export interface DeliveredEvent extends RiskMessage {
  /** To be called once. */
  ack(): void
}

/**
 * Takes what is needed of a message, and leaves the rest: thousands wait at a time until they are stored, and each would
 * keep a kilobyte of the client's own.
 * @param ackSubject where the message is to be acked
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
