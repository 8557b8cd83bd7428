import type { Instant, Limits, Window } from '@drawbridge/contracts/pure'
import { Temporal } from 'temporal-polyfill'
import { type DailyReset, resetsAround } from './daily-reset.ts'

type Calendar = DailyReset & Pick<Limits, 'weekStarts'>

/** Numbers as ISO 8601 gives them. */
const DAYS: { readonly [D in Limits['weekStarts']]: number } = {
  monday: 1,
  tuesday: 2,
  wednesday: 3,
  thursday: 4,
  friday: 5,
  saturday: 6,
  sunday: 7,
}

const DAY = new Set<Window>(['day'])

/** The windows that began at daily resets after one moment, up to and including another. */
export function windowsBegun(after: Instant, upTo: Instant, calendar: Calendar): ReadonlySet<Window> {
  const before = resetsAround(after, calendar).date
  const now = resetsAround(upTo, calendar).date
  if (Temporal.PlainDate.compare(before, now) >= 0) return DAY
  const begun = new Set<Window>(DAY)
  if (weekOf(before, calendar) !== weekOf(now, calendar)) begun.add('week')
  if (before.year !== now.year || before.month !== now.month) begun.add('month')
  return begun
}

/** The number of weeks from an arbitrary Monday to the week of a date. */
function weekOf(date: Temporal.PlainDate, { weekStarts }: Calendar): number {
  const days = Temporal.PlainDate.from('1970-01-05').until(date, { largestUnit: 'days' }).days
  return Math.floor((days - (DAYS[weekStarts] - 1)) / 7)
}

/** When the next window begins after a moment; null: a lifetime has no next one. */
export function nextWindowAt(window: Window, moment: Instant, calendar: Calendar): Instant | null {
  const { next, date } = resetsAround(moment, calendar)
  switch (window) {
    case 'day':
      return next
    case 'week': {
      const days = (DAYS[calendar.weekStarts] - date.dayOfWeek + 7) % 7
      return resetOn(date.add({ days: days === 0 ? 7 : days }), calendar)
    }
    case 'month':
      return resetOn(date.with({ day: 1 }).add({ months: 1 }), calendar)
    case 'lifetime':
      return null
    default:
      return window satisfies never
  }
}

/** When the window of a moment began; null: a lifetime has no such time. */
export function windowStartAt(window: Window, moment: Instant, calendar: Calendar): Instant | null {
  const { last, date } = resetsAround(moment, calendar)
  switch (window) {
    case 'day':
      return last
    case 'week':
      return resetOn(date.subtract({ days: (date.dayOfWeek - DAYS[calendar.weekStarts] + 7) % 7 }), calendar)
    case 'month':
      return resetOn(date.with({ day: 1 }), calendar)
    case 'lifetime':
      return null
    default:
      return window satisfies never
  }
}

function resetOn(date: Temporal.PlainDate, { resetTime, resetTimeZone }: DailyReset): Instant {
  const plainTime = Temporal.PlainTime.from(resetTime)
  return date.toZonedDateTime({ timeZone: resetTimeZone, plainTime }).epochMilliseconds
}

/** When it is next that time of day, after a moment. */
export function nextTimeOfDay(time: string, moment: Instant, { resetTimeZone }: DailyReset): Instant {
  return resetsAround(moment, { resetTime: time, resetTimeZone }).next
}
