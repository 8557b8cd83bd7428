import { headerNames, streams, traceIdOf } from '@drawbridge/contracts'
import { type Follower, followStream } from '@drawbridge/service-kit'
import type { JsMsg } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { LogMessage } from '../core/read-input.ts'

/** One stretch of reading, from {@link InputLog.resume} to {@link InputLog.pause}. */
interface Reading {
  live: boolean
  follower: Follower | null
}

/** The input log, read from one place on. Can be held back; the server then keeps what is not yet read. */
export class InputLog {
  readonly #connection: NatsConnection
  readonly #onMessage: (message: LogMessage) => void
  readonly #onLost: (error: Error) => void
  #nextSeq: number
  #reading: Reading | null = null

  constructor(
    connection: NatsConnection,
    fromSeq: number,
    onMessage: (message: LogMessage) => void,
    onLost: (error: Error) => void,
  ) {
    this.#connection = connection
    this.#nextSeq = fromSeq
    this.#onMessage = onMessage
    this.#onLost = onLost
  }

  /** Goes on after the last message that was handed over. */
  resume(): void {
    if (this.#reading !== null) return
    const reading: Reading = { live: true, follower: null }
    this.#reading = reading
    followStream(this.#connection, {
      stream: streams.inputs,
      start: { from: this.#nextSeq },
      onMessage: (message) => {
        if (reading.live) this.#take(message)
      },
      onLost: (error) => {
        if (reading.live) this.#onLost(error)
      },
    })
      .then((follower) => {
        if (reading.live) reading.follower = follower
        else follower.stop()
      })
      .catch((error: Error) => {
        if (reading.live) this.#onLost(error)
      })
  }

  /** No message is handed over from this call on, until {@link resume}. */
  pause(): void {
    if (this.#reading === null) return
    this.#reading.live = false
    this.#reading.follower?.stop()
    this.#reading = null
  }

  #take(message: JsMsg): void {
    this.#nextSeq = message.seq + 1
    this.#onMessage({
      subject: message.subject,
      seq: message.seq,
      time: Math.floor(message.info.timestampNanos / 1e6),
      payload: message.data,
      traceparent: traceparentOf(message),
    })
  }
}

/** Only a valid one is carried on: anything else is of no use, and may be as long as a message. */
function traceparentOf(message: JsMsg): string {
  const traceparent = message.headers?.get(headerNames.traceparent) ?? ''
  return traceIdOf(traceparent) === null ? '' : traceparent
}
