import { formatClock, formatDay } from '../formats/times.ts'

interface MomentProps {
  readonly at: string | number
  readonly timeZone: string | undefined
}

/** A time in a table: the day above, the clock below, so that a column of them is narrow. */
export function Moment({ at, timeZone }: MomentProps) {
  return (
    <time class="moment" dateTime={new Date(at).toISOString()}>
      {formatDay(at, timeZone)} <span class="quiet">{formatClock(at, timeZone)}</span>
    </time>
  )
}
