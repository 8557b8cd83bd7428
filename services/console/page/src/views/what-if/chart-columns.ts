import { type Line, NO_LINE } from '@drawbridge/risk-engine/what-if'

/** A value for each point of time; null: there is none. */
export type Column = readonly (number | null)[]

/** The times of the points of a line, milliseconds. */
export function timesOf({ from, width, last }: Line): readonly number[] {
  return Array.from(last, (_value, index) => from + index * width)
}

/** A line as it stands at each point: what was said last holds until something else is said. @param until milliseconds */
export function columnOf({ from, width, last }: Line, until: number): Column {
  let known: number | null = null
  return Array.from(last, (value, index) => {
    if (value === NO_LINE) known = null
    else if (!Number.isNaN(value)) known = value
    return from + index * width > until ? null : known
  })
}
