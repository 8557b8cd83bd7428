import { durables, headerNames, streams } from '@drawbridge/contracts'
import { rawHeader } from '@drawbridge/service-kit'
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

/** Where the message is to be acked; null: the client alone knows. */
export function ackSubjectOf(message: JsMsg): string | null {
  return (message as Unread).msg?.reply ?? null
}

/** Behind it stand the number of the delivery, the stream sequence and more. */
const ACK_SUBJECT = `$JS.ACK.${streams.risk}.${durables.persister}.`

/** The stream sequence of a message. */
export function streamSeqOf(message: JsMsg): number {
  const reply = ackSubjectOf(message)
  // In a JetStream domain it is longer.
  if (reply?.startsWith(ACK_SUBJECT) !== true) return message.seq
  const at = reply.indexOf('.', ACK_SUBJECT.length) + 1
  return Number(reply.slice(at, reply.indexOf('.', at)))
}
