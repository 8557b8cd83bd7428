import type { Heartbeat } from '@drawbridge/contracts'
import type { Logger, LogIdentity } from '@drawbridge/nats'
import { type LogRefusal, OtherRiskLogError } from '../risk-log-errors.ts'
import type { LogSight } from './log-sight.ts'

/**
 * Which risk log the gates go by: the first one that is read.
 *
 * If it is replaced by another one, the gates are closed until that one says that it continues the known one, because an
 * operator has adopted it. Then they forget their state, and open by heartbeats of guardians that use the new log.
 *
 * If messages of the log are missing, or it contradicts what it said of a trader before, the gates are closed until it is
 * repaired. Guardians find gaps, too, but to a guardian that starts, a log restored from an older copy looks complete.
 * Only users who may ask for the state of the stream can see gaps; for the others, heartbeats stop.
 */
export class LogInUse {
  readonly #sight: Pick<LogSight, 'look' | 'knows' | 'forget'>
  readonly #log: Logger
  /** Its creation time. */
  #created: string | null = null
  /** Whether it took the place of another: then only heartbeats that name it count. */
  #isAdopted = false
  /** Why the present log is not used; null: it is. */
  #refused: string | null = null

  constructor(sight: Pick<LogSight, 'look' | 'knows' | 'forget'>, log: Logger) {
    this.#sight = sight
    this.#log = log
  }

  /** Whether it is known which log this is: one was read. */
  get isKnown(): boolean {
    return this.#created !== null
  }

  /** Whether a guardian that sends this uses it. Older guardians do not say which log they use. */
  isUsedBy({ log }: Heartbeat): boolean {
    return log === undefined ? !this.#isAdopted : log === this.#created
  }

  isCreatedAt(created: string): boolean {
    return created === this.#created
  }

  /** It holds the message of this stream sequence. */
  knows(seq: number): void {
    this.#sight.knows(seq)
  }

  /**
   * Looks at the stream that is there now.
   * @returns its creation time; null if this user may not ask
   * @throws {DamagedRiskLogError} if messages of the log in use are missing; also refusals of NATS
   */
  look(): Promise<string | null> {
    return this.#sight.look(this.#created)
  }

  /**
   * Guardians that have not noticed a new log yet read from it; guardians that refuse it do not answer.
   * @param seen creation time of the stream that is there now; null: this user may not ask
   * @param told the log that a guardian says it uses; null: none answered, and it should be the log in use
   * @throws {OtherRiskLogError} if these are two
   */
  compare(seen: string | null, told: LogIdentity | null): void {
    const expected = told?.created ?? this.#created
    if (seen !== null && expected !== null && seen !== expected) throw new OtherRiskLogError(expected, seen)
  }

  /**
   * Uses the log that a guardian uses from now on.
   * @returns whether it took the place of another one
   * @throws {OtherRiskLogError} if the log is not ours and does not continue it
   */
  goBy({ created, continues }: LogIdentity): boolean {
    const before = this.#created ?? created
    if (created !== before && !continues.includes(before)) throw new OtherRiskLogError(before, created)
    this.#created = created
    if (created === before) return false
    this.#log.warn({ from: before, to: created }, 'following another risk log, which was adopted')
    this.#isAdopted = true
    this.#sight.forget()
    return true
  }

  /** @throws {OtherRiskLogError} if a guardian says that it uses another one */
  expect({ created }: LogIdentity): void {
    if (created !== this.#created) throw new OtherRiskLogError(this.#created ?? '', created)
  }

  /** The present log is not used. Logs each reason once. */
  refuse(error: LogRefusal): void {
    if (error.message === this.#refused) return
    this.#refused = error.message
    this.#log.error({ err: error }, 'the gates are closed')
  }

  /** The present log is used. */
  accept(): void {
    this.#refused = null
  }
}
