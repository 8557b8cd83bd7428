import { connect } from 'node:net'

/** A request byte by byte: HTTP clients would correct the faults that are tested here. */
export interface Attempt {
  readonly method: string
  readonly path: string
  /** As they are written, in this order. */
  readonly headers: readonly string[]
  readonly body?: string
}

export interface Answer {
  /** Null: the connection was closed without an answer. */
  readonly status: number | null
  readonly text: string
}

const ANSWERS_WITHIN_MS = 10_000

/** Sends a request as written, and reads the answer. */
export function knock(port: number, { method, path, headers, body = '' }: Attempt): Promise<Answer> {
  return speak(port, `${method} ${path} HTTP/1.1\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n${body}`)
}

/** Sends bytes, and reads until the connection is closed, or only the head of a long-running answer. */
export function speak(port: number, bytes: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect({ host: '127.0.0.1', port })
    const end = () => {
      socket.destroy()
      const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]
      resolve({ status: status === undefined ? null : Number(status), text })
    }
    socket.setEncoding('latin1')
    socket.setTimeout(ANSWERS_WITHIN_MS, () => {
      socket.destroy()
      reject(new Error(`no answer to ${JSON.stringify(bytes.slice(0, 200))}, but ${JSON.stringify(text)}`))
    })
    socket.on('data', (part: string) => {
      text += part
      // An event stream never ends; it is enough that it began.
      if (/^HTTP\/1\.1 2.*\r\ncontent-type: text\/event-stream/is.test(text)) end()
    })
    socket.on('close', end)
    // A refusal may come, and the connection be closed, while the rest is still being sent.
    socket.on('error', () => undefined)
    socket.write(Buffer.from(bytes, 'latin1'))
  })
}
