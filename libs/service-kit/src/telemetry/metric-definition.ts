/** What the numbers of a metric count. Base units, but where the original's names say otherwise. */
export type MetricUnit =
  | 'seconds'
  | 'milliseconds'
  | 'bytes'
  | 'percent'
  | 'currency'
  | 'sequence'
  | 'yes-or-no'
  | 'count'

interface Described {
  /** A sentence for people who meet the metric on a dashboard. */
  readonly help: string
  readonly unit: MetricUnit
  /** None if not given. */
  readonly labels?: readonly string[]
  /** Which value needs somebody to look, and so belongs into an alert rule; none if not given. */
  readonly alert?: string
}

/** All there is to know of a metric beside its name and its values. */
export type MetricDefinition =
  | (Described & { readonly type: 'gauge' | 'counter' })
  | (Described & {
      readonly type: 'histogram'
      /** Upper bounds, ascending; above the last one there is one more bucket. */
      readonly buckets: readonly number[]
    })

export type MetricDefinitions = Readonly<Record<string, MetricDefinition>>
