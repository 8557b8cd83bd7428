/** The unit of a metric. Base units, except where NOFX's names say otherwise. */
type MetricUnit = 'seconds' | 'milliseconds' | 'bytes' | 'percent' | 'currency' | 'sequence' | 'yes-or-no' | 'count'

interface Described {
  /** A sentence for people who see the metric on a dashboard. */
  readonly help: string
  readonly unit: MetricUnit
  /** None if not given. */
  readonly labels?: readonly string[]
  /** Which value needs attention and belongs in an alert rule; none if not given. */
  readonly alert?: string
}

/** Everything about a metric except its name and its values. */
export type MetricDefinition =
  | (Described & { readonly type: 'gauge' | 'counter' })
  | (Described & {
      readonly type: 'histogram'
      /** Upper bounds, ascending; one more bucket is above the last bound. */
      readonly buckets: readonly number[]
    })

export type MetricDefinitions = Readonly<Record<string, MetricDefinition>>

/** Seconds, from a microsecond up. */
export const MICROSECOND_BUCKETS = [5e-7, 1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 1e-3, 1e-2] as const
/** Seconds, from the time of a message to that of an outage. */
export const LATENCY_BUCKETS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3_600,
] as const
/** Few buckets, because each trader has its own series; milliseconds. */
export const TRADER_BUCKETS_MS = [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 1_000, 10_000] as const

export const gauge = (unit: MetricUnit, ...labels: readonly string[]) => ({ type: 'gauge', unit, labels }) as const

/** Counts events of a kind. */
export const counter = (...labels: readonly string[]) => ({ type: 'counter', unit: 'count', labels }) as const

export const histogram = (unit: MetricUnit, buckets: readonly number[], ...labels: readonly string[]) =>
  ({ type: 'histogram', unit, buckets, labels }) as const
