import { useMemo, useState } from 'preact/hooks'
import { toText } from '../../history/answers.ts'
import { isSame, spanInQuery, type TimeSpan, within } from '../../history/time-span.ts'
import { route, setQuery } from '../../store/route.ts'

/** Which time the view shows. The address has it, so that a link shows the same. */
export interface TraderTime {
  /** What is asked for; null: everything, and what comes. */
  readonly asked: TimeSpan | null
  /** All that there is; null: not known yet. */
  readonly whole: TimeSpan | null
  readonly setWhole: (whole: TimeSpan) => void
  readonly show: (span: TimeSpan) => void
}

export function useTraderSpan(): TraderTime {
  const [whole, become] = useState<TimeSpan | null>(null)
  const search = route.value.query.toString()
  const asked = useMemo(() => spanInQuery(new URLSearchParams(search)), [search])
  const show = (span: TimeSpan) => {
    const next = whole === null ? span : within(span, whole)
    const isAll = whole !== null && isSame(next, whole)
    setQuery(isAll ? { from: null, until: null } : { from: toText(next.from), until: toText(next.until) })
  }
  const setWhole = (next: TimeSpan) => become((before) => (before !== null && isSame(before, next) ? before : next))
  return { asked, whole, setWhole, show }
}
