import { asBuffer, type Message, NO_BYTES } from './message.ts'

/** What a client asks of a server. */
export interface ClientCommands {
  connect(): void
  ping(): void
  subscribe(subject: string, queue: string | null, sid: string): void
  /** @param max messages to be delivered in all; null: no more of them */
  unsubscribe(sid: string, max: number | null): void
  publish(message: Message): void
}

const CR = 13
const LF = 10
const CRLF = Buffer.from('\r\n')

/**
 * Reads what a client sends. A chunk holds whole commands: the client never parts them, and nothing on the way does.
 * @throws on anything that is not in the NATS protocol
 */
export function readCommands(chunk: Uint8Array, commands: ClientCommands): void {
  const bytes = asBuffer(chunk)
  let at = 0
  while (at < bytes.length) {
    const end = bytes.indexOf(LF, at)
    if (end < 1 || bytes[end - 1] !== CR) throw new Error('a chunk ends within a command')
    const [verb = '', ...args] = bytes.toString('utf8', at, end - 1).split(' ')
    at = end + 1
    switch (verb) {
      case 'HPUB':
      case 'PUB': {
        const size = Number(args.at(-1))
        if (at + size + 2 > bytes.length) throw new Error('a chunk ends within a message')
        commands.publish(messageOf(verb === 'HPUB', args, bytes.subarray(at, at + size)))
        at += size + 2
        break
      }
      case 'SUB':
        commands.subscribe(args[0] ?? '', args.length === 3 ? (args[1] ?? '') : null, args.at(-1) ?? '')
        break
      case 'UNSUB':
        commands.unsubscribe(args[0] ?? '', args[1] === undefined ? null : Number(args[1]))
        break
      case 'PING':
        commands.ping()
        break
      case 'PONG':
        break
      case 'CONNECT':
        commands.connect()
        break
      default:
        throw new Error(`a client sent ${JSON.stringify(verb)}, which the simulated server does not know`)
    }
  }
}

/** `PUB subject [reply] size`, or `HPUB subject [reply] size-of-headers size`. */
function messageOf(hasHeaders: boolean, args: readonly string[], bytes: Uint8Array): Message {
  const [subject = ''] = args
  const reply = args.length === (hasHeaders ? 4 : 3) ? (args[1] ?? '') : ''
  if (!hasHeaders) return { subject, reply, headers: NO_BYTES, data: bytes }
  const headersSize = Number(args.at(-2))
  return { subject, reply, headers: bytes.subarray(0, headersSize), data: bytes.subarray(headersSize) }
}

/** What a server sends to one client in one go. */
export class Outgoing {
  #parts: (string | Uint8Array)[] = []
  #size = 0

  get empty(): boolean {
    return this.#size === 0
  }

  line(text: string): void {
    this.#parts.push(text, CRLF)
    this.#size += Buffer.byteLength(text) + 2
  }

  /** `MSG subject sid [reply] size`, or `HMSG subject sid [reply] size-of-headers size`. */
  message(sid: string, { subject, reply, headers, data }: Message): void {
    const address = reply === '' ? `${subject} ${sid}` : `${subject} ${sid} ${reply}`
    const size = headers.length + data.length
    this.line(headers.length === 0 ? `MSG ${address} ${size}` : `HMSG ${address} ${headers.length} ${size}`)
    this.#parts.push(headers, data, CRLF)
    this.#size += size + 2
  }

  /** All of it; it is empty then. */
  take(): Uint8Array {
    const bytes = Buffer.allocUnsafe(this.#size)
    let at = 0
    for (const part of this.#parts) {
      if (typeof part === 'string') at += bytes.write(part, at)
      else {
        bytes.set(part, at)
        at += part.length
      }
    }
    this.#parts = []
    this.#size = 0
    return bytes
  }
}
