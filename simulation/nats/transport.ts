import type { ConnectionOptions, Server } from '@nats-io/nats-core'
import type { Transport } from '@nats-io/nats-core/internal'

/** The client's end of a connection, as the network sees it. */
export interface ClientEnd {
  receive(chunk: Uint8Array): void
  /** The connection broke. */
  lost(): void
}

/** The way from a client to the server, once they are connected. */
export interface WayToServer {
  send(chunk: Uint8Array): void
  /** The client has taken in a chunk that it received. */
  taken(): void
  /** What was sent before still arrives. */
  close(): void
}

/** Who dials; hidden among the options of a connection, which is all that the client hands to its transport. */
export interface Dialler {
  /** @throws if there is no answer */
  dial(end: ClientEnd): Promise<WayToServer>
}

export interface DiallingOptions extends ConnectionOptions {
  readonly dialler: Dialler
}

/** What the real client uses instead of a socket. */
export class SimulatedTransport implements Transport, ClientEnd {
  readonly lang = 'nats.js'
  readonly version = '3.4.0'
  #server: WayToServer | null = null
  #arrived: Uint8Array[] = []
  #wake: () => void = () => undefined
  #done = false
  readonly #closed = Promise.withResolvers<undefined>()

  get isClosed(): boolean {
    return this.#done
  }

  async connect(_server: Server, options: ConnectionOptions): Promise<void> {
    const server = await (options as DiallingOptions).dialler.dial(this)
    if (this.#done) server.close()
    else this.#server = server
  }

  receive(chunk: Uint8Array): void {
    if (this.#done) return
    this.#arrived.push(chunk)
    this.#wake()
  }

  lost(): void {
    if (this.#done) return
    this.#end()
    this.#closed.resolve(undefined)
  }

  async *[Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    while (!this.#done) {
      const next = this.#arrived.shift()
      if (next !== undefined) {
        yield next
        this.#server?.taken()
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    }
  }

  isEncrypted(): boolean {
    return false
  }

  send(chunk: Uint8Array): void {
    if (!this.#done) this.#server?.send(chunk)
  }

  /** As a socket's: who closes before it was ever connected is not told. */
  async close(): Promise<void> {
    if (this.#server === null || this.#done) return
    this.#end()
    this.#closed.resolve(undefined)
  }

  disconnect(): void {
    void this.close()
  }

  closed(): Promise<undefined> {
    return this.#closed.promise
  }

  /** Ends it without telling the client, which connects again. */
  discard(): void {
    this.#end()
  }

  #end(): void {
    if (this.#done) return
    this.#done = true
    this.#server?.close()
    this.#wake()
  }
}
