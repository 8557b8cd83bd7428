import { type SettledEvent, streams } from '@drawbridge/contracts'
import type { JetStreamManager } from '@nats-io/jetstream'
import type { LogWatch } from './log-watch.ts'

/** No decisions may be based on the risk log: every trader would start over, or two logs would mix. Needs an operator. */
export class RiskLogRefusedError extends Error {
  override readonly name = 'RiskLogRefusedError'
  readonly recoverable = false
}

/** Which risk log this guardian goes by, and what that one says it is bound to. */
export class LogBinding {
  readonly #manager: JetStreamManager
  readonly #watch: LogWatch
  #created: string | null = null
  #lastSeq = 0
  #subjects = 0
  #consumers: number | null = null
  #bound: SettledEvent | null = null

  constructor(manager: JetStreamManager, watch: LogWatch) {
    this.#manager = manager
    this.#watch = watch
  }

  /** When the risk log was created; empty before the first look. */
  get created(): string {
    return this.#created ?? ''
  }

  /** How many consumers RISK had at the last look; null before the first one. */
  get consumers(): number | null {
    return this.#consumers
  }

  /** Whether the log says which INPUTS it is made from; one of before that was written says nothing. */
  get isBound(): boolean {
    return this.#bound !== null
  }

  /** Where RISK ended at the last look. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  /** How many subjects RISK had at the last look. */
  get subjects(): number {
    return this.#subjects
  }

  /** The sequence of an input is that of the stream plus this. */
  get inputsOffset(): number {
    return this.#bound?.inputsOffset ?? 0
  }

  /** When the logs were created that this one continues, the last one first. */
  get continues(): readonly string[] {
    return this.#bound?.continues ?? []
  }

  /**
   * Looks at RISK.
   * @returns false where it may be damaged, which the next look says
   * @throws {RiskLogRefusedError} where it is another one than at the first look
   * @throws {RiskLogDamagedError}
   */
  async look(): Promise<boolean> {
    const knownSeq = this.#watch.knownSeq
    const sight = await this.#manager.streams.info(streams.risk)
    const { created, state } = sight
    this.#created ??= created
    this.#lastSeq = state.last_seq
    this.#subjects = state.num_subjects ?? 0
    this.#consumers = state.consumer_count
    if (created === this.#created) return this.#watch.check(sight, knownSeq)
    throw new RiskLogRefusedError(
      `RISK was recreated at ${created}; this guardian goes by the one created at ${this.#created}. Start it again ` +
        'when RISK is restored from its backup, or adopted with: npm run drawbridge -- adopt-log',
    )
  }

  /** Takes over what the log says it is bound to. @throws {RiskLogRefusedError} while it is being adopted */
  hear(event: SettledEvent): void {
    if (event.adopting === true) {
      throw new RiskLogRefusedError(
        `RISK, created ${this.created}, takes the place of a log that was lost, and does not hold all of it yet: ` +
          'run npm run drawbridge -- adopt-log to its end',
      )
    }
    this.#bound = event
  }

  /**
   * To be called when all that the log held has been heard. A log that does not say what it is bound to is one of before
   * that was said, or takes the place of one that was lost; then a guardian that knew that one may have written into it.
   * @param firstInputAt when the first of the inputs was stored that INPUTS holds, RFC 3339
   * @throws {RiskLogRefusedError} where nobody may judge by it
   */
  checkUsable(firstInputAt: string): void {
    if (this.isBound) return
    if (this.#lastSeq > 0 && !(Date.parse(firstInputAt) < Date.parse(this.created))) return
    throw new RiskLogRefusedError(
      `RISK, created ${this.created}, is not made from the inputs of before: every trader would start over, paused ones too. ` +
        'Restore RISK from its backup, or adopt it with: npm run drawbridge -- adopt-log',
    )
  }

  /** The watermark, with what the log is bound to, as it is written next. */
  settledEvent(settled: number, inputsCreated: string): SettledEvent {
    return { ...this.#bound, settled, inputsCreated }
  }
}
