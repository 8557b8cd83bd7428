import {
  AMOUNT_SCALE,
  type Amount,
  DEFAULT_LIMITS,
  measuresOf,
  type RiskEvent,
  standingOf,
  type TickFaults,
  type TraderEventType,
  type TraderId,
  type TraderState,
} from '@drawbridge/contracts'
import { type Configuration, type Decision, decide, type TraderInput } from '@drawbridge/risk-engine'
import { type Count, type CountBy, type Distribution, type MetricRegistry, samplesOf } from '@drawbridge/service-kit'
import type { InputWatch } from './inbound/input-watch.ts'

/** A trader that may have series of its own. */
interface WatchedTrader {
  readonly trader: TraderId
  readonly state: TraderState
}

interface Series {
  readonly watched: WatchedTrader
  readonly checkLatency: Distribution
  breaches: number
}

const DECIDE_SAMPLED = 16

/** What a guardian counts and measures, and the series of each trader, as many as the bound admits. */
export class GuardianMetrics {
  readonly rejects: Count
  readonly inputFailures: Count
  readonly publishesRefused: Count
  readonly divergence: Count
  readonly quarantined: Count
  readonly inputsLost: Count
  readonly publishDuration: Distribution | null
  readonly #fieldsIgnored: CountBy
  readonly #registry: MetricRegistry
  readonly #inputs: InputWatch
  readonly #tickToDecision: Distribution | null
  readonly #decideDuration: Distribution | null
  #decisions = 0
  readonly #stored = new Map<TraderEventType, number>()
  readonly #series = new Map<TraderId, Series>()

  constructor(registry: MetricRegistry, inputs: InputWatch) {
    this.#registry = registry
    this.#inputs = inputs
    this.rejects = registry.count('guardian_rejects_total')
    this.inputFailures = registry.count('guardian_input_failures_total')
    this.publishesRefused = registry.count('guardian_publishes_refused_total')
    this.quarantined = registry.count('guardian_inputs_quarantined_total')
    this.divergence = registry.count('guardian_divergence_total')
    this.inputsLost = registry.count('guardian_inputs_lost_total')
    this.#fieldsIgnored = registry.countBy('guardian_tick_fields_ignored_total')
    this.publishDuration = registry.distribution('guardian_publish_duration_seconds')
    this.#decideDuration = registry.distribution('guardian_decide_duration_seconds')
    this.#tickToDecision = registry.distribution('guardian_tick_to_decision_seconds')
    const [stored, all] = [this.#stored, this.#series]
    registry.collect('guardian_events_total', function* () {
      for (const [type, value] of stored) yield { labels: { type }, value }
    })
    registry.collect('risk_limit_breaches_total', function* () {
      for (const [trader, { breaches }] of all) yield { labels: { trader_id: trader }, value: breaches }
    })
    registry.collect('risk_check_latency_ms', function* () {
      for (const [trader, { checkLatency }] of all) {
        yield* samplesOf('risk_check_latency_ms', { trader_id: trader }, checkLatency)
      }
    })
    this.#gauge('risk_daily_pnl', (state) => toNumber(measuresOf(state).dailyPnl))
    this.#gauge('risk_drawdown', (state) => toNumber(measuresOf(state).drawdownPct))
    this.#gauge('risk_trading_paused', (state) => (standingOf(state).holders.length === 0 ? 0 : 1))
    this.#gauge('risk_feed_stale', (state) => (state.staleSince === null ? 0 : 1))
  }

  /** Says whose silence somebody asked to hear of: by default it blocks entries, and wakes nobody up. */
  watchFeeds(configuration: () => Configuration): void {
    this.#gauge('risk_feed_watched', ({ limits }, trader) => {
      const { defaults, traderOverrides } = configuration()
      const { staleAfterSeconds = limits?.staleAfterSeconds } = traderOverrides[trader] ?? {}
      const isSet = staleAfterSeconds !== undefined || defaults.staleAfterSeconds !== DEFAULT_LIMITS.staleAfterSeconds
      return isSet ? 1 : 0
    })
  }

  /** A gauge of each trader, read from its state at a scrape. */
  #gauge(
    name: 'risk_daily_pnl' | 'risk_drawdown' | 'risk_trading_paused' | 'risk_feed_stale' | 'risk_feed_watched',
    of: (state: TraderState, trader: TraderId) => number | null,
  ): void {
    const all = this.#series
    this.#registry.collect(name, function* () {
      for (const [trader, { watched }] of all) {
        const value = of(watched.state, trader)
        if (value !== null) yield { labels: { trader_id: trader }, value }
      }
    })
  }

  /** A trader has become known. Returns what observes how long its checks take; null: it has no series of its own. */
  watch(watched: WatchedTrader): Distribution | null {
    const { trader } = watched
    if (!this.#registry.enabled || !this.#registry.traders.admits(trader)) return null
    const checkLatency = this.#registry.newDistribution('risk_check_latency_ms')
    if (checkLatency !== null) this.#series.set(trader, { watched, checkLatency, breaches: 0 })
    return checkLatency
  }

  /** Asks the rules. Reading a clock takes as long as they do, so only one call of 16 is measured. */
  decide(trader: TraderId, state: TraderState, configuration: Configuration, input: TraderInput): Decision {
    const decision = this.#decide(trader, state, configuration, input)
    if (input.kind === 'tick' && input.tick.faults !== null) this.#countIgnored(input.tick.faults, decision)
    return decision
  }

  /** A tick that was rejected for a field has not ignored it. */
  #countIgnored(faults: TickFaults, decision: Decision): void {
    if (decision.kind !== 'event' || decision.event.type === 'tick-rejected') return
    for (const field of Object.keys(faults)) this.#fieldsIgnored.inc(field)
  }

  #decide(trader: TraderId, state: TraderState, configuration: Configuration, input: TraderInput): Decision {
    this.#decisions += 1
    if (this.#decideDuration === null || this.#decisions % DECIDE_SAMPLED !== 0) {
      return decide(trader, state, configuration, input)
    }
    const startedAt = performance.now()
    const decision = decide(trader, state, configuration, input)
    this.#decideDuration.observe((performance.now() - startedAt) / 1_000)
    return decision
  }

  /**
   * An event was stored by this guardian.
   * @param readAt when its input was read, by `performance.now()`
   * @param checkLatency of the trader; null: it has no series of its own
   */
  stored(event: RiskEvent, readAt: number, checkLatency: Distribution | null): void {
    this.#stored.set(event.type, (this.#stored.get(event.type) ?? 0) + 1)
    this.#tickToDecision?.observe(Math.max(0, this.#inputs.serverNow - event.recordedAt) / 1_000)
    if (checkLatency === null) return
    checkLatency.observe(performance.now() - readAt)
    const series = this.#series.get(event.trader)
    for (const fact of event.facts) if (fact.kind === 'breached' && series !== undefined) series.breaches += 1
  }
}

/** For a chart; nothing is decided by it. */
function toNumber(amount: Amount | null): number | null {
  return amount === null ? null : Number(amount) / Number(AMOUNT_SCALE)
}
