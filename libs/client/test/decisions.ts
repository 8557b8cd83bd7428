import {
  DEFAULT_LIMITS,
  equityTick,
  type Instant,
  type Limits,
  parseAmount,
  type RiskEvent,
  type Tick,
  type TraderControl,
  type TraderId,
} from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION, type Configuration, decide, INITIAL_STATE, resolve } from '@drawbridge/risk-engine'

/** 2026-03-12, 14:00 UTC: when the first input comes. */
export const START: Instant = Date.UTC(2026, 2, 12, 14)

/** Makes the decisions on one trader, as a guardian would: one second apart. Every reading counts at once. */
export class Decisions {
  readonly trader: TraderId
  configuration: Configuration = configurationWith({})
  readonly #after: number
  #state = INITIAL_STATE

  /** @param after how many inputs there were before the first one of this trader */
  constructor(trader: TraderId, after = 0) {
    this.trader = trader
    this.#after = after
  }

  tick(equity: number, seq: number | null = null): RiskEvent {
    const amount = parseAmount(equity)
    if (!amount.ok) throw new Error(amount.reason)
    return this.#decide({
      kind: 'tick',
      tick: equityTick(amount.value, { seq }),
    })
  }

  pause(reason: string, until: Instant | null = null): RiskEvent {
    return this.#decide({ kind: 'control', control: { kind: 'pause', firm: false, reason, until, by: null } })
  }

  /** A tick that cannot be read. */
  unreadable(reason: string): RiskEvent {
    return this.#decide({ kind: 'unreadable-tick', closed: [], reason })
  }

  /** From the next decision on. */
  set(limits: Partial<Limits>): void {
    this.configuration = configurationWith(limits)
  }

  staleAfterSeconds(seconds: number): void {
    this.set({ staleAfterSeconds: seconds })
  }

  wake(): RiskEvent {
    return this.#decide({ kind: 'control', control: { kind: 'wake' } })
  }

  resume(): RiskEvent {
    return this.#decide({
      kind: 'control',
      control: { kind: 'resume', holders: null, rebase: false, admin: false, reason: null, by: null },
    })
  }

  #decide(
    input:
      | { readonly kind: 'tick'; readonly tick: Tick }
      | { readonly kind: 'unreadable-tick'; readonly reason: string; readonly closed: readonly [] }
      | { readonly kind: 'control'; readonly control: TraderControl },
  ): RiskEvent {
    const seq = Math.max(this.#state.inputSeq, this.#after) + 1
    const time = START + (seq - this.#after - 1) * 1_000
    const decision = decide(this.trader, this.#state, this.configuration, { ...input, seq, time })
    if (decision.kind !== 'event') throw new Error(`no event, but ${JSON.stringify(decision)}`)
    this.#state = decision.event.state
    return decision.event
  }
}

function configurationWith(limits: Partial<Limits>): Configuration {
  return { ...BUILT_IN_CONFIGURATION, defaults: resolve({ ...DEFAULT_LIMITS, confirmJump: null, ...limits }) }
}
