import type { Instant } from '@drawbridge/contracts/pure'

/** From the first moment to the last. */
export interface Span {
  readonly from: Instant
  readonly to: Instant
}

/** So many points a series has: about one for each pixel. */
const BUCKETS = 1_200

/** Stands for the place of a limit that has no line. */
export const NO_LINE = Number.NEGATIVE_INFINITY

/** A line over time with as many points as a chart can show; NaN where nothing was said of it. */
export interface Line {
  readonly from: Instant
  /** Width of a bucket, milliseconds. */
  readonly width: number
  /** The last value in each bucket, and the lowest. */
  readonly last: Float64Array
  readonly lowest: Float64Array
}

/** Draws a line in buckets of one width, while its values come in order of time. */
export class Series {
  readonly #from: Instant
  readonly #width: number
  readonly #last = new Float64Array(BUCKETS).fill(Number.NaN)
  readonly #lowest = new Float64Array(BUCKETS).fill(Number.NaN)

  constructor({ from, to }: Span) {
    this.#from = from
    this.#width = Math.max(1, Math.ceil((to - from + 1) / BUCKETS))
  }

  add(at: Instant, value: number): void {
    // What comes before or after the span is drawn at its ends.
    const bucket = Math.min(BUCKETS - 1, Math.max(0, Math.floor((at - this.#from) / this.#width)))
    this.#last[bucket] = value
    const lowest = this.#lowest[bucket] ?? Number.NaN
    if (!(lowest <= value)) this.#lowest[bucket] = value
  }

  line(): Line {
    return { from: this.#from, width: this.#width, last: this.#last.slice(), lowest: this.#lowest.slice() }
  }
}
