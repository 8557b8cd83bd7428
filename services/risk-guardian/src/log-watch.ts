import { setTimeout as delay } from 'node:timers/promises'
import { decodeSettled, riskLogDamage, type StreamSight, streams, subjects } from '@drawbridge/contracts'
import { findUnreadable, lastMessage } from '@drawbridge/nats'
import type { Logger } from '@drawbridge/service-kit'
import type { JetStreamManager } from '@nats-io/jetstream'
import { RiskLogDamagedError } from './risk-log-damage.ts'

const LOOK_EVERY_MS = 1_000
/** A node that has just come to lead its stream may not have applied all that it holds. */
const EARLY_END_LASTS_MS = 1_000

interface LogWatchOptions {
  readonly manager: JetStreamManager
  readonly stopping: AbortSignal
  readonly log: Logger
}

/** Whether the risk log is whole, and how long to wait where it is not. */
export class LogWatch {
  readonly #options: LogWatchOptions
  #damaged: RiskLogDamagedError | null = null
  #knownSeq = 0
  /** Since when the log is seen to end too early, of `performance.now()`; null: it does not. */
  #endsEarlySince: number | null = null

  constructor(options: LogWatchOptions) {
    this.#options = options
  }

  /** Why nothing is decided; null: the log is whole as far as is known. */
  get damaged(): RiskLogDamagedError | null {
    return this.#damaged
  }

  /** A message up to which the log is known to reach. */
  get knownSeq(): number {
    return this.#knownSeq
  }

  /** The log holds the message of this stream sequence. */
  knows(seq: number): void {
    if (seq > this.#knownSeq) this.#knownSeq = seq
  }

  /** Damage that was found elsewhere than in the state of the stream. */
  found(damaged: RiskLogDamagedError): void {
    this.#damaged = damaged
  }

  /**
   * Takes what was seen of the stream.
   * @param knownSeq as it was before the look
   * @returns false where an end that came too early must be seen again, a second after the first time
   * @throws {RiskLogDamagedError}
   */
  check(sight: StreamSight, knownSeq: number): boolean {
    const damage = riskLogDamage(sight, knownSeq)
    const now = performance.now()
    this.#endsEarlySince = damage?.kind === 'ends-early' ? (this.#endsEarlySince ?? now) : null
    if (damage === null) return true
    if (this.#endsEarlySince !== null && now - this.#endsEarlySince < EARLY_END_LASTS_MS) return false
    throw new RiskLogDamagedError(damage)
  }

  /**
   * Resolves when the log is whole; at once where it is. After damage it also waits until an adoption has ended.
   * @param onDamaged called when it is to wait
   */
  async untilWhole(onDamaged: () => void): Promise<void> {
    const { manager, stopping } = this.#options
    const damage = riskLogDamage(await manager.streams.info(streams.risk))
    if (damage === null) return
    this.#say(new RiskLogDamagedError(damage))
    onDamaged()
    await this.#until(async () => {
      const still = riskLogDamage(await manager.streams.info(streams.risk))
      if (still === null) return this.#isUsable()
      this.#damaged = new RiskLogDamagedError(still)
      return false
    })
    if (stopping.aborted) return
    this.#options.log.info('the risk log is mended')
    this.#damaged = null
  }

  /**
   * Resolves when a log can be judged by again, by a guardian that starts: what this one knows is of the damaged one.
   * @param created when the damaged log was created
   */
  async untilMended(created: string, damaged: RiskLogDamagedError): Promise<void> {
    this.#say(damaged)
    const { manager } = this.#options
    await this.#until(async () => {
      const sight = await manager.streams.info(streams.risk)
      if (riskLogDamage(sight) !== null) return false
      if (sight.created !== created) return this.#isUsable()
      if (damaged.damage.kind === 'unreadable') return (await findUnreadable(manager, streams.risk)) === null
      // By growing again it gets back nothing of what is known here.
      return damaged.damage.kind === 'missing' || damaged.damage.kind === 'sealed'
    })
  }

  #say(damaged: RiskLogDamagedError): void {
    this.#damaged = damaged
    this.#options.log.error({ err: damaged }, 'nothing is decided until the risk log is mended')
  }

  async #until(isSo: () => Promise<boolean>): Promise<void> {
    const { stopping } = this.#options
    while (!stopping.aborted) {
      await delay(LOOK_EVERY_MS, undefined, { signal: stopping }).catch(() => undefined)
      // While it is made again there is no stream, and while NATS is away no answer.
      if (await isSo().catch(() => false)) return
    }
  }

  /** Whether the log says what it is bound to, and holds all that was to be carried over. */
  async #isUsable(): Promise<boolean> {
    const last = await lastMessage(this.#options.manager, streams.risk, subjects.config('settled'))
    if (last === null) return false
    const event = decodeSettled(last.data)
    return event.ok && event.value.adopting !== true
  }
}
