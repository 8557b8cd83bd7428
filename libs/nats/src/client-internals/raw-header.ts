import type { MsgHdrs } from '@nats-io/transport-node'

/** Fallback where the bytes are not found. */
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

const CARRIAGE_RETURN = '\r'.charCodeAt(0)
/** By name, as it stands in the bytes. */
const labels = new Map<string, Buffer>()

/**
 * One header of a message; empty if it has none of this name. The client parses all headers to return one, which takes
 * longer than a decision. So this reads the bytes where this version of the client keeps them, and asks the client
 * otherwise. The name must be spelled exactly as it was sent.
 */
export function rawHeader(message: Described, name: string): string {
  const { _rdata: bytes, _msg: sizes } = message as Unread
  if (bytes === undefined || sizes?.hdr === undefined) return message.headers?.get(name) ?? ''
  if (sizes.hdr <= 0) return ''
  const headers = Buffer.from(bytes.buffer, bytes.byteOffset, sizes.hdr)
  const label = labelOf(name)
  const at = headers.indexOf(label)
  if (at < 0) return ''
  const from = at + label.length
  // Not a slice of the text of all headers: that would keep the whole text in memory.
  return headers.toString('latin1', from, headers.indexOf(CARRIAGE_RETURN, from)).trim()
}

function labelOf(name: string): Buffer {
  const known = labels.get(name)
  if (known !== undefined) return known
  const label = Buffer.from(`\r\n${name}:`, 'latin1')
  labels.set(name, label)
  return label
}
