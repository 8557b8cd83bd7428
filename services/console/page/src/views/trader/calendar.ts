import type { TradingDay } from '@drawbridge/history/reads'

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

/** @param dateOf the date of an instant in the zone that is shown, as `2008-10-09` */
export function calendarOf(days: readonly TradingDay[], dateOf: (at: number) => string): readonly CalendarDay[] {
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
