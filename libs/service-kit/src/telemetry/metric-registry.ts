import { DEFAULT_METRICS, type MetricsSettings } from '@drawbridge/settings'
import { collectDefaultMetrics, type Metric, Registry } from 'prom-client'
import { type CounterName, catalogue, type GaugeName, type HistogramName, type MetricName } from './catalogue.ts'
import { CollectedMetric, Count, CountBy, Distribution, Level, type Sample, samplesOf } from './values.ts'

const OFF = '# Metrics are switched off; METRICS_ENABLED=true and a restart switch them on.\n'

/**
 * The metrics of one process, all from the catalogue. Values are plain numbers that are read at the scrape, which costs
 * the hot path next to nothing. With metrics off, nothing is registered and distributions are null, so that
 * `distribution?.observe(...)` does not even read a clock.
 */
export class MetricRegistry extends Registry {
  readonly enabled: boolean
  readonly traders: TraderBound

  constructor({ enabled, tradersMax }: MetricsSettings = DEFAULT_METRICS) {
    super()
    this.enabled = enabled
    this.traders = new TraderBound(tradersMax)
    this.gauge('metrics_traders_left_out', () => this.traders.leftOut)
  }

  /** Includes those of the process and of Node.js. */
  watchProcess(): void {
    if (this.enabled) collectDefaultMetrics({ register: this })
  }

  /** Adds a gauge whose value is read at the scrape; null: it has no value now. */
  gauge(name: GaugeName, value: () => number | null): void {
    this.collect(name, function* () {
      const now = value()
      if (now !== null) yield { labels: {}, value: now }
    })
  }

  level(name: GaugeName): Level {
    const level = new Level()
    this.gauge(name, () => level.value)
    return level
  }

  /** A level that has no value until somebody knows it. */
  levelOrNone(name: GaugeName): { set(value: number | null): void } {
    let now: number | null = null
    this.gauge(name, () => now)
    return {
      set: (value) => {
        now = value
      },
    }
  }

  /** A count is so cheap that it is kept even with metrics off. */
  count(name: CounterName): Count {
    const count = new Count()
    this.collect(name, () => [{ labels: {}, value: count.value }])
    return count
  }

  countBy(name: CounterName): CountBy {
    const counts = new CountBy()
    const [label = ''] = catalogue[name].labels ?? []
    this.collect(name, function* () {
      for (const [labelValue, value] of counts.entries()) yield { labels: { [label]: labelValue }, value }
    })
    return counts
  }

  /** Null if metrics are off. */
  distribution(name: HistogramName): Distribution | null {
    const distribution = this.newDistribution(name)
    if (distribution !== null) this.collect(name, () => samplesOf(name, {}, distribution))
    return distribution
  }

  /** A distribution that is collected with others, such as one per trader; null if metrics are off. */
  newDistribution(name: HistogramName): Distribution | null {
    const definition = catalogue[name]
    return this.enabled && definition.type === 'histogram' ? new Distribution(definition.buckets) : null
  }

  /** Adds a metric whose samples are read at the scrape. */
  collect(name: MetricName, samples: () => Iterable<Sample>): void {
    if (!this.enabled) return
    // The registry uses only the name and the values of a metric.
    this.registerMetric(new CollectedMetric(name, catalogue[name], samples) as unknown as Metric)
  }

  /** The samples of a metric now; empty if this registry has none of that name. */
  async samples(name: MetricName): Promise<readonly Sample[]> {
    const metric = this.getSingleMetric(name) as unknown as CollectedMetric | undefined
    return metric === undefined ? [] : (await metric.get()).values
  }

  override async metrics(): Promise<string> {
    return this.enabled ? super.metrics() : OFF
  }
}

/** Beyond this number, traders are not distinguished: the look-up would cost half as much as handling an event. */
const LEFT_OUT_MAX = 1_000

/** The traders that have their own series: the first ones that a process sees, up to a limit. */
class TraderBound {
  readonly #max: number
  readonly #admitted = new Set<string>()
  readonly #leftOut = new Set<string>()

  constructor(max: number) {
    this.#max = max
  }

  /** How many requested traders have none; counted up to 1,000. */
  get leftOut(): number {
    return this.#leftOut.size
  }

  /** Whether the trader has series; once admitted, it keeps them. */
  admits(trader: string): boolean {
    if (this.#admitted.has(trader)) return true
    if (this.#admitted.size < this.#max) {
      this.#admitted.add(trader)
      return true
    }
    if (this.#leftOut.size < LEFT_OUT_MAX) this.#leftOut.add(trader)
    return false
  }
}
