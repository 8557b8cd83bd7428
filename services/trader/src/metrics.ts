import type { TraderId } from '@drawbridge/contracts'
import type { Count, Distribution, GaugeName, MetricRegistry } from '@drawbridge/service-kit'
import type { RunningTrader } from './traders.ts'

/** Metrics of all traders of this process together. */
export class TraderMetrics {
  readonly ticksRefused: Count
  readonly tickPublish: Distribution | null
  readonly decisionToGate: Distribution | null
  readonly #registry: MetricRegistry

  constructor(registry: MetricRegistry) {
    this.#registry = registry
    this.ticksRefused = registry.count('trader_ticks_refused_total')
    this.tickPublish = registry.distribution('trader_tick_publish_duration_seconds')
    this.decisionToGate = registry.distribution('trader_decision_to_gate_seconds')
  }

  /** Values per trader, read at the scrape, for as many traders as the bound admits. */
  watch(traders: ReadonlyMap<TraderId, RunningTrader>): void {
    const watched = [...traders.values()].filter(({ id }) => this.#registry.traders.admits(id))
    const perTrader = (
      name: GaugeName | 'trader_ticks_thinned_total',
      value: (trader: RunningTrader) => number | undefined,
    ) => {
      this.#registry.collect(name, function* () {
        for (const trader of watched) yield { labels: { trader_id: trader.id }, value: value(trader) ?? 0 }
      })
    }
    perTrader('trader_gate_open', ({ gate }) => (gate.canTrade().allowed ? 1 : 0))
    perTrader('trader_lease_live', ({ gate }) => (gate.isLive ? 1 : 0))
    perTrader('trader_ticks_waiting', ({ outbox }) => outbox?.waiting)
    perTrader('trader_ticks_thinned_total', ({ outbox }) => outbox?.thinned)
  }
}
