import {
  DEFAULT_LIMITS,
  encodeRiskEvent,
  equityTick,
  formatAmount,
  type Instant,
  parseAmount,
  type RiskEvent,
  subjects,
  type Tick,
  type TraderControl,
  type TraderId,
} from '@drawbridge/contracts'
import type { RiskMessage } from '@drawbridge/history'
import { BUILT_IN_CONFIGURATION, type Configuration, decide, INITIAL_STATE, resolve } from '@drawbridge/risk-engine'

/** 2026-03-12, 14:00 UTC. */
export const START: Instant = Date.UTC(2026, 2, 12, 14)

/** One tick decides: with the built-in settings, the first one and each jump would wait for another that agrees. */
const ONE_TICK_DECIDES: Configuration = {
  ...BUILT_IN_CONFIGURATION,
  defaults: resolve({ ...DEFAULT_LIMITS, confirmJump: null }),
}

/** Makes the events of one trader, as a guardian would. */
export class TraderLog {
  readonly trader: TraderId
  readonly events: RiskEvent[] = []
  configuration: Configuration = ONE_TICK_DECIDES
  #state = INITIAL_STATE
  #time: Instant
  #seq = 0

  constructor(trader: TraderId, start: Instant = START) {
    this.trader = trader
    this.#time = start
  }

  /** The event of a tick, one second after the last input. */
  tick(equity: number | string, more: Partial<Tick> = {}): RiskEvent {
    const amount = parseAmount(equity)
    if (!amount.ok) throw new Error(amount.reason)
    return this.#decide({ kind: 'tick', tick: equityTick(amount.value, more) })
  }

  unreadableTick(reason: string): RiskEvent {
    return this.#decide({ kind: 'unreadable-tick', closed: [], reason })
  }

  control(control: TraderControl): RiskEvent {
    return this.#decide({ kind: 'control', control })
  }

  /** Lets time pass before the next input, milliseconds. */
  wait(ms: number): void {
    this.#time += ms
  }

  #decide(
    input:
      | { readonly kind: 'tick'; readonly tick: Tick }
      | { readonly kind: 'unreadable-tick'; readonly reason: string; readonly closed: readonly [] }
      | { readonly kind: 'control'; readonly control: TraderControl },
  ): RiskEvent {
    this.#seq += 1
    this.#time += 1_000
    const decision = decide(this.trader, this.#state, this.configuration, {
      ...input,
      seq: this.#seq,
      time: this.#time,
    })
    if (decision.kind !== 'event') throw new Error(`no event came of it: ${JSON.stringify(decision)}`)
    this.#state = decision.event.state
    this.events.push(decision.event)
    return decision.event
  }
}

/** A message of RISK as it would be delivered. */
export function messageOf(event: RiskEvent, seq: number, traceparent = ''): RiskMessage {
  return { subject: subjects.event(event.type, event.trader), data: encodeRiskEvent(event), seq, traceparent }
}

/** Equities that rise and fall between 900 and 1100, the same ones every time. */
export function equities(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    formatAmount(1000_00000000n + BigInt(((index * 7919) % 200) - 100) * 1_00000001n),
  )
}
