import { Gate, type Outbox } from '@drawbridge/client'
import {
  DEFAULT_LIMITS,
  decodeTick,
  equityTick,
  type LimitOverrides,
  parseAmount,
  type RiskEvent,
  subjects,
  type Tick,
  type TraderControl,
  type TraderId,
} from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION, decide, INITIAL_STATE, resolve } from '@drawbridge/risk-engine'
import { vi } from 'vitest'
import { SumReporter } from '../src/sum-reporter.ts'

const LEASE_MS = 3_600_000
export const SETTLE_MS = 5_000
/** Longer than any process leaves the samples to another. */
export const STANDBY_MS = 1_500

interface SceneOptions {
  readonly members?: readonly TraderId[]
  readonly settleMs?: number
  /** How many trader services there are. */
  readonly processes?: number
  /** How much later each of them hears decisions; at once if not given. */
  readonly lags?: readonly number[]
  readonly limits?: LimitOverrides
  readonly currencies?: Readonly<Record<TraderId, string>>
}

/** A trader service, as far as it reports the sum. */
interface Process {
  readonly gates: ReadonlyMap<TraderId, Gate>
  readonly sum: SumReporter
  isRunning: boolean
}

/**
 * A group "desk", judged by the real rules at once, on the time of fake timers. What one process reports, all of them hear, as
 * with a real log.
 */
export class GroupScene {
  /** Every tick that a process has sent for the group, in order. */
  readonly sent: Tick[] = []
  /** Every decision on the group, in order. */
  readonly decisions: RiskEvent[] = []
  readonly members: readonly TraderId[]
  readonly processes: Process[] = []
  readonly #options: SceneOptions
  readonly #newest = new Map<TraderId, RiskEvent>()
  #inputSeq = 0
  #queue: (() => void)[] = []
  #isDelivering = false

  constructor(options: SceneOptions = {}) {
    this.#options = options
    this.members = options.members ?? ['bot1', 'bot2']
    for (let index = 0; index < (options.processes ?? 1); index += 1) this.start()
  }

  /** Starts one more process, with these members if they are others than before. */
  start(members = this.members): Process {
    const { settleMs = SETTLE_MS, currencies = {} } = this.#options
    const gates = new Map([...new Set([...this.members, ...members, 'desk'])].map((id) => [id, gateOf(id)]))
    const desk = known(gates, 'desk')
    const sum = new SumReporter({
      gate: desk,
      outbox: { send: (payload: Uint8Array) => this.#send(desk, payload) } as unknown as Outbox,
      source: { kind: 'sum', of: members, settleMs },
      gates: new Map(members.map((id) => [id, known(gates, id)])),
      currencyOf: (id) => currencies[id] ?? null,
    })
    const process = { gates, sum, isRunning: true }
    for (const [id, gate] of gates) {
      const newest = this.#newest.get(id)
      if (newest !== undefined) gate.apply(newest)
      gate.caughtUp()
      gate.heartbeat(performance.now())
    }
    this.processes.push(process)
    sum.start()
    return process
  }

  stop(process = this.process): void {
    process.isRunning = false
    process.sum.stop()
  }

  get process(): Process {
    const [first] = this.processes
    if (first === undefined) throw new Error('no process was started')
    return first
  }

  /** The gate of the group in the first process. */
  get desk(): Gate {
    return known(this.process.gates, 'desk')
  }

  /** The equities that the processes have reported for the group. */
  get sums(): readonly number[] {
    return this.sent.map(({ equity }) => Number(equity) / 1e8)
  }

  /** Everybody begins with so much, and the first two sums are taken, so that the group has a confirmed reading. */
  async begin(equity = 1000): Promise<void> {
    for (let round = 0; round < 3; round += 1) {
      for (const member of this.members) this.report(member, equity)
      await this.pass(SETTLE_MS + STANDBY_MS)
    }
    this.sent.length = 0
    this.decisions.length = 0
  }

  report(trader: TraderId, equity: number | string, more: Partial<Omit<Tick, 'equity'>> = {}): void {
    this.#decide(trader, { kind: 'tick', tick: equityTick(amountOf(equity), more) })
  }

  /** A tick that cannot be read. */
  garbage(trader: TraderId): void {
    this.#decide(trader, { kind: 'unreadable-tick', closed: [], reason: 'equity is missing' })
  }

  flow(trader: TraderId, amount: number): void {
    const control = {
      amount: amountOf(amount),
      id: null,
      at: null,
      inEquity: false,
      force: false,
      reason: null,
      by: null,
    }
    this.#decide(trader, { kind: 'control', control: { kind: 'cash-flow', ...control } })
  }

  restart(trader: TraderId): void {
    const control = { initialBalance: null, peak: null, dayStart: null, reason: 'new account', by: null }
    this.#decide(trader, { kind: 'control', control: { kind: 'restart', ...control } })
  }

  wake(trader: TraderId): void {
    this.#decide(trader, { kind: 'control', control: { kind: 'wake' } })
  }

  /** Time passes, and what has waited for an answer hears it. */
  async pass(ms: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms)
  }

  #send(gate: Gate, payload: Uint8Array) {
    const tick = decodeTick(payload)
    if (!tick.ok) throw new Error(`${subjects.tick('desk')}: ${tick.reason}`)
    const own = gate.report(tick.value)
    own.sending()
    this.sent.push(tick.value)
    this.#later(() => {
      own.stored(this.#inputSeq + 1)
      this.#decide('desk', { kind: 'tick', tick: tick.value })
    })
    return own
  }

  #decide(
    trader: TraderId,
    input:
      | { readonly kind: 'tick'; readonly tick: Tick }
      | { readonly kind: 'unreadable-tick'; readonly reason: string; readonly closed: readonly [] }
      | { readonly kind: 'control'; readonly control: TraderControl },
  ): void {
    const { limits = {} } = this.#options
    const own = trader === 'desk' ? { netDeposits: true, ...limits } : {}
    const defaults = resolve({ ...DEFAULT_LIMITS, ...own })
    this.#inputSeq += 1
    const state = this.#newest.get(trader)?.state ?? INITIAL_STATE
    const at = { ...input, seq: this.#inputSeq, time: Date.now() }
    const decision = decide(trader, state, { ...BUILT_IN_CONFIGURATION, defaults }, at)
    if (decision.kind !== 'event') return
    const { event } = decision
    this.#newest.set(trader, event)
    if (trader === 'desk') this.decisions.push(event)
    for (const [index, process] of this.processes.entries()) {
      const hear = () => {
        if (process.isRunning) process.gates.get(trader)?.apply(event)
      }
      const lag = this.#options.lags?.[index] ?? 0
      if (lag > 0) setTimeout(() => this.#later(hear), lag)
      else this.#queue.push(hear)
    }
    this.#deliver()
  }

  #later(act: () => void): void {
    this.#queue.push(act)
    this.#deliver()
  }

  /** One thing after another: nobody hears a decision in the middle of what it does. */
  #deliver(): void {
    if (this.#isDelivering) return
    this.#isDelivering = true
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) next()
    this.#isDelivering = false
  }
}

function gateOf(id: TraderId): Gate {
  const gate = new Gate(id, LEASE_MS)
  gate.inputsOffset(0)
  return gate
}

function known(gates: ReadonlyMap<TraderId, Gate>, id: TraderId): Gate {
  const gate = gates.get(id)
  if (gate === undefined) throw new Error(`no gate of ${id}`)
  return gate
}

function amountOf(equity: number | string): bigint {
  const amount = parseAmount(equity)
  if (!amount.ok) throw new Error(amount.reason)
  return amount.value
}
