import { durables, headerNames, streams } from '@drawbridge/contracts'
import { rawHeader } from '@drawbridge/nats'
import type { JsMsg } from '@nats-io/jetstream'
import type { Msg } from '@nats-io/transport-node'

/**
 * What the client has of a message before it is asked anything. Asked for one number of the delivery, it reads all of them:
 * with the headers 2.5 µs and 7 kB to be collected, as much as all else that is done with an event. So these look where
 * this version of the client keeps them, and ask it where it does not.
 */
interface Unread {
  readonly msg?: Msg
}

/** The traceparent of a message; empty where it has none. */
export function traceparentOf(message: JsMsg): string {
  return rawHeader((message as Unread).msg ?? message, headerNames.traceparent)
}

/** The stream sequence of a message. */
export function streamSeqOf(message: JsMsg): number {
  const reply = (message as Unread).msg?.reply
  return reply?.includes(CONSUMER) === true ? streamSeqAt(reply) : message.seq
}

/** Behind it stand the number of the delivery, the stream sequence and more; in a JetStream domain, more before it too. */
const CONSUMER = `.${streams.risk}.${durables.persister}.`

/** The stream sequence of a message to persisters, by the subject where it is to be acked. */
export function streamSeqAt(ackSubject: string): number {
  const at = ackSubject.indexOf('.', ackSubject.indexOf(CONSUMER) + CONSUMER.length) + 1
  return Number(ackSubject.slice(at, ackSubject.indexOf('.', at)))
}
