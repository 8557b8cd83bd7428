import type { MetricName } from './catalogue.ts'
import type { MetricDefinition } from './metric-definition.ts'

/** A number that only grows. */
export class Count {
  #value = 0

  get value(): number {
    return this.#value
  }

  inc(by = 1): void {
    this.#value += by
  }
}

/** One count per value of a label. Use a label with few values: none is ever removed. */
export class CountBy {
  readonly #values = new Map<string, number>()

  inc(labelValue: string, by = 1): void {
    this.#values.set(labelValue, (this.#values.get(labelValue) ?? 0) + by)
  }

  entries(): Iterable<readonly [labelValue: string, value: number]> {
    return this.#values.entries()
  }
}

/** A number that goes up and down. */
export class Level {
  #value = 0

  get value(): number {
    return this.#value
  }

  set(value: number): void {
    this.#value = value
  }
}

/** Observations by bucket. Cheap enough for every event: some comparisons and two additions. */
export class Distribution {
  readonly #bounds: Float64Array
  readonly #counts: Float64Array
  #sum = 0

  /** @param bounds upper bounds of the buckets, ascending */
  constructor(bounds: readonly number[]) {
    this.#bounds = Float64Array.from(bounds)
    this.#counts = new Float64Array(bounds.length + 1)
  }

  observe(value: number, times = 1): void {
    const bounds = this.#bounds
    let index = 0
    while (index < bounds.length && value > (bounds[index] as number)) index += 1
    this.#counts[index] = (this.#counts[index] as number) + times
    this.#sum += value * times
  }

  get sum(): number {
    return this.#sum
  }

  get count(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0)
  }

  /** Each bound with the number of observations up to it. */
  *buckets(): Iterable<readonly [bound: number, count: number]> {
    let count = 0
    for (const [index, bound] of this.#bounds.entries()) {
      count += this.#counts[index] as number
      yield [bound, count]
    }
  }
}

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
