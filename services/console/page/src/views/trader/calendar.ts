import type { TradingDay } from '@drawbridge/history/reads'
import type { TimeSpan } from '../../history/time-span.ts'

/** A day in the calendar of a year: weeks are columns, Monday is the first row. */
export interface CalendarDay {
  readonly day: TradingDay
  /** `2008-10-09`. */
  readonly date: string
  readonly week: number
  readonly weekday: number
  /** From -4 (the largest loss of the year) to 4 (the largest gain); 0: neither. */
  readonly level: number
  /** In percent of what the day began with; null: that is not known, or is 0. */
  readonly pct: number | null
}

const DAY_MS = 86_400_000

/** The date of an instant, as `2008-10-09`. */
export type DateOf = (at: number) => string

/** @param timeZone undefined: that of this machine */
export function dateIn(timeZone: string | undefined): DateOf {
  // Swedish dates are those of ISO 8601.
  const format = new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    ...(timeZone === undefined ? {} : { timeZone }),
  })
  return (at) => format.format(at)
}

/** The years of a history, the newest first. */
export function yearsOf(whole: TimeSpan | null, dateOf: DateOf): readonly number[] {
  if (whole === null) return []
  const [first, last] = [yearOf(dateOf(whole.from)), yearOf(dateOf(whole.until))]
  return Array.from({ length: last - first + 1 }, (_, index) => last - index)
}

/** All that is in a year in any zone; the days of its neighbours are left out of the calendar. */
export function spanOfYear(year: number): TimeSpan {
  return { from: Date.UTC(year, 0, 1) - DAY_MS, until: Date.UTC(year + 1, 0, 1) + DAY_MS }
}

function yearOf(date: string): number {
  return Number(date.slice(0, 4))
}

/**
 * @param dateOf in the zone of the account: in another one, its days would begin on the date before or after
 * @param year null: that of all days
 */
export function calendarOf(
  all: readonly TradingDay[],
  dateOf: DateOf,
  year: number | null = null,
): readonly CalendarDay[] {
  const days = all.filter(({ day }) => year === null || yearOf(dateOf(day)) === year)
  const largest = Math.max(0, ...days.map((day) => Math.abs(pctOf(day) ?? 0)))
  return days.map((day) => {
    const date = dateOf(day.day)
    const at = Date.parse(date)
    const first = Date.parse(`${date.slice(0, 4)}-01-01`)
    const pct = pctOf(day)
    const week = Math.floor((Math.round((at - first) / DAY_MS) + mondayBased(first)) / 7)
    return { day, date, week, weekday: mondayBased(at), level: levelOf(pct, largest), pct }
  })
}

/** The first day of each month, where its name stands. */
export function monthsOf(days: readonly CalendarDay[]): readonly CalendarDay[] {
  return days.filter(({ date }, index) => date.slice(0, 7) !== days[index - 1]?.date.slice(0, 7))
}

function mondayBased(at: number): number {
  return (new Date(at).getUTCDay() + 6) % 7
}

function pctOf({ open, pnl }: TradingDay): number | null {
  const begun = Number(open)
  return open === null || pnl === null || begun === 0 ? null : (Number(pnl) / begun) * 100
}

/** By the square root, so that one very bad day leaves a difference between the others. */
function levelOf(pct: number | null, largest: number): number {
  if (pct === null || pct === 0 || largest === 0) return 0
  return Math.sign(pct) * Math.max(1, Math.ceil(Math.sqrt(Math.abs(pct) / largest) * 4))
}
