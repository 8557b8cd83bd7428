import { formatInstant, type Instant } from '@drawbridge/contracts'
import { type Failure, isFailure } from '../../core/failure.ts'
import type { BlockAnswer, BlockRequest, UnblockAnswer } from '../../port.ts'
import { type FreqtradeApi, type Read, readAnswer } from './freqtrade-api.ts'
import { type Lock, locksIn } from './read-shapes.ts'

/** Its database has room for so many characters. */
const REASON_MAX = 255
const ALL = '*'

/**
 * Blocks entries by a lock of all pairs, which freqtrade keeps over a restart. A lock has an end, so it is renewed in good
 * time; freqtrade rounds the end up to its next candle, and makes one more lock each time it is asked. Only locks whose
 * reason begins with our marker are ours.
 */
export class Locks {
  readonly #api: FreqtradeApi
  readonly #marker: string
  readonly #lockMs: number

  constructor(api: FreqtradeApi, marker: string, lockMs: number) {
    this.#api = api
    this.#marker = marker
    this.#lockMs = lockMs
  }

  async block({ reason }: BlockRequest, now: Instant, signal: AbortSignal): Promise<BlockAnswer> {
    const standing = await this.#own(signal)
    if (isFailure(standing)) return standing
    const [longest, ...others] = standing.value
    if (longest !== undefined && longest.endsAt - now > this.#lockMs / 2) {
      return this.#without(others, { kind: 'blocked', until: longest.endsAt, changed: false }, signal)
    }
    const added = await this.#add(reason, now + this.#lockMs, signal)
    if (isFailure(added)) return added
    const [lock, ...older] = added.value
    if (lock === undefined || lock.endsAt < now + this.#lockMs) {
      return { kind: 'unusable', reason: 'it answers as if the lock were set, and does not list it' }
    }
    return this.#without(older, { kind: 'blocked', until: lock.endsAt, changed: true }, signal)
  }

  async unblock(signal: AbortSignal): Promise<UnblockAnswer> {
    const standing = await this.#own(signal)
    if (isFailure(standing)) return standing
    const changed = standing.value.length > 0
    return this.#without(standing.value, { kind: 'unblocked', changed }, signal)
  }

  /** Ours, the one that ends last first. */
  async #own(signal: AbortSignal): Promise<Read<readonly Lock[]> | Failure> {
    return this.#ours(await this.#api.get('/locks', locksIn, signal, 'act'))
  }

  async #add(reason: string, until: Instant, signal: AbortSignal): Promise<Read<readonly Lock[]> | Failure> {
    const text = `${this.#marker} ${reason}`.slice(0, REASON_MAX)
    const body = [{ pair: ALL, side: ALL, until: formatInstant(until), reason: text }]
    return this.#ours(
      readAnswer(await this.#api.call('POST', '/locks', signal, { kind: 'act', body }), '/locks', locksIn),
    )
  }

  #ours(read: Read<readonly Lock[]> | Failure): Read<readonly Lock[]> | Failure {
    if (isFailure(read)) return read
    const own = read.value.filter(({ pair, reason }) => pair === ALL && this.#isOurs(reason))
    return { kind: 'read', value: own.sort((a, b) => b.endsAt - a.endsAt) }
  }

  #isOurs(reason: string): boolean {
    // Not of drawbridge:bot10, where we are drawbridge:bot1.
    return reason === this.#marker || reason.startsWith(`${this.#marker} `)
  }

  /** The answer, once these locks are gone. */
  async #without<T>(locks: readonly Lock[], answer: T, signal: AbortSignal): Promise<T | Failure> {
    for (const { id } of locks) {
      const left = readAnswer(
        await this.#api.call('DELETE', `/locks/${id}`, signal, { kind: 'act' }),
        '/locks',
        locksIn,
      )
      if (isFailure(left)) return left
      if (left.value.some((lock) => lock.id === id)) {
        return { kind: 'unusable', reason: `it answers as if lock ${id} were deleted, and still lists it` }
      }
    }
    return answer
  }
}
