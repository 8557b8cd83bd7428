/** One limit as a point of a chart has it: name, measure, line, reference, and where it blocks. */
type LimitOfPoint = readonly [string, 'loss' | 'profit', number | null, number | null, number | null]

/** The events of one bucket. Amounts are rounded to doubles: they are for drawing. */
export interface EquityPoint {
  /** When the first event took effect, or the bucket begins; milliseconds since 1970. */
  readonly at: number
  readonly events: number
  /** The version of the last event. */
  readonly version: number
  readonly first: number
  readonly low: number
  readonly high: number
  readonly last: number
  readonly peak: number | null
  /** The worst. */
  readonly drawdownPct: number | null
  /** After the last event. Null: there were none, or the rules were older than 6. */
  readonly limits: readonly LimitOfPoint[] | null
}

type Series = readonly (number | null)[]

/** A limit over time, as the engine recorded it: null where it had no such value. */
export interface LimitSeries {
  readonly name: string
  readonly measure: 'loss' | 'profit'
  /** The floor, or the ceiling of a profit. */
  readonly line: Series
  readonly reference: Series
  readonly blocksAt: Series
}

/** The points of a chart, by column, as charts take them. */
export interface EquityChart {
  /** What they were read from. */
  readonly source: 'events' | 'minutes' | 'hours' | 'days'
  /** Width of a bucket, milliseconds. */
  readonly widthMs: number
  readonly at: readonly number[]
  readonly events: readonly number[]
  readonly version: readonly number[]
  readonly first: readonly number[]
  readonly low: readonly number[]
  readonly high: readonly number[]
  readonly last: readonly number[]
  readonly peak: Series
  readonly drawdownPct: Series
  readonly limits: readonly LimitSeries[]
}

export function equityChart(
  source: EquityChart['source'],
  widthMs: number,
  points: readonly EquityPoint[],
): EquityChart {
  const column = <K extends keyof EquityPoint>(name: K) => points.map((point) => point[name])
  return {
    source,
    widthMs,
    at: column('at'),
    events: column('events'),
    version: column('version'),
    first: column('first'),
    low: column('low'),
    high: column('high'),
    last: column('last'),
    peak: column('peak'),
    drawdownPct: column('drawdownPct'),
    limits: limitSeries(points),
  }
}

interface OpenSeries {
  readonly name: string
  readonly measure: 'loss' | 'profit'
  readonly line: (number | null)[]
  readonly reference: (number | null)[]
  readonly blocksAt: (number | null)[]
}

/** A limit that changed its measure is two: its line means another thing. */
function limitSeries(points: readonly EquityPoint[]): readonly LimitSeries[] {
  const series = new Map<string, OpenSeries>()
  const none = () => new Array<number | null>(points.length).fill(null)
  for (const [index, { limits }] of points.entries()) {
    for (const [name, measure, line, reference, blocksAt] of limits ?? []) {
      const key = `${measure} ${name}`
      const one = series.get(key) ?? { name, measure, line: none(), reference: none(), blocksAt: none() }
      series.set(key, one)
      one.line[index] = line
      one.reference[index] = reference
      one.blocksAt[index] = blocksAt
    }
  }
  return [...series.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}
