import type { Gate } from '@drawbridge/client'
import type { Logger } from '@drawbridge/service-kit'
import type { ConnectorFaults, Task } from './connector-faults.ts'
import { type Failure, isFailure } from './core/failure.ts'
import { waitAfter } from './core/remedies.ts'
import { type Wanted, WantedState } from './core/wanted.ts'
import type { OpenedAccount } from './outbound/opened-account.ts'
import type { Pause } from './pause.ts'
import type { BlockAnswer, FlattenAnswer, UnblockAnswer } from './port.ts'

/** A gate that closes by time alone tells nobody, so it is asked so often. */
const ASK_EVERY_MS = 500
/** What was done is looked at again so often: somebody may have undone it. */
const LOOK_EVERY_MS = 30_000
const LOOK_WHILE_OPEN_EVERY_MS = 300_000
const CLOSING_AGAIN_AFTER_MS = 2_000

export interface ActingLoopParts {
  readonly name: string
  readonly gate: Gate
  readonly account: OpenedAccount
  readonly mayClose: boolean
  readonly dryRun: boolean
  readonly faults: ConnectorFaults
  readonly pause: Pause
  readonly log: Logger
  /** How often what was done is looked at again, milliseconds. */
  readonly lookEveryMs?: number
}

type Blocked = Extract<Wanted, { kind: 'blocked' }>

/** Makes what the gate says true on the other side, and keeps it true. */
export class ActingLoop {
  readonly #parts: ActingLoopParts
  readonly #stopping: AbortSignal
  readonly #state = new WantedState()
  /** When the next call or look is due, by `performance.now()`. */
  #dueAt = 0
  /** No call is made before: the other side asked for patience. */
  #notBefore = 0
  /** What is known to be true on the other side; null: nothing is. */
  #stands: Wanted['kind'] | null = null
  #isFlat = false

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
    while (!this.#stopping.aborted) {
      const now = performance.now()
      if (this.#state.hear(gate.canTrade(), now)) this.#isOther()
      const { wanted } = this.#state
      if (wanted !== null && now >= Math.max(this.#dueAt, this.#notBefore)) {
        const waitMs = await this.#act(wanted)
        this.#dueAt = performance.now() + waitMs
      }
      await pause.wait(ASK_EVERY_MS, this.#stopping)
    }
  }

  /** Something else is wanted: that does not wait for a look or for a next try. */
  #isOther(): void {
    this.#dueAt = 0
    this.#stands = null
    this.#isFlat = false
  }

  /** @returns after how many milliseconds to look again */
  async #act(wanted: Wanted): Promise<number> {
    const { name, gate, dryRun, log } = this.#parts
    if (dryRun) {
      const does = wanted.kind === 'open' ? 'unblock' : wanted.flatten ? 'block and close positions' : 'block'
      if (this.#stands !== wanted.kind) log.info({ connector: name, trader: gate.trader, does }, 'dry run: would act')
      this.#stands = wanted.kind
      return this.#lookEveryMs
    }
    return wanted.kind === 'open' ? this.#unblock() : this.#block(wanted)
  }

  async #unblock(): Promise<number> {
    const answer = await this.#parts.account.call<Exclude<UnblockAnswer, Failure>>(
      (account, signal) => account.unblock?.(signal) ?? null,
    )
    if (answer !== null && isFailure(answer)) return this.#failed('unblock', answer)
    this.#done('open', answer?.changed === true, 'entries are allowed again on the other side')
    return LOOK_WHILE_OPEN_EVERY_MS
  }

  async #block({ request, code, flatten }: Blocked): Promise<number> {
    const answer = await this.#parts.account.call<Exclude<BlockAnswer, Failure>>(
      (account, signal) => account.block?.(request, signal) ?? null,
    )
    if (answer !== null && isFailure(answer)) return this.#failed('block', answer)
    this.#done('blocked', answer?.changed === true, 'entries are blocked on the other side', { code })
    const left = answer === null || answer.until === null ? Number.POSITIVE_INFINITY : answer.until - Date.now()
    const lookAgainMs = Math.max(1_000, Math.min(this.#lookEveryMs, left / 2))
    return flatten ? Math.min(lookAgainMs, await this.#flatten()) : lookAgainMs
  }

  async #flatten(): Promise<number> {
    const { account, mayClose } = this.#parts
    if (this.#isFlat) return this.#lookEveryMs
    if (!mayClose) return this.#failed('flatten', MAY_NOT_CLOSE)
    const answer = await account.call<Exclude<FlattenAnswer, Failure>>((one, signal) => one.flatten?.(signal) ?? null)
    if (answer === null) return this.#failed('flatten', CANNOT_CLOSE)
    if (isFailure(answer)) return this.#failed('flatten', answer)
    this.#parts.faults.done('flatten')
    if (answer.kind === 'closing') return CLOSING_AGAIN_AFTER_MS
    this.#isFlat = true
    this.#parts.log.warn({ connector: this.#parts.name, trader: this.#parts.gate.trader }, 'positions are closed')
    return this.#lookEveryMs
  }

  #failed(task: Task, failure: Failure): number {
    if (task !== 'flatten') this.#stands = null
    const waitMs = waitAfter(failure, this.#parts.faults.failed(task, failure), Math.random())
    if (failure.kind === 'rate-limited') this.#notBefore = performance.now() + waitMs
    return waitMs
  }

  #done(stands: Wanted['kind'], isChanged: boolean, message: string, fields: object = {}): void {
    const { name, gate, faults, log } = this.#parts
    this.#stands = stands
    // What was wanted before is not wanted any more.
    faults.done('block')
    faults.done('unblock')
    if (stands === 'open') faults.done('flatten')
    if (isChanged) log.warn({ connector: name, trader: gate.trader, ...fields }, message)
  }

  get #lookEveryMs(): number {
    return this.#parts.lookEveryMs ?? LOOK_EVERY_MS
  }
}

const MAY_NOT_CLOSE: Failure = {
  kind: 'refused',
  reason:
    'the decision asks to close all positions, and this connector may not: close them yourself, or set "may_close": true',
}
const CANNOT_CLOSE: Failure = {
  kind: 'refused',
  reason: 'the decision asks to close all positions, and this adapter cannot: close them yourself',
}
