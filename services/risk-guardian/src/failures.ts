import { streams } from '@drawbridge/contracts'
import type { Lifecycle } from '@drawbridge/service-kit'
import { EventGoneError } from './event-gone.ts'
import { InputsRecreatedError } from './inbound/input-watch.ts'
import { type LogBinding, RiskLogRefusedError } from './log-binding.ts'
import type { LogWatch } from './log-watch.ts'
import { damageOf, RiskLogDamagedError } from './risk-log-damage.ts'

/** What becomes of errors: they end the service, or stop all decisions where the risk log is damaged. */
export class Failures {
  /** Aborts when nothing may be decided any more: the service stops, or the risk log is damaged. */
  readonly stopping: AbortSignal
  readonly #halt = new AbortController()
  readonly #lifecycle: Lifecycle
  readonly #watch: LogWatch
  readonly #binding: LogBinding

  constructor(lifecycle: Lifecycle, watch: LogWatch, binding: LogBinding) {
    this.#lifecycle = lifecycle
    this.#watch = watch
    this.#binding = binding
    this.stopping = AbortSignal.any([lifecycle.stopping, this.#halt.signal])
  }

  /** To be called with an error that nobody can handle; may be passed on as it is. */
  readonly fail = (error: unknown): void => {
    if (this.stopping.aborted) return
    const isGone = error instanceof EventGoneError
    const damaged = isGone ? endsEarly(error) : damageOf(error)
    if (damaged === null) this.#lifecycle.fail(error as Error)
    else this.haltUntilMended(damaged, isGone).catch((failure: Error) => this.#lifecycle.fail(failure))
  }

  /**
   * Stops all decisions. Ends when a guardian that starts can go by the mended log: this one knows the damaged one.
   * @param isGone the log may have been recreated instead
   * @throws {RiskLogRefusedError} where it was
   */
  async haltUntilMended(damaged: RiskLogDamagedError, isGone = false): Promise<void> {
    this.#halt.abort()
    if (isGone) await this.#binding.look().catch(unlessRefused)
    await this.#watch.untilMended(this.#binding.created, damaged)
    if (this.#lifecycle.stopping.aborted) return
    throw new Error('the risk log is mended: start this guardian again to judge by it', { cause: damaged })
  }
}

/** Whether a look at the logs has found what no later look will find otherwise. */
export function isFinal(error: unknown): boolean {
  return damageOf(error) !== null || error instanceof RiskLogRefusedError || error instanceof InputsRecreatedError
}

function endsEarly({ lastSeq, knownSeq, subject }: EventGoneError): RiskLogDamagedError {
  if (lastSeq === 0) return new RiskLogDamagedError({ kind: 'unreadable', stream: streams.risk, subject })
  return new RiskLogDamagedError({ kind: 'ends-early', stream: streams.risk, lastSeq, knownSeq })
}

function unlessRefused(error: unknown): void {
  if (error instanceof RiskLogRefusedError) throw error
}
