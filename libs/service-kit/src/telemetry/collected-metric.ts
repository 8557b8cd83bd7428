import type { MetricName } from './catalogue.ts'
import type { Distribution } from './distribution.ts'
import type { MetricDefinition } from './metric-definition.ts'

/** A line of the answer to a scrape. */
export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
  /** With the suffix of a part of a histogram; the metric's own if not given. */
  readonly metricName?: string
}

/** A metric as prom-client's registry takes it, which keeps no value of its own. */
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

/** A distribution as a histogram is told. */
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
