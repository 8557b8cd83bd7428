import { randomUUID } from 'node:crypto'
import type { Outbox } from '@drawbridge/client'
import { type Instant, toJsonBytes } from '@drawbridge/contracts'
import { aborted, type Logger } from '@drawbridge/service-kit'
import type { ConnectorFaults } from './connector-faults.ts'
import { type Failure, isFailure } from './core/failure.ts'
import type { SharedTask } from './core/other-process.ts'
import { waitAfter } from './core/remedies.ts'
import { faultOf, isReportDue, type Reported, tickOf } from './core/report-due.ts'
import type { Clock } from './outbound/clock.ts'
import type { OpenedAccount } from './outbound/opened-account.ts'
import type { Pause } from './pause.ts'
import type { ReadAnswer, Reading } from './port.ts'

/** A decision that waits for another reading gets one so soon, as far as the limits of the other side allow. */
const READ_IN_DOUBT_EVERY_MS = 1_000
/** While another process reads, it is asked so often whether that still does. */
const ASK_EVERY_MS = 500

type Sends = Pick<Outbox, 'send'>

export interface ReadingLoopParts {
  /** Null in a dry run. Nothing is read before it is there. */
  readonly outbox: Promise<Sends> | null
  readonly account: OpenedAccount
  readonly everyMs: number
  /** A tick is sent at least so often. */
  readonly atLeastEveryMs: number
  /** The account's, if it is configured. */
  readonly currency: string | null
  readonly faults: ConnectorFaults
  readonly clock: Clock
  /** Whether it is ours to do now. */
  readonly may: (task: SharedTask) => boolean
  /** Whether the newest decision waits for another reading, which may say the same once more. */
  readonly isInDoubt: () => boolean
  readonly pause: Pause
  /** Its lines name the connector and the trader. */
  readonly log: Logger
}

/** Reads the equity again and again, and reports what can be used. What cannot is no tick: a silent account is noticed. */
export class ReadingLoop {
  readonly #parts: ReadingLoopParts
  readonly #stopping: AbortSignal
  /** Names the owner of the sequence: another process begins another one. */
  #run = newRun()
  #seq = 0
  #reported: Reported | null = null
  #readings = 0
  #last: { readonly reading: Reading; readonly at: Instant } | null = null
  /** By `performance.now()`. */
  #readAt = performance.now()

  constructor(parts: ReadingLoopParts, stopping: AbortSignal) {
    this.#parts = parts
    this.#stopping = stopping
  }

  /** The newest usable reading, and when it was read; null: there was none yet. */
  get last(): { readonly reading: Reading; readonly at: Instant } | null {
    return this.#last
  }

  /** How old it is, or how long there has been none, milliseconds. */
  get ageMs(): number {
    return performance.now() - this.#readAt
  }

  /** How many readings could be used. */
  get readings(): number {
    return this.#readings
  }

  /** Begins another sequence, which counts after one of another process. */
  beginAnotherRun(): void {
    if (this.#seq === 0) return
    this.#run = newRun()
    this.#seq = 0
    this.#reported = null
  }

  async run(): Promise<void> {
    const { faults, may, pause, outbox: opening } = this.#parts
    const outbox = await Promise.race([opening, aborted(this.#stopping)])
    while (!this.#stopping.aborted) {
      if (!may('read')) {
        this.beginAnotherRun()
        faults.done('read')
        await pause.wait(ASK_EVERY_MS, this.#stopping)
        continue
      }
      const failure = await this.#readOnce(outbox)
      if (this.#stopping.aborted) return
      if (failure === null) {
        faults.done('read')
        await this.#untilDue()
      } else {
        await pause.wait(waitAfter(failure, faults.failed('read', failure), Math.random(), 'read'), this.#stopping)
      }
    }
  }

  /** The decision on a reading comes after it, so it is looked at while we wait. */
  async #untilDue(): Promise<void> {
    const { everyMs, atLeastEveryMs, isInDoubt, pause } = this.#parts
    const endsAt = performance.now() + Math.min(everyMs, atLeastEveryMs)
    for (let leftMs = endsAt - performance.now(); leftMs > 0; leftMs = endsAt - performance.now()) {
      const isWoken = await pause.wait(Math.min(leftMs, READ_IN_DOUBT_EVERY_MS), this.#stopping)
      if (isWoken || isInDoubt()) return
    }
  }

  /** Null: it was read, or is not ours any more. */
  async #readOnce(outbox: Sends | null): Promise<Failure | null> {
    const answer = await this.#parts.account.call<Exclude<ReadAnswer, Failure>>((account, signal) =>
      account.readEquity(signal),
    )
    if (answer === null || isFailure(answer)) return answer
    if (!this.#parts.may('read')) return null
    const fault = faultOf(answer.reading, this.#parts.clock.opinions(), this.#parts.currency)
    if (fault !== null) return this.#parts.account.told({ kind: 'unusable', reason: fault })
    this.#readings += 1
    this.#last = { reading: answer.reading, at: Date.now() }
    this.#readAt = performance.now()
    this.#report(answer.reading, outbox)
    return null
  }

  #report(reading: Reading, outbox: Sends | null): void {
    const { atLeastEveryMs, isInDoubt, log } = this.#parts
    const now = performance.now()
    if (!isReportDue(reading, this.#reported, now, atLeastEveryMs, isInDoubt())) return
    this.#reported = { reading, at: now }
    this.#seq += 1
    const tick = tickOf(reading, this.#seq, this.#run)
    if (outbox === null) {
      log.info({ equity: tick.equity }, 'dry run: would report the equity')
      return
    }
    const { equity, balance = null, netDeposits = null, currency } = reading
    outbox.send(toJsonBytes(tick), { equity, balance, netDeposits, currency }, '')
  }
}

function newRun(): string {
  return `connector:${randomUUID()}`
}
