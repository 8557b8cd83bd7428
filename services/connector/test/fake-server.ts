import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as the other side got it. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface Answer {
  readonly status?: number
  /** Sent as JSON, unless it is text. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Somebody else's server, on loopback: answers what its routes say, and remembers what it was asked. */
export class FakeServer {
  readonly asked: Asked[] = []
  readonly #routes = new Map<string, (asked: Asked) => Answer | Promise<Answer>>()
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', async () => {
        const { method = '', url = '', headers } = request
        const asked = { method, path: url, headers, body: Buffer.concat(parts).toString() }
        this.asked.push(asked)
        const [path = ''] = url.split('?')
        const route = this.#routes.get(`${method} ${path}`) ?? this.#routes.get('*')
        const {
          status = 200,
          body,
          headers: more,
        } = (await route?.(asked)) ?? { status: 404, body: { detail: 'Not Found' } }
        const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body)
        response.writeHead(status, { 'content-type': 'application/json', ...more }).end(text)
      })
    })
  }

  static async open(): Promise<FakeServer> {
    const fake = new FakeServer()
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve))
    return fake
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** @param route a method and a path like `GET /account`; `*`: everything else */
  on(route: string, answer: Answer | ((asked: Asked) => Answer | Promise<Answer>)): void {
    this.#routes.set(route, typeof answer === 'function' ? answer : () => answer)
  }

  /** What it was asked on a path, in order. */
  askedFor(route: string): readonly Asked[] {
    return this.asked.filter(({ method, path }) => `${method} ${path.split('?')[0]}` === route)
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}
