import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A way to a server that can be cut: a server that goes away, whoever runs it. */
export class TcpProxy {
  /** The address of the server with the proxy's host and port in the place of its own. */
  readonly url: string
  readonly #server: Server
  readonly #port: number
  readonly #sockets: Set<Socket>
  #deaf = false

  private constructor(target: URL, server: Server, sockets: Set<Socket>) {
    this.#server = server
    this.#sockets = sockets
    this.#port = (server.address() as AddressInfo).port
    const url = new URL(target)
    url.hostname = '127.0.0.1'
    url.port = String(this.#port)
    this.url = url.href
    server.on('connection', (client) => this.#join(client, connect(Number(target.port), target.hostname)))
  }

  static async to(url: string): Promise<TcpProxy> {
    const server = createServer()
    await listen(server, 0)
    return new TcpProxy(new URL(url), server, new Set())
  }

  /** Breaks all connections and refuses new ones. */
  async cut(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  /** Lets through what is sent, and swallows what is answered. */
  swallowAnswers(): void {
    this.#deaf = true
  }

  /** Takes connections and lets through everything again, on the same port. */
  async restore(): Promise<void> {
    this.#deaf = false
    if (!this.#server.listening) await listen(this.#server, this.#port)
  }

  #join(client: Socket, upstream: Socket): void {
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(from)
      from.on('data', (bytes) => {
        if (from === client || !this.#deaf) to.write(bytes)
      })
      from.on('error', () => undefined)
      from.once('close', () => {
        this.#sockets.delete(from)
        to.destroy()
      })
    }
  }
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
}
