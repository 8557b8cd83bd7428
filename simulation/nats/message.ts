/** A message as it crosses the wire; `headers` are the bytes of the header block, empty: there is none. */
export interface Message {
  readonly subject: string
  /** Empty: no answer is wanted. */
  readonly reply: string
  readonly headers: Uint8Array
  readonly data: Uint8Array
}

/** A message as a stream keeps it. */
export interface StoredMessage {
  readonly seq: number
  readonly subject: string
  /** By the server's clock, whole milliseconds since 1970. */
  readonly time: number
  /** The first value of each header. */
  readonly headers: ReadonlyMap<string, string>
  readonly headerBytes: Uint8Array
  readonly data: Uint8Array
}

export const NO_BYTES = new Uint8Array(0)
const NO_HEADERS: ReadonlyMap<string, string> = new Map()
const VERSION = 'NATS/1.0'

/** Reads a header block. */
export function parseHeaders(block: Uint8Array): ReadonlyMap<string, string> {
  if (block.length <= VERSION.length + 4) return NO_HEADERS
  const headers = new Map<string, string>()
  const lines = asBuffer(block).toString('utf8').split('\r\n')
  for (let index = 1; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    const colon = line.indexOf(':')
    if (colon === -1) continue
    const name = line.slice(0, colon)
    if (!headers.has(name)) headers.set(name, line.slice(colon + 1).trim())
  }
  return headers
}

/** Writes a header block; `status` is the rest of its first line, as in `503` or `404 No Messages`. */
export function headerBlock(status: string, headers: Readonly<Record<string, string | number>>): Buffer {
  const first = status === '' ? VERSION : `${VERSION} ${status}`
  return Buffer.from(`${first}\r\n${headerLines(headers)}\r\n`)
}

/** Adds headers after the existing ones of a block. */
export function withHeaders(block: Uint8Array, headers: Readonly<Record<string, string | number>>): Buffer {
  if (block.length === 0) return headerBlock('', headers)
  return Buffer.concat([block.subarray(0, -2), Buffer.from(`${headerLines(headers)}\r\n`)])
}

function headerLines(headers: Readonly<Record<string, string | number>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
}

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
