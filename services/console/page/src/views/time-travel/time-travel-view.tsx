import './time-travel.css'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { formatCount } from '../../formats/amounts.ts'
import { formatTime } from '../../formats/times.ts'
import { type ExtentAnswer, toText } from '../../history/answers.ts'
import { Refused } from '../../history/refused.tsx'
import { type TimeSpan, wholeOf } from '../../history/time-span.ts'
import { useAnswer } from '../../history/use-answer.ts'
import { zone } from '../../store/preferences.ts'
import { type Route, setQuery } from '../../store/route.ts'
import { FleetThen } from './fleet-then.tsx'
import { InstantChoice } from './instant-choice.tsx'
import { useFleetAt } from './use-fleet-at.ts'

/** The fleet as it was at an instant, which the address names. */
export function TimeTravelView({ route }: { readonly route: Route }) {
  const extent = useAnswer<ExtentAnswer>('/api/history/extent')
  const whole = useMemo(() => wholeIn(extent.value), [extent.value])
  const said = Date.parse(route.query.get('at') ?? '')
  const at = Number.isFinite(said) ? said : (whole?.until ?? null)
  if (extent.refusal !== null && whole === null) {
    return (
      <div class="time-travel">
        <h1>Time travel</h1>
        <Refused refusal={extent.refusal} again={extent.again} />
      </div>
    )
  }
  if (extent.value === null) return <p class="empty">Reading the history …</p>
  if (whole === null || at === null) {
    return <p class="empty">There is no history yet. Persisters write it, a moment after an event is stored.</p>
  }
  return <FleetAt at={at} whole={whole} />
}

function wholeIn(extent: ExtentAnswer | null): TimeSpan | null {
  return extent === null || extent.begins === null ? null : wholeOf(extent.begins, extent.ends)
}

function FleetAt({ at, whole }: { readonly at: number; readonly whole: TimeSpan }) {
  const { traders, isMore, isLoading, refusal, more, again } = useFleetAt(at)
  const timeZone = zone.value === 'utc' ? 'UTC' : undefined
  const [told, setTold] = useState('')
  const blocked = traders.filter(({ status }) => status !== 'allowed').length
  const words = `${formatCount(traders.length)}${isMore ? ' or more' : ''} traders at ${formatTime(at, timeZone)}, ${formatCount(blocked)} of them blocked`
  useEffect(() => {
    if (!isLoading) setTold(words)
  }, [isLoading, words])
  return (
    <div class="time-travel">
      <h1>Time travel</h1>
      <InstantChoice at={at} whole={whole} onChange={(next) => setQuery({ at: toText(next) })} />
      {refusal !== null && <Refused refusal={refusal} again={again} />}
      <p aria-live="polite" aria-busy={isLoading}>
        {told}
      </p>
      <FleetThen traders={traders} at={at} timeZone={timeZone} />
      {isMore && (
        <button type="button" onClick={more}>
          Show more traders
        </button>
      )}
    </div>
  )
}
