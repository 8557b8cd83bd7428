import { setTimeout as delay } from 'node:timers/promises'
import type { PrivateServer } from '@drawbridge/dev-stack'

const RESTART_AFTER_MS = 500
/** A server that ends this early this many times in a row is not started again. */
const EARLY_MS = 10_000
const EARLY_ENDS_MAX = 3

/** A private server, started again on the same data and port when it ends. */
export class SupervisedServer {
  readonly #name: string
  readonly #start: () => Promise<PrivateServer>
  readonly #onGivenUp: (reason: string) => void
  readonly #restartAfterMs: number
  #server: PrivateServer | null = null
  #starting: Promise<void> = Promise.resolve()
  #stopping = false
  #earlyEnds = 0

  constructor(
    name: string,
    start: () => Promise<PrivateServer>,
    onGivenUp: (reason: string) => void,
    restartAfterMs = RESTART_AFTER_MS,
  ) {
    this.#name = name
    this.#start = start
    this.#onGivenUp = onGivenUp
    this.#restartAfterMs = restartAfterMs
  }

  /** @returns its address. @throws if the first start fails */
  async start(): Promise<string> {
    const server = await this.#start()
    this.#server = server
    const startedAt = performance.now()
    void server.ended.then((how) => {
      if (!this.#stopping) this.#starting = this.#startAgain(how, performance.now() - startedAt)
    })
    return server.url
  }

  /** Safe to repeat. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.#starting
    await this.#server?.stop()
  }

  async #startAgain(how: string, ranMs: number): Promise<void> {
    this.#earlyEnds = ranMs < EARLY_MS ? this.#earlyEnds + 1 : 1
    let reason = how
    while (!this.#stopping) {
      if (this.#earlyEnds > EARLY_ENDS_MAX) return this.#onGivenUp(`${this.#name} does not stay up: ${reason}`)
      console.error(`${reason.split(';')[0]}; starting ${this.#name} again`)
      await delay(this.#restartAfterMs)
      if (this.#stopping) return
      try {
        await this.start()
        return
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error)
        this.#earlyEnds += 1
      }
    }
  }
}
