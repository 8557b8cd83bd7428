import { durables, headerNames, streams } from '@drawbridge/contracts'
import type { JsMsg } from '@nats-io/jetstream'

/**
 * What the client has of a message before it is asked anything. Asked for one header it makes a list of all, and for one
 * number of the delivery it reads all: together 2.5 µs and 7 kB to be collected, as much as all else that is done with an
 * event. So these look where this version of the client keeps them, and ask it where it does not.
 */
interface Unread {
  readonly msg?: {
    /** Where the message is to be acked. */
    readonly reply?: string
    /** Headers and payload. */
    readonly _rdata?: Uint8Array
    /** How many of these bytes are headers. */
    readonly _msg?: { readonly hdr?: number }
  }
}

const NAME = `\r\n${headerNames.traceparent}:`
const LINE_END = '\r\n'

/** The traceparent of a message; empty where it has none. */
export function traceparentOf(message: JsMsg): string {
  const { _rdata: bytes, _msg: sizes } = (message as Unread).msg ?? {}
  if (bytes === undefined || sizes?.hdr === undefined) return message.headers?.get(headerNames.traceparent) ?? ''
  if (sizes.hdr <= 0) return ''
  const headers = Buffer.from(bytes.buffer, bytes.byteOffset, sizes.hdr)
  const at = headers.indexOf(NAME, 0, 'latin1')
  if (at < 0) return ''
  // Not a slice of all headers as text, which would be kept as long as this is.
  return headers.toString('latin1', at + NAME.length, headers.indexOf(LINE_END, at + NAME.length, 'latin1')).trim()
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
