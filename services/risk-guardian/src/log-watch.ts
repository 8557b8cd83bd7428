import { setTimeout as delay } from 'node:timers/promises'
import { decodeSettled, riskLogDamage, type SettledEvent, streams, subjects } from '@drawbridge/contracts'
import { findUnreadable, type LogIdentity, lastMessage } from '@drawbridge/nats'
import type { Logger } from '@drawbridge/service-kit'
import type { JetStreamManager, StreamState } from '@nats-io/jetstream'
import { RiskLogDamagedError, RiskLogRefusedError } from './log-errors.ts'

const LOOK_EVERY_MS = 1_000
/** A node that has just become the leader of its stream may not have applied all that it holds. */
const EARLY_END_LASTS_MS = 1_000

interface LogWatchOptions {
  readonly manager: JetStreamManager
  readonly stopping: AbortSignal
  readonly log: Logger
}

/** Which risk log this guardian uses, what that log says it is bound to, and whether it is whole. */
export class LogWatch implements LogIdentity {
  readonly #options: LogWatchOptions
  #created = ''
  #state: StreamState | null = null
  #allowsBatches = false
  #bound: SettledEvent | null = null
  #damaged: RiskLogDamagedError | null = null
  #knownSeq = 0
  /** Since when the log appears to end too early, by `performance.now()`; null: it does not. */
  #endsEarlySince: number | null = null

  constructor(options: LogWatchOptions) {
    this.#options = options
  }

  /** When the risk log was created; empty before the first look. */
  get created(): string {
    return this.#created
  }

  /** RISK at the last look; null before the first one. */
  get state(): StreamState | null {
    return this.#state
  }

  /** Whether RISK takes several messages at once; one that an older version made may not. */
  get allowsBatches(): boolean {
    return this.#allowsBatches
  }

  /** What the log says it is bound to; null: nothing, like logs of old guardians. */
  get bound(): SettledEvent | null {
    return this.#bound
  }

  /** The sequence of an input is that of the stream plus this. */
  get inputsOffset(): number {
    return this.#bound?.inputsOffset ?? 0
  }

  /** When the logs were created that this one continues, the last one first. */
  get continues(): readonly string[] {
    return this.#bound?.continues ?? []
  }

  /** Why nothing is decided; null: the log is whole as far as is known. */
  get damaged(): RiskLogDamagedError | null {
    return this.#damaged
  }

  /** The newest message that the log is known to hold. */
  get knownSeq(): number {
    return this.#knownSeq
  }

  /** The log holds the message with this stream sequence. */
  knows(seq: number): void {
    if (seq > this.#knownSeq) this.#knownSeq = seq
  }

  /**
   * Looks at RISK.
   * @returns false if it may be damaged, which a look a second after the first such one decides
   * @throws {RiskLogRefusedError} if it is another log than at the first look
   * @throws {RiskLogDamagedError}
   */
  async look(): Promise<boolean> {
    const knownSeq = this.#knownSeq
    const info = await this.#options.manager.streams.info(streams.risk)
    const { created, state } = info
    if (this.#created === '') this.#created = created
    this.#state = state
    this.#allowsBatches = info.config.allow_atomic === true
    if (created !== this.#created) {
      throw new RiskLogRefusedError(
        `RISK was recreated at ${created}; this guardian goes by the one created at ${this.#created}. Start it again ` +
          'when RISK is restored from its backup, or adopted with: npm run drawbridge -- adopt-log',
      )
    }
    const damage = riskLogDamage(info, knownSeq)
    const now = performance.now()
    this.#endsEarlySince = damage?.kind === 'ends-early' ? (this.#endsEarlySince ?? now) : null
    if (damage === null) return true
    if (this.#endsEarlySince !== null && now - this.#endsEarlySince < EARLY_END_LASTS_MS) return false
    throw new RiskLogDamagedError(damage)
  }

  /** Takes over what the log says it is bound to. @throws {RiskLogRefusedError} while it is being adopted */
  hear(event: SettledEvent): void {
    if (event.adopting === true) {
      throw new RiskLogRefusedError(
        `RISK, created ${this.#created}, takes the place of a log that was lost, and does not hold all of it yet: ` +
          'run npm run drawbridge -- adopt-log to its end',
      )
    }
    this.#bound = event
  }

  /**
   * To be called when all that the log held has been heard. A log that does not say what it is bound to comes from an old
   * guardian, or replaces a lost log; a guardian that knew the lost log may have written into it already.
   * @param firstInputAt when the first input that INPUTS holds was stored, RFC 3339
   * @throws {RiskLogRefusedError} if nobody may judge by it
   */
  checkUsable(firstInputAt: string): void {
    if (this.#bound !== null) return
    const { last_seq: lastSeq = 0 } = this.#state ?? {}
    if (lastSeq > 0 && !(Date.parse(firstInputAt) < Date.parse(this.#created))) return
    throw new RiskLogRefusedError(
      `RISK, created ${this.#created}, is not made from the inputs of before: every trader would start over, paused ones too. ` +
        'Restore RISK from its backup, or adopt it with: npm run drawbridge -- adopt-log',
    )
  }

  /**
   * Resolves when the log is whole, at once if it is. After damage it also waits until an adoption has ended.
   * @param onDamaged called before it waits
   */
  async untilWhole(onDamaged: () => void): Promise<void> {
    const { manager, stopping, log } = this.#options
    const damage = riskLogDamage(await manager.streams.info(streams.risk))
    if (damage === null) return
    this.#reportDamage(new RiskLogDamagedError(damage))
    onDamaged()
    await this.#until(async () => {
      const still = riskLogDamage(await manager.streams.info(streams.risk))
      if (still === null) return this.#isUsable()
      this.#damaged = new RiskLogDamagedError(still)
      return false
    })
    if (stopping.aborted) return
    log.info('the risk log is repaired')
    this.#damaged = null
  }

  /** Resolves when a guardian that starts can judge by the log again: this one knows the damaged log. */
  async untilRepaired(damaged: RiskLogDamagedError): Promise<void> {
    this.#reportDamage(damaged)
    const { manager } = this.#options
    await this.#until(async () => {
      const info = await manager.streams.info(streams.risk)
      if (riskLogDamage(info) !== null) return false
      if (info.created !== this.#created) return this.#isUsable()
      if (damaged.damage.kind === 'unreadable') return (await findUnreadable(manager, streams.risk)) === null
      // A log that ended too early and grows again does not get back what is known here.
      return damaged.damage.kind === 'missing' || damaged.damage.kind === 'sealed'
    })
  }

  #reportDamage(damaged: RiskLogDamagedError): void {
    this.#damaged = damaged
    this.#options.log.error({ err: damaged }, 'nothing is decided until the risk log is repaired')
  }

  async #until(isSo: () => Promise<boolean>): Promise<void> {
    const { stopping } = this.#options
    while (!stopping.aborted) {
      await delay(LOOK_EVERY_MS, undefined, { signal: stopping }).catch(() => undefined)
      // While the stream is being recreated there is none, and while NATS is away no answer.
      if (await isSo().catch(() => false)) return
    }
  }

  /** Whether the log says what it is bound to, and holds all that an adoption carries over. */
  async #isUsable(): Promise<boolean> {
    const last = await lastMessage(this.#options.manager, streams.risk, subjects.config('settled'))
    const event = last === null ? null : decodeSettled(last.data)
    return event?.ok === true && event.value.adopting !== true
  }
}
