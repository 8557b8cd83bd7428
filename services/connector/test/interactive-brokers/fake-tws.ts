import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'

/** Numbers of messages, as IB's API names them. */
const REQUEST = { startApi: '71', accountSummary: '62', cancelAccountSummary: '63', currentTime: '49' } as const
const ANSWER = {
  error: 4,
  nextValidId: 9,
  managedAccounts: 15,
  currentTime: 49,
  accountSummary: 63,
  summaryEnd: 64,
} as const
const SERVER_VERSION = 176

export interface Line {
  readonly account: string
  readonly tag: string
  readonly value: string
  readonly currency: string
}

/** The socket of TWS, as far as an account is read: messages are fields that end with a zero byte, behind their length. */
export class FakeTws {
  lines: readonly Line[] = [{ account: 'DU123', tag: 'NetLiquidation', value: '100250.75', currency: 'USD' }]
  /** Client ids that other programs have. */
  taken: readonly string[] = []
  /** Answers a request for the summary; it may be kept from it. */
  onSummary: (id: string, tell: (...fields: readonly (string | number)[]) => void) => boolean = () => true
  readonly heard: string[][] = []
  readonly #sockets = new Set<Socket>()
  readonly #server: Server

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => undefined)
      this.#serve(socket)
    })
  }

  static async open(port = 0): Promise<FakeTws> {
    const fake = new FakeTws()
    await new Promise<void>((resolve) => fake.#server.listen(port, '127.0.0.1', resolve))
    return fake
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** To all who are connected. */
  tell(...fields: readonly (string | number)[]): void {
    for (const socket of this.#sockets) socket.write(framed(fields))
  }

  /** A message about the state of TWS itself. */
  warn(code: number, text: string): void {
    this.tell(ANSWER.error, 2, -1, code, text, '')
  }

  /** Cuts all connections. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  close(): Promise<void> {
    this.drop()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  #serve(socket: Socket): void {
    let buffer = Buffer.alloc(0)
    let isGreeted = false
    const tell = (...fields: readonly (string | number)[]) => void socket.write(framed(fields))
    socket.on('data', (part: Buffer) => {
      buffer = Buffer.concat([buffer, part])
      if (!isGreeted) {
        // "API" and a zero byte, before the first length.
        if (buffer.length < 8 || buffer.length < 8 + buffer.readInt32BE(4)) return
        buffer = buffer.subarray(8 + buffer.readInt32BE(4))
        isGreeted = true
        tell(SERVER_VERSION, '20260101 00:00:00 UTC')
      }
      while (buffer.length >= 4 && buffer.length >= 4 + buffer.readInt32BE(0)) {
        const length = buffer.readInt32BE(0)
        const fields = buffer
          .subarray(4, 4 + length)
          .toString()
          .split('\0')
          .slice(0, -1)
        buffer = buffer.subarray(4 + length)
        this.heard.push(fields)
        this.#answer(fields, tell, socket)
      }
    })
  }

  #answer(fields: readonly string[], tell: (...fields: readonly (string | number)[]) => void, socket: Socket): void {
    const [kind, , id = ''] = fields
    if (kind === REQUEST.startApi) {
      if (this.taken.includes(id)) {
        tell(ANSWER.error, 2, -1, 326, 'Unable to connect as the client id is already in use.', '')
        socket.end()
        return
      }
      tell(ANSWER.managedAccounts, 1, 'DU123')
      tell(ANSWER.nextValidId, 1, 1)
    }
    if (kind === REQUEST.currentTime) tell(ANSWER.currentTime, 1, 1_767_225_600)
    if (kind === REQUEST.accountSummary && this.onSummary(id, tell)) {
      for (const { account, tag, value, currency } of this.lines) {
        tell(ANSWER.accountSummary, 1, id, account, tag, value, currency)
      }
      tell(ANSWER.summaryEnd, 1, id)
    }
  }
}

function framed(fields: readonly (string | number)[]): Buffer {
  const text = Buffer.from(fields.map((field) => `${field}\0`).join(''))
  const length = Buffer.alloc(4)
  length.writeInt32BE(text.length)
  return Buffer.concat([length, text])
}
