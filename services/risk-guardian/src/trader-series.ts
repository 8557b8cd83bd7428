import { AMOUNT_SCALE, type Amount, measuresOf, type TraderId, type TraderState } from '@drawbridge/contracts'
import { type Distribution, type MetricRegistry, samplesOf } from '@drawbridge/service-kit'

/** A trader that may have series of its own. */
export interface WatchedTrader {
  readonly trader: TraderId
  readonly state: TraderState
}

interface Series {
  readonly watched: WatchedTrader
  readonly checkLatency: Distribution
  breaches: number
}

/** The series of each trader, as many as the bound admits: gauges are read from the state when they are asked for. */
export class TraderSeries {
  readonly #registry: MetricRegistry
  readonly #series = new Map<TraderId, Series>()

  constructor(registry: MetricRegistry) {
    this.#registry = registry
    this.#gauge('risk_daily_pnl', (state) => toNumber(measuresOf(state).dailyPnl))
    this.#gauge('risk_drawdown', (state) => toNumber(measuresOf(state).drawdownPct))
    this.#gauge('risk_trading_paused', (state) => (state.pause === null ? 0 : 1))
    this.#gauge('risk_feed_stale', (state) => (state.staleSince === null ? 0 : 1))
    const all = this.#series
    registry.collect('risk_limit_breaches_total', function* () {
      for (const [trader, { breaches }] of all) yield { labels: { trader_id: trader }, value: breaches }
    })
    registry.collect('risk_check_latency_ms', function* () {
      for (const [trader, { checkLatency }] of all) {
        yield* samplesOf('risk_check_latency_ms', { trader_id: trader }, checkLatency)
      }
    })
  }

  /** Observes how long the trader's checks take; null: it has no series. */
  add(watched: WatchedTrader): Distribution | null {
    const { trader } = watched
    if (!this.#registry.enabled || !this.#registry.traders.admits(trader)) return null
    const checkLatency = this.#registry.newDistribution('risk_check_latency_ms')
    if (checkLatency === null) return null
    this.#series.set(trader, { watched, checkLatency, breaches: 0 })
    return checkLatency
  }

  breached(trader: TraderId): void {
    const series = this.#series.get(trader)
    if (series !== undefined) series.breaches += 1
  }

  #gauge(
    name: 'risk_daily_pnl' | 'risk_drawdown' | 'risk_trading_paused' | 'risk_feed_stale',
    of: (state: TraderState) => number | null,
  ): void {
    const all = this.#series
    this.#registry.collect(name, function* () {
      for (const [trader, { watched }] of all) {
        const value = of(watched.state)
        if (value !== null) yield { labels: { trader_id: trader }, value }
      }
    })
  }
}

/** For a chart; nothing is decided by it. */
function toNumber(amount: Amount | null): number | null {
  return amount === null ? null : Number(amount) / Number(AMOUNT_SCALE)
}
