import { formatDuration, formatTime, zoneName } from '../formats/times.ts'
import { consoleNow } from '../store/console-now.ts'
import { zone } from '../store/preferences.ts'

interface UntilProps {
  readonly until: string
  /** Whether the account lives in the time of its ticks: nobody can count down in it. */
  readonly isEventTime: boolean
  readonly timeZone: string | null
}

/** When a pause may end, and how long that is from now by the clock of the console. */
export function Until({ until, isEventTime, timeZone }: UntilProps) {
  const words = formatTime(until, zoneName(zone.value, timeZone))
  if (isEventTime) return <span class="until">until {words}, in its own time</span>
  const left = Date.parse(until) - consoleNow()
  return (
    <span class="until" title={words}>
      {left > 0 ? `${formatDuration(left)} left` : 'its time is over; its limit must have room first'}
    </span>
  )
}
