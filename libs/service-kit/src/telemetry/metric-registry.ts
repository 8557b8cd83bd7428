import { DEFAULT_METRICS, type MetricsSettings } from '@drawbridge/settings'
import { collectDefaultMetrics, type Metric, Registry } from 'prom-client'
import { type CounterName, catalogue, type GaugeName, type HistogramName, type MetricName } from './catalogue.ts'
import { CollectedMetric, type Sample, samplesOf } from './collected-metric.ts'
import { Count, CountBy } from './count.ts'
import { Distribution } from './distribution.ts'
import { Level } from './level.ts'
import { TraderBound } from './trader-bound.ts'

const OFF = '# Metrics are switched off; METRICS_ENABLED=true and a restart switch them on.\n'

/**
 * The metrics of one process, of the catalogue alone. Values are kept as plain numbers and read at the scrape, which
 * costs the hot path next to nothing. Where metrics are off, nothing is registered, and what would have to be measured
 * to be observed has no distribution, so that `distribution?.observe(...)` does not even look at a clock.
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

  /** Those of the process and of Node.js too. */
  watchProcess(): void {
    if (this.enabled) collectDefaultMetrics({ register: this })
  }

  /** Adds a gauge that is asked for at the scrape; null: it has no value now. */
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

  /** A count is as cheap to keep as not to; so there always is one. */
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

  /** Null where metrics are off. */
  distribution(name: HistogramName): Distribution | null {
    const distribution = this.newDistribution(name)
    if (distribution !== null) this.collect(name, () => samplesOf(name, {}, distribution))
    return distribution
  }

  /** One that is to be collected with others, as one of many traders; null where metrics are off. */
  newDistribution(name: HistogramName): Distribution | null {
    const definition = catalogue[name]
    return this.enabled && definition.type === 'histogram' ? new Distribution(definition.buckets) : null
  }

  /** Adds a metric whose samples are asked for at the scrape. */
  collect(name: MetricName, samples: () => Iterable<Sample>): void {
    if (!this.enabled) return
    // The registry asks nothing of a metric but its name and its values.
    this.registerMetric(new CollectedMetric(name, catalogue[name], samples) as unknown as Metric)
  }

  /** What a metric would answer to a scrape now; empty where this registry has none of that name. */
  async samples(name: MetricName): Promise<readonly Sample[]> {
    const metric = this.getSingleMetric(name) as unknown as CollectedMetric | undefined
    return metric === undefined ? [] : (await metric.get()).values
  }

  override async metrics(): Promise<string> {
    return this.enabled ? super.metrics() : OFF
  }
}
