import type { MetricName } from './catalogue.ts'
import type { Distribution } from './distribution.ts'
import type { MetricDefinition } from './metric-definition.ts'

/** A line of a scrape's answer. */
export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
  /** The name with a histogram suffix; the metric's own if not given. */
  readonly metricName?: string
}

/** A metric for prom-client's registry that keeps no values itself. */
export class CollectedMetric {
  readonly name: MetricName
  readonly help: string
  readonly type: MetricDefinition['type']
  readonly #samples: () => Iterable<Sample>

  constructor(name: MetricName, { help, type }: MetricDefinition, samples: () => Iterable<Sample>) {
    this.name = name
    this.help = help
    this.type = type
    this.#samples = samples
  }

  async get() {
    const { name, help, type } = this
    return { name, help, type, values: [...this.#samples()], aggregator: 'sum' as const }
  }
}

/** The samples of a histogram. */
export function* samplesOf(
  name: string,
  labels: Readonly<Record<string, string>>,
  distribution: Distribution,
): Iterable<Sample> {
  const { count, sum } = distribution
  for (const [bound, upTo] of distribution.buckets()) {
    yield { metricName: `${name}_bucket`, labels: { ...labels, le: bound }, value: upTo }
  }
  yield { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count }
  yield { metricName: `${name}_sum`, labels, value: sum }
  yield { metricName: `${name}_count`, labels, value: count }
}
