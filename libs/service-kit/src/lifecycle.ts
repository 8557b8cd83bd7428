import { type Config, configOrExit } from '@drawbridge/settings'
import closeWithGrace from 'close-with-grace'
import { createLogger, type Logger } from './log.ts'

/** A stopping process exits after this time, whatever is still open. */
export const STOP_WITHIN_MS = 10_000

type Release = () => void | Promise<void>

/** The resources of a running service; they are released in reverse order, once. */
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

  /** Registers how to release what was just acquired; if the service has stopped already, it is released at once. */
  onStop(what: string, release: Release): void {
    this.#releases.push({ what, release })
    if (this.#isReleased) void this.#releaseAll()
  }

  /** Stops the service with exit code 1: an invariant is broken, and continuing would do harm. */
  fail(error: Error): void {
    this.#fail(error)
  }

  /** Releases everything, last acquired first. Stopping twice is safe. */
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
        this.#log.warn({ err: error, what: next.what }, 'releasing a resource failed')
      }
    }
    this.#isReleased = true
  }

  /**
   * Stops on SIGTERM, SIGINT, SIGHUP, on an unhandled error, and when the parent process is gone.
   * @param withinMs then the process exits, whatever is still open
   */
  superviseProcess(withinMs = STOP_WITHIN_MS): void {
    const grace = closeWithGrace({ delay: withinMs, logger: false }, async ({ signal, err }) => {
      if (err !== undefined) this.#log.fatal({ err }, 'crashed')
      else this.#log.info({ signal }, 'stopping')
      await this.stop()
      this.#log.info('stopped')
    })
    this.#fail = (error) => {
      if (this.stopping.aborted) return
      this.#log.fatal({ err: error }, 'failed')
      setTimeout(() => process.exit(1), withinMs).unref()
      void this.stop().finally(() => process.exit(1))
    }
    // If the channel is closed already, no event will say so; without a channel `connected` is undefined.
    if (process.connected === false) void grace.close()
    process.once('disconnect', () => void grace.close())
    process.channel?.unref()
  }
}

/**
 * Runs a service with the settings of this process, under supervision; a failure to start is logged and ends the process
 * with 1, invalid settings with 2.
 */
export async function runService(
  name: string,
  start: (config: Config, log: Logger, lifecycle: Lifecycle) => Promise<unknown>,
): Promise<void> {
  const config = configOrExit()
  const log = createLogger(name, config.logLevel)
  const lifecycle = new Lifecycle(log)
  lifecycle.superviseProcess()
  try {
    await start(config, log, lifecycle)
  } catch (error) {
    if (lifecycle.stopping.aborted) return
    log.fatal({ err: error }, 'the service could not start')
    await lifecycle.stop()
    process.exit(1)
  }
}
