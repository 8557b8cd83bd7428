import { type Failure, isFailure } from '../core/failure.ts'
import { failureOfError } from '../core/known-errors.ts'
import type { Account } from '../port.ts'

/** A call that takes longer is abandoned. */
export const CALL_WITHIN_MS = 45_000

/** Holds the account of a connector open. After a refusal it is opened again, so that a new key counts without a restart. */
export class OpenedAccount {
  readonly #open: () => Account
  readonly #stopping: AbortSignal
  readonly #withinMs: number
  #account: Account | null = null
  /** The other side refused the key that was read last. */
  #isRefused = false

  /** @param open may throw, for example where the file of a secret cannot be read */
  constructor(open: () => Account, stopping: AbortSignal, withinMs = CALL_WITHIN_MS) {
    this.#open = open
    this.#stopping = stopping
    this.#withinMs = withinMs
  }

  /** The account; a failure where it cannot be opened. */
  get(): Account | Failure {
    if (this.#account !== null) return this.#account
    try {
      this.#account = this.#open()
      return this.#account
    } catch (error) {
      return { kind: 'refused', reason: error instanceof Error ? error.message : String(error) }
    }
  }

  /** Calls the account. Whatever goes wrong is a failure, and never an exception. */
  async call<T extends { readonly kind: string }>(
    make: (account: Account, signal: AbortSignal) => Promise<T | Failure> | null,
  ): Promise<T | Failure | null> {
    if (this.#isRefused) await this.close().catch(() => undefined)
    const account = this.get()
    if ('kind' in account) return account
    const answer = await this.#within(account, make)
    if (answer !== null && !isFailure(answer)) this.#isRefused = false
    if (answer?.kind === 'refused') this.#isRefused = true
    return answer
  }

  async close(): Promise<void> {
    const account = this.#account
    this.#account = null
    await account?.close?.()
  }

  async #within<T>(
    account: Account,
    make: (account: Account, signal: AbortSignal) => Promise<T | Failure> | null,
  ): Promise<T | Failure | null> {
    const ending = new AbortController()
    const timer = setTimeout(() => ending.abort(), this.#withinMs)
    const signal = AbortSignal.any([ending.signal, this.#stopping])
    // An adapter may forget the signal; nothing waits for it then.
    const aborted = new Promise<Failure>((resolve) => {
      const reason = `it does not answer within ${this.#withinMs / 1_000} s`
      signal.addEventListener('abort', () => resolve({ kind: 'temporary', reason }), { once: true })
    })
    try {
      const answer = make(account, signal)
      return answer === null ? null : await Promise.race([answer, aborted])
    } catch (error) {
      return failureOfError(error)
    } finally {
      clearTimeout(timer)
      ending.abort()
    }
  }
}
