import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** Inspects one connection. Each function returns how many bytes to forward; if not all, the connection is then cut. */
export interface Inspector {
  readonly request: (bytes: Buffer) => number
  readonly answer: (bytes: Buffer) => number
}

/** A proxy that can be cut, to simulate the outage of a server. */
export class TcpProxy {
  /** The address of the server with the proxy's host and port. */
  readonly url: string
  readonly #server: Server
  readonly #port: number
  readonly #sockets: Set<Socket>
  readonly #inspect: (() => Inspector) | null
  #deaf = false

  private constructor(target: URL, server: Server, sockets: Set<Socket>, inspect: (() => Inspector) | null) {
    this.#server = server
    this.#sockets = sockets
    this.#inspect = inspect
    this.#port = (server.address() as AddressInfo).port
    const url = new URL(target)
    url.hostname = '127.0.0.1'
    url.port = String(this.#port)
    this.url = url.href
    server.on('connection', (client) => this.#join(client, connect(Number(target.port), target.hostname)))
  }

  /** @param inspect called for each connection; no inspection if not given */
  static async to(url: string, inspect: (() => Inspector) | null = null): Promise<TcpProxy> {
    const server = createServer()
    await listen(server, 0)
    return new TcpProxy(new URL(url), server, new Set(), inspect)
  }

  /** Breaks all connections and refuses new ones. */
  async cut(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  /** Forwards requests and drops the answers. */
  swallowAnswers(): void {
    this.#deaf = true
  }

  /** Accepts connections and forwards everything again, on the same port. */
  async restore(): Promise<void> {
    this.#deaf = false
    if (!this.#server.listening) await listen(this.#server, this.#port)
  }

  #join(client: Socket, upstream: Socket): void {
    const inspector = this.#inspect?.() ?? null
    for (const [from, to, letThrough] of [
      [client, upstream, inspector?.request],
      [upstream, client, inspector?.answer],
    ] as const) {
      this.#sockets.add(from)
      from.on('data', (bytes: Buffer) => {
        if (from === upstream && this.#deaf) return
        const count = letThrough?.(bytes) ?? bytes.length
        if (count === bytes.length) to.write(bytes)
        else this.#cutAfter(bytes.subarray(0, count), to, from)
      })
      from.on('error', () => undefined)
      from.once('close', () => {
        this.#sockets.delete(from)
        to.destroy()
      })
    }
  }

  /** Closes the one side after the other side got these last bytes. */
  #cutAfter(bytes: Buffer, to: Socket, from: Socket): void {
    from.pause()
    to.write(bytes, () => {
      to.destroy()
      from.destroy()
    })
  }
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
}
