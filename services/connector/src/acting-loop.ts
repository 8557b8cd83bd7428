import type { Gate } from '@drawbridge/client'
import type { Instant } from '@drawbridge/contracts'
import type { Logger } from '@drawbridge/service-kit'
import type { ConnectorFaults, Task } from './connector-faults.ts'
import { type Failure, isFailure } from './core/failure.ts'
import type { SharedTask } from './core/other-process.ts'
import { waitAfter } from './core/remedies.ts'
import { type Wanted, WantedState } from './core/wanted.ts'
import { wouldDo } from './core/would-do.ts'
import { Duty } from './duty.ts'
import type { Clock } from './outbound/clock.ts'
import type { OpenedAccount } from './outbound/opened-account.ts'
import type { Pause } from './pause.ts'
import { type BlockAnswer, type FlattenAnswer, stopsEntries, type UnblockAnswer } from './port.ts'

/** A gate that closes by time alone tells nobody, so it is asked so often. */
const ASK_EVERY_MS = 500
/** What was done is looked at again so often: somebody may have undone it. */
const LOOK_EVERY_MS = 30_000
const LOOK_WHILE_OPEN_EVERY_MS = 300_000
const CLOSING_AGAIN_AFTER_MS = 2_000
/** Decisions that change nothing but their end, or that ask to close once more, cost a call in this time at most. */
const SAME_AGAIN_AFTER_MS = 5_000
/** Positions are closed after entries are blocked, so that none are opened in between; but no block is waited for longer. */
const BLOCK_FIRST_MS = 2_000

export interface ActingLoopParts {
  readonly gate: Pick<Gate, 'canTrade' | 'onNewest'>
  readonly account: OpenedAccount
  readonly mayClose: boolean
  readonly dryRun: boolean
  readonly faults: ConnectorFaults
  readonly clock: Clock
  /** Whether it is ours to do now. */
  readonly may: (task: SharedTask) => boolean
  readonly pause: Pause
  /** Its lines name the connector and the trader. */
  readonly log: Logger
}

type Blocked = Extract<Wanted, { kind: 'blocked' }>

/**
 * Makes what the gate says true on the other side, and keeps it true. Entries are one duty, and closing positions is another:
 * neither waits for the other one where that fails.
 */
export class ActingLoop {
  readonly #parts: ActingLoopParts
  readonly #stopping: AbortSignal
  readonly #state = new WantedState()
  readonly #entries = new Duty(() => this.#settleEntries())
  readonly #closing = new Duty(() => this.#settlePositions())
  /** What is known to be true on the other side; null: nothing is. */
  #stands: Wanted['kind'] | null = null
  /** What a dry run said last; null: nothing yet. */
  #said: string | null = null
  /** Counts what was wanted. */
  #decision = 0
  /** For which decision all positions are closed; null: for none. */
  #flatFor: number | null = null
  /** Whether the block that is wanted was tried, well or not. */
  #isBlockTried = false
  #blockWantedAt = 0

  constructor(parts: ActingLoopParts, stopping: AbortSignal) {
    this.#parts = parts
    this.#stopping = stopping
  }

  get wanted(): Wanted | null {
    return this.#state.wanted
  }

  /** How the other side stands, as far as is known. */
  get stands(): Wanted['kind'] | null {
    return this.#stands
  }

  async run(): Promise<void> {
    const { gate, pause } = this.#parts
    gate.onNewest(() => pause.wake())
    try {
      while (!this.#stopping.aborted) {
        const before = this.#state.wanted
        if (this.#state.hear(gate.canTrade(), performance.now())) this.#isOther(before)
        if (this.#state.wanted !== null) {
          this.#entries.turn()
          this.#closing.turn()
        }
        await pause.wait(ASK_EVERY_MS, this.#stopping)
      }
    } finally {
      await Promise.all([this.#entries.ended(), this.#closing.ended()])
    }
  }

  /** Tries at once what could not be done, as with a new key. */
  tryAgain(): void {
    this.#entries.ask()
    this.#closing.ask()
    this.#parts.pause.wake()
  }

  /** Something else is wanted: that does not wait for a look or for a next try. */
  #isOther(before: Wanted | null): void {
    const isTurned = before?.kind !== this.#state.wanted?.kind
    if (isTurned) {
      this.#stands = null
      this.#isBlockTried = false
      this.#blockWantedAt = performance.now()
    }
    this.#decision += 1
    this.#entries.ask(isTurned ? 0 : SAME_AGAIN_AFTER_MS)
    this.#closing.ask(isTurned || !isFlattening(before) ? 0 : SAME_AGAIN_AFTER_MS)
  }

  /** @returns after how many milliseconds to look again */
  async #settleEntries(): Promise<number> {
    const { wanted } = this.#state
    if (wanted === null) return ASK_EVERY_MS
    if (this.#parts.dryRun) return this.#wouldAct(wanted)
    if (!this.#parts.may(wanted.kind === 'open' ? 'unblock' : 'block')) return this.#leaveEntries()
    if (wanted.kind === 'open') return this.#unblock()
    try {
      return await this.#block(wanted)
    } finally {
      this.#isBlockTried = true
      this.#parts.pause.wake()
    }
  }

  /** Nothing is known of how the other side stands then, as nothing is done there. */
  #wouldAct(wanted: Wanted): number {
    const { account: opened, mayClose, log } = this.#parts
    const account = opened.get()
    const { does, cannot } =
      'kind' in account
        ? { does: 'nothing', cannot: account.reason }
        : wouldDo(wanted, { stopsEntries: stopsEntries(account), closes: account.flatten !== undefined, mayClose })
    const code = wanted.kind === 'open' ? null : wanted.code
    const said = JSON.stringify([does, cannot, code])
    if (said !== this.#said) {
      const reason = wanted.kind === 'open' ? null : wanted.request.reason
      log.info({ does, cannot, code, reason }, 'dry run: would act')
    }
    this.#said = said
    return LOOK_EVERY_MS
  }

  /** Another process does it, or nobody knows yet whether one does. */
  #leaveEntries(): number {
    const { faults } = this.#parts
    this.#stands = null
    // Once it is ours, positions are closed after entries are blocked.
    this.#isBlockTried = false
    this.#blockWantedAt = performance.now()
    faults.done('block')
    faults.done('unblock')
    return ASK_EVERY_MS
  }

  async #unblock(): Promise<number> {
    const answer = await this.#parts.account.call<Exclude<UnblockAnswer, Failure>>(
      (account, signal) => account.unblock?.(signal) ?? null,
    )
    if (answer !== null && isFailure(answer)) return this.#failedToSettle('unblock', answer)
    this.#done('open', answer?.changed === true, 'entries are allowed again on the other side')
    return LOOK_WHILE_OPEN_EVERY_MS
  }

  async #block({ request, code }: Blocked): Promise<number> {
    const answer = await this.#parts.account.call<Exclude<BlockAnswer, Failure>>(
      (account, signal) => account.block?.(request, signal) ?? null,
    )
    if (answer !== null && isFailure(answer)) return this.#failedToSettle('block', answer)
    this.#done('blocked', answer?.changed === true, 'entries are blocked on the other side', { code })
    // What was entered before the block came true is closed, too.
    if (answer?.changed === true && this.#flatFor === this.#decision) this.#closing.ask()
    return answer === null || answer.until === null ? LOOK_EVERY_MS : this.#renewAfterMs(answer.until)
  }

  /** In good time before the lock ends; where it has ended already by our clock, the clocks differ. */
  #renewAfterMs(until: Instant): number {
    const leftMs = until - this.#parts.clock.latest()
    return leftMs <= 0 ? SAME_AGAIN_AFTER_MS : Math.max(1_000, Math.min(LOOK_EVERY_MS, leftMs / 2))
  }

  #failedToSettle(task: 'block' | 'unblock', failure: Failure): number {
    this.#stands = null
    return this.#failed(task, failure, this.#entries)
  }

  /** @returns after how many milliseconds to look again */
  async #settlePositions(): Promise<number> {
    const { account, mayClose, dryRun, may, faults, log } = this.#parts
    const { wanted } = this.#state
    const decision = this.#decision
    if (dryRun) return LOOK_EVERY_MS
    if (!isFlattening(wanted)) {
      faults.done('flatten')
      return LOOK_EVERY_MS
    }
    if (!may('flatten')) {
      faults.done('flatten')
      return ASK_EVERY_MS
    }
    if (!this.#isBlockTried && performance.now() - this.#blockWantedAt < BLOCK_FIRST_MS) return 0
    if (!mayClose) return this.#failed('flatten', MAY_NOT_CLOSE, this.#closing)
    const answer = await account.call<Exclude<FlattenAnswer, Failure>>((one, signal) => one.flatten?.(signal) ?? null)
    if (answer === null) return this.#failed('flatten', CANNOT_CLOSE, this.#closing)
    if (isFailure(answer)) return this.#failed('flatten', answer, this.#closing)
    faults.done('flatten')
    if (answer.kind === 'closing') {
      this.#flatFor = null
      return CLOSING_AGAIN_AFTER_MS
    }
    if (this.#flatFor !== decision) log.warn('positions are closed')
    this.#flatFor = decision
    return LOOK_EVERY_MS
  }

  #failed(task: Task, failure: Failure, duty: Duty): number {
    const waitMs = waitAfter(failure, this.#parts.faults.failed(task, failure), Math.random(), 'control')
    if (failure.kind === 'rate-limited') duty.waitFor(waitMs)
    return waitMs
  }

  #done(stands: Wanted['kind'], isChanged: boolean, message: string, fields: object = {}): void {
    const { faults, log } = this.#parts
    this.#stands = stands
    // What was wanted before is not wanted any more.
    faults.done('block')
    faults.done('unblock')
    if (isChanged) log.warn(fields, message)
  }
}

function isFlattening(wanted: Wanted | null): boolean {
  return wanted?.kind === 'blocked' && wanted.flatten
}

const MAY_NOT_CLOSE: Failure = {
  kind: 'refused',
  reason:
    'the decision asks to close all positions, and this connector may not: close them yourself, or set "may_close": true',
  advice: 'close them yourself; to have it done from now on, set "may_close": true and restart the connector service',
}
const CANNOT_CLOSE: Failure = {
  kind: 'refused',
  reason: 'the decision asks to close all positions, and this adapter cannot: close them yourself',
  advice: 'close them yourself, at the exchange or with the bot',
}
