/** The unit of a metric. Base units, except where NOFX's names say otherwise. */
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
