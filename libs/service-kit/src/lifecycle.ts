import closeWithGrace from 'close-with-grace'
import type { Logger } from './log.ts'

/** A process that is stopping ends after so long, whatever still holds it. */
export const STOP_WITHIN_MS = 10_000

type Release = () => void | Promise<void>

/** What a running service holds; it is let go in reverse order, once. */
export class Lifecycle {
  readonly #releases: { readonly what: string; readonly release: Release }[] = []
  readonly #log: Logger
  readonly #stopping = new AbortController()
  #stopped: Promise<void> | null = null
  #isReleased = false
  #fail: (error: Error) => void = (error) => {
    throw error
  }

  constructor(log: Logger) {
    this.#log = log
  }

  /** Aborts when the service begins to stop. */
  get stopping(): AbortSignal {
    return this.#stopping.signal
  }

  /** Says how to let go of what has just been acquired; where all the others are let go of already, so is this. */
  onStop(what: string, release: Release): void {
    this.#releases.push({ what, release })
    if (this.#isReleased) void this.#releaseAll()
  }

  /** Stops the service with exit code 1: an invariant is broken and going on would do harm. */
  fail(error: Error): void {
    this.#fail(error)
  }

  /** Lets go of everything, last acquired first. Stopping twice is safe. */
  stop(): Promise<void> {
    this.#stopped ??= this.#releaseAll()
    return this.#stopped
  }

  async #releaseAll(): Promise<void> {
    this.#stopping.abort()
    for (let next = this.#releases.pop(); next !== undefined; next = this.#releases.pop()) {
      try {
        await next.release()
      } catch (error) {
        this.#log.warn({ err: error, what: next.what }, 'could not be released cleanly')
      }
    }
    this.#isReleased = true
  }

  /** Stops on SIGTERM, SIGINT, SIGHUP, on an error nobody handled, and when the process that started us is gone. */
  superviseProcess(): void {
    const grace = closeWithGrace({ delay: STOP_WITHIN_MS, logger: false }, async ({ signal, err }) => {
      if (err !== undefined) this.#log.fatal({ err }, 'crashed')
      else this.#log.info({ signal }, 'stopping')
      await this.stop()
      this.#log.info('stopped')
    })
    this.#fail = (error) => {
      if (this.stopping.aborted) return
      this.#log.fatal({ err: error }, 'failed')
      setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref()
      void this.stop().finally(() => process.exit(1))
    }
    // Where the channel is gone already, its end was not heard; `connected` is undefined without any.
    if (process.connected === false) void grace.close()
    process.once('disconnect', () => void grace.close())
    process.channel?.unref()
  }
}

/** Runs the start of a service under supervision; a failure to start is logged and ends the process with 1. */
export async function runService(log: Logger, start: (lifecycle: Lifecycle) => Promise<void>): Promise<void> {
  const lifecycle = new Lifecycle(log)
  lifecycle.superviseProcess()
  try {
    await start(lifecycle)
  } catch (error) {
    if (lifecycle.stopping.aborted) return
    log.fatal({ err: error }, 'could not start')
    await lifecycle.stop()
    process.exit(1)
  }
}
