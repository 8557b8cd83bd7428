import type { MsgHdrs } from '@nats-io/transport-node'

/** What is asked where the bytes are not found. */
interface Described {
  readonly headers?: MsgHdrs | undefined
}

/** Where this version of the client keeps the bytes of a message. */
interface Unread {
  /** Headers and payload. */
  readonly _rdata?: Uint8Array
  /** How many of these bytes are headers. */
  readonly _msg?: { readonly hdr?: number }
}

const LINE_END = '\r\n'

/**
 * One header of a message; empty where it has none of this name. Asked for one, the client makes a list of all, which
 * takes longer than a decision: so this looks where this version of the client keeps the bytes, and asks it where it does
 * not. To be found there, a name must be written as it was sent.
 */
export function rawHeader(message: Described, name: string): string {
  const { _rdata: bytes, _msg: sizes } = message as Unread
  if (bytes === undefined || sizes?.hdr === undefined) return message.headers?.get(name) ?? ''
  if (sizes.hdr <= 0) return ''
  const headers = Buffer.from(bytes.buffer, bytes.byteOffset, sizes.hdr)
  const label = `\r\n${name}:`
  const at = headers.indexOf(label, 0, 'latin1')
  if (at < 0) return ''
  // Not a slice of all headers as text, which would be kept as long as this is.
  return headers.toString('latin1', at + label.length, headers.indexOf(LINE_END, at + label.length, 'latin1')).trim()
}
