import type { Lifecycle } from '@drawbridge/service-kit'
import { damageOf, EventGoneError, RiskLogDamagedError, RiskLogRefusedError } from './log-errors.ts'
import type { LogWatch } from './log-watch.ts'

/** Handles errors: they end the service, or stop all decisions if the risk log is damaged. */
export class Failures {
  /** Aborts when nothing may be decided any more: the service stops, or the risk log is damaged. */
  readonly stopping: AbortSignal
  readonly #halt = new AbortController()
  readonly #lifecycle: Lifecycle
  readonly #watch: LogWatch

  constructor(lifecycle: Lifecycle, watch: LogWatch) {
    this.#lifecycle = lifecycle
    this.#watch = watch
    this.stopping = AbortSignal.any([lifecycle.stopping, this.#halt.signal])
  }

  /** To be called with an error that the caller cannot handle; needs no `this`. */
  readonly fail = (error: unknown): void => {
    if (this.stopping.aborted) return
    const isGone = error instanceof EventGoneError
    const damaged = isGone ? new RiskLogDamagedError(error.damage) : damageOf(error)
    if (damaged === null) this.#lifecycle.fail(error as Error)
    else this.haltUntilRepaired(damaged, isGone).catch((failure: Error) => this.#lifecycle.fail(failure))
  }

  /**
   * Stops all decisions. Ends with an error when a guardian that starts can use the repaired log.
   * @param isGone the log may have been recreated instead
   * @throws {RiskLogRefusedError} if it was
   */
  async haltUntilRepaired(damaged: RiskLogDamagedError, isGone = false): Promise<void> {
    this.#halt.abort()
    if (isGone) await this.#watch.look().catch(unlessRefused)
    await this.#watch.untilRepaired(damaged)
    if (this.#lifecycle.stopping.aborted) return
    throw new Error('the risk log is repaired: start this guardian again to judge by it', { cause: damaged })
  }
}

function unlessRefused(error: unknown): void {
  if (error instanceof RiskLogRefusedError) throw error
}
