import { isStreamMissing } from '@drawbridge/nats'
import { isLogRefusal } from '../risk-log-errors.ts'
import type { FollowedGates } from './followed-gates.ts'
import type { LogInUse } from './log-in-use.ts'
import type { NewestRounds } from './newest-rounds.ts'

/**
 * Checks between rounds whether the log is still the one in use, one check at a time. If it is not, a round finds out what
 * holds. To call only while the newest decisions are known: a running round checks that itself.
 */
export class LogChecks {
  readonly #gates: FollowedGates
  readonly #logInUse: LogInUse
  readonly #rounds: NewestRounds
  #isChecking = false

  constructor(gates: FollowedGates, logInUse: LogInUse, rounds: NewestRounds) {
    this.#gates = gates
    this.#logInUse = logInUse
    this.#rounds = rounds
  }

  /** Asks a guardian which log it uses. */
  async askGuardian(): Promise<void> {
    const { first } = this.#gates
    if (first === undefined || this.#isChecking) return
    this.#isChecking = true
    await this.#rounds.readAgain(first)
    this.#isChecking = false
  }

  /** Checks whether the stream is still the one in use, and complete, even if the connection was not lost. */
  async lookAtStream(): Promise<void> {
    if (this.#isChecking) return
    this.#isChecking = true
    try {
      const created = await this.#rounds.look()
      if (created !== null && !this.#logInUse.isCreatedAt(created)) this.#rounds.begin()
    } catch (error) {
      // Without an answer nothing closes yet; if that lasts, the lease does it.
      if (isLogRefusal(error) || isStreamMissing(error)) this.#rounds.begin()
    } finally {
      this.#isChecking = false
    }
  }
}
