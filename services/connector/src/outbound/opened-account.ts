import { setTimeout as delay } from 'node:timers/promises'
import { allConcealed, concealed } from '../core/concealed.ts'
import { type Failure, isFailure } from '../core/failure.ts'
import { failureOfError } from '../core/known-errors.ts'
import type { Account, Examination, InboundAnswer, InboundMessage } from '../port.ts'
import { SecretFileError } from './secret-file.ts'

/** A call that takes longer is abandoned. */
export const CALL_WITHIN_MS = 45_000
const CLOSE_WITHIN_MS = 5_000
/** So many secrets are known at most, with those that were replaced: an answer to the last call may still tell them. */
const KNOWN_MAX = 40

/** The secrets of a connector by name, as their files have them. */
export type Secrets = Readonly<Record<string, string>>

export interface Opening {
  /** May throw, for example where a file cannot be read. */
  readonly readSecrets: () => Secrets
  /** May throw. */
  readonly open: (secrets: Secrets) => Account
  /** What else is secret, as the password in an address of the settings. */
  readonly alsoSecret: readonly string[]
}

interface Opened {
  readonly account: Account
  readonly secrets: Secrets
}

/**
 * Holds the account of a connector open. It is opened again once a secret is another one in its file, and after a refusal,
 * so that a new key counts without a restart. No text that leaves it has a secret.
 */
export class OpenedAccount {
  readonly #opening: Opening
  readonly #stopping: AbortSignal
  readonly #withinMs: number
  readonly #known: Set<string>
  #opened: Opened | null = null
  #closing: Promise<void> = Promise.resolve()
  /** The other side refused the key that was read last. */
  #isRefused = false

  constructor(opening: Opening, stopping: AbortSignal, withinMs = CALL_WITHIN_MS) {
    this.#opening = opening
    this.#stopping = stopping
    this.#withinMs = withinMs
    this.#known = new Set(opening.alsoSecret)
  }

  /** The account; a failure where it cannot be opened. */
  get(): Account | Failure {
    if (this.#opened !== null) return this.#opened.account
    try {
      const secrets = this.#opening.readSecrets()
      this.#know(secrets)
      this.#opened = { account: this.#opening.open(secrets), secrets }
      return this.#opened.account
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return this.told({
        kind: 'refused',
        reason,
        ...(error instanceof SecretFileError ? { advice: error.advice } : {}),
      })
    }
  }

  /** Whether a file has another secret than the one that is used. A file that cannot be read is about to be replaced. */
  hasNewSecrets(): boolean {
    if (this.#opened === null) return false
    try {
      return !isSame(this.#opened.secrets, this.#opening.readSecrets())
    } catch {
      return false
    }
  }

  /** Calls the account. Whatever goes wrong is a failure, and never an exception. */
  async call<T extends { readonly kind: string }>(
    make: (account: Account, signal: AbortSignal) => Promise<T | Failure> | null,
  ): Promise<T | Failure | null> {
    this.#renew()
    // Two of one account at once may be more than the other side allows.
    await this.#closing
    const account = this.get()
    if ('kind' in account) return account
    const answer = await this.#within(account, make)
    if (answer !== null && !isFailure(answer)) this.#isRefused = false
    if (answer?.kind === 'refused') this.#isRefused = true
    return answer !== null && isFailure(answer) ? this.told(answer) : answer
  }

  /** What the other side tells of itself, for people; null: the adapter asks for nothing. */
  async examine(): Promise<Examination | Failure | null> {
    const answer = await this.call<{ readonly kind: 'told'; readonly told: Examination }>(({ examine }, signal) =>
      examine === undefined ? null : examine(signal).then((told) => ('kind' in told ? told : { kind: 'told', told })),
    )
    return answer === null || isFailure(answer) ? answer : allConcealed(answer.told, this.#known)
  }

  /** Takes what the other side sends; null: it sends nothing, or the account cannot be opened. */
  get receiver(): ((message: InboundMessage) => Promise<InboundAnswer>) | null {
    this.#renew()
    const account = this.get()
    if ('kind' in account || account.receive === undefined) return null
    const { receive } = account
    return async (message) => {
      const { status, body } = await receive(message)
      return { status, body: allConcealed(body, this.#known) }
    }
  }

  /** Returns once it is closed. It can be opened again. */
  async close(): Promise<void> {
    this.#retire()
    await this.#closing
  }

  #renew(): void {
    if (this.#isRefused || this.hasNewSecrets()) this.#retire()
  }

  #retire(): void {
    const opened = this.#opened
    this.#opened = null
    this.#isRefused = false
    if (opened === null) return
    this.#closing = this.#closing.then(() => closed(opened.account))
  }

  #know(secrets: Secrets): void {
    for (const secret of Object.values(secrets)) {
      this.#known.delete(secret)
      this.#known.add(secret)
    }
    for (const secret of this.#known) {
      if (this.#known.size <= KNOWN_MAX) return
      if (!this.#opening.alsoSecret.includes(secret)) this.#known.delete(secret)
    }
  }

  /** The failure without secrets. */
  told(failure: Failure): Failure {
    const { reason, advice } = failure
    return {
      ...failure,
      reason: concealed(reason, this.#known),
      ...(advice === undefined ? {} : { advice: concealed(advice, this.#known) }),
    }
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

/** Returns once it is closed, or cannot be: nothing waits for it then. */
async function closed(account: Account): Promise<void> {
  const waiting = new AbortController()
  const late = delay(CLOSE_WITHIN_MS, undefined, { signal: waiting.signal, ref: false })
  await Promise.race([late, Promise.resolve(account).then((one) => one.close?.())]).catch(() => undefined)
  waiting.abort()
  await late.catch(() => undefined)
}

function isSame(one: Secrets, other: Secrets): boolean {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
}
