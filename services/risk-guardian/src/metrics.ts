import type { RiskEvent, TraderEventType } from '@drawbridge/contracts'
import { decide } from '@drawbridge/risk-engine'
import type { Count, Distribution, MetricRegistry } from '@drawbridge/service-kit'
import type { InputWatch } from './inbound/input-watch.ts'
import { TraderSeries, type WatchedTrader } from './trader-series.ts'

const DECIDE_SAMPLED = 16

/** What a guardian counts and measures. */
export class GuardianMetrics {
  readonly rejects: Count
  readonly inputFailures: Count
  readonly publishesRefused: Count
  readonly divergence: Count
  readonly quarantined: Count
  readonly inputsLost: Count
  readonly publishDuration: Distribution | null
  /** The rules; one call of 16 is measured. */
  readonly decide: typeof decide
  readonly #inputs: InputWatch
  readonly #tickToDecision: Distribution | null
  readonly #stored = new Map<TraderEventType, number>()
  readonly #series: TraderSeries

  constructor(registry: MetricRegistry, inputs: InputWatch) {
    this.#inputs = inputs
    const stored = this.#stored
    registry.collect('guardian_events_total', function* () {
      for (const [type, value] of stored) yield { labels: { type }, value }
    })
    this.rejects = registry.count('guardian_rejects_total')
    this.inputFailures = registry.count('guardian_input_failures_total')
    this.publishesRefused = registry.count('guardian_publishes_refused_total')
    this.quarantined = registry.count('guardian_inputs_quarantined_total')
    this.divergence = registry.count('guardian_divergence_total')
    this.inputsLost = registry.count('guardian_inputs_lost_total')
    this.publishDuration = registry.distribution('guardian_publish_duration_seconds')
    this.decide = timed(registry.distribution('guardian_decide_duration_seconds'))
    this.#tickToDecision = registry.distribution('guardian_tick_to_decision_seconds')
    this.#series = new TraderSeries(registry)
  }

  /** A trader has come to be known; null where it has no series of its own. */
  watch(trader: WatchedTrader): Distribution | null {
    return this.#series.add(trader)
  }

  /**
   * An event was stored by this guardian.
   * @param readAt when its input was read, of `performance.now()`
   * @param checkLatency of the trader; null: it has no series of its own
   */
  stored(event: RiskEvent, readAt: number, checkLatency: Distribution | null): void {
    this.#stored.set(event.type, (this.#stored.get(event.type) ?? 0) + 1)
    this.#tickToDecision?.observe(Math.max(0, this.#inputs.serverNow - event.recordedAt) / 1_000)
    if (checkLatency === null) return
    checkLatency.observe(performance.now() - readAt)
    for (const fact of event.facts) if (fact.kind === 'breached') this.#series.breached(event.trader)
  }
}

/** A clock is asked as long as the rules take; so only now and then. */
function timed(duration: Distribution | null): typeof decide {
  if (duration === null) return decide
  let calls = 0
  return (trader, state, configuration, input) => {
    calls += 1
    if (calls % DECIDE_SAMPLED !== 0) return decide(trader, state, configuration, input)
    const startedAt = performance.now()
    const decision = decide(trader, state, configuration, input)
    duration.observe((performance.now() - startedAt) / 1_000)
    return decision
  }
}
