/** When a market is open, date by date, with Intl. */
import { instantOf } from './calendar.ts'
import type { Sessions } from './config.ts'

const DAY = 86_400_000
const NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
/** As far as it is looked for an opening or a closing: histories have few holidays. */
const AHEAD = 40
const BACK = 10

/** Hours and minutes of a weekday, as minutes since its midnight. */
interface Part {
  readonly weekday: number
  readonly from: number
  readonly to: number
}

interface Opening {
  readonly from: number
  readonly to: number
}

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
const weekday = (name: string): number => NAMES.indexOf(name)

/** The weekdays of `mon`, `mon-fri` or `mon,wed`. */
const weekdays = (written: string): number[] =>
  written.split(',').flatMap((range) => {
    const [first = '', last = first] = range.split('-')
    const count = (weekday(last) - weekday(first) + 7) % 7
    return Array.from({ length: count + 1 }, (_, index) => (weekday(first) + index) % 7)
  })

function partsOf(line: string): Part[] {
  const [days = '', hours = '', last] = line.split(' ')
  if (last === undefined) {
    const [from = '', to = ''] = hours.split('-')
    return weekdays(days).map((day) => ({ weekday: day, from: minutes(from), to: minutes(to) }))
  }
  // `sun 17:00-fri 17:00`
  const [from = '', lastDay = ''] = hours.split('-')
  const through = weekdays(`${days}-${lastDay}`)
  return through.map((day, index) => ({
    weekday: day,
    from: index === 0 ? minutes(from) : 0,
    to: index === through.length - 1 ? minutes(last) : 1_440,
  }))
}

/** A holiday has none, and neither has a date that clocks skip. */
function openingsOn(date: number, { zone, hours, holidays = [] }: Sessions): Opening[] {
  if (holidays.includes(new Date(date * DAY).toISOString().slice(0, 10))) return []
  const today = new Date(date * DAY).getUTCDay()
  const [begins, ends] = [instantOf(date, '00:00', zone), instantOf(date + 1, '00:00', zone)]
  const at = (minute: number): number => {
    if (minute === 1_440) return ends
    const two = (part: number): string => String(part).padStart(2, '0')
    const shown = instantOf(date, `${two(Math.floor(minute / 60))}:${two(minute % 60)}`, zone)
    return Math.min(Math.max(shown, begins), ends)
  }
  return hours
    .flatMap(partsOf)
    .filter((part) => part.weekday === today)
    .map(({ from, to }) => ({ from: at(from), to: at(to) }))
    .filter(({ from, to }) => from < to)
}

const known = new WeakMap<Sessions, Map<number, readonly Opening[]>>()

function openings(date: number, sessions: Sessions): readonly Opening[] {
  const ofDates = known.get(sessions) ?? new Map<number, readonly Opening[]>()
  const before = ofDates.get(date)
  if (before !== undefined) return before
  const made = openingsOn(date, sessions)
  known.set(sessions, ofDates.set(date, made))
  return made
}

const dateOf = (at: number): number => Math.floor(at / DAY)

export function isOpen(sessions: Sessions, at: number): boolean {
  for (let date = dateOf(at) - 2; date <= dateOf(at) + 2; date += 1) {
    if (openings(date, sessions).some(({ from, to }) => from <= at && at < to)) return true
  }
  return false
}

/** The first moment after one at which the market closes or opens; null: none in the near future. */
export function nextChange(sessions: Sessions, at: number): number | null {
  const now = isOpen(sessions, at)
  for (let date = dateOf(at) - 2; date <= dateOf(at) + AHEAD; date += 1) {
    const moments = openings(date, sessions).flatMap(({ from, to }) => [from, to])
    const changes = moments.filter((moment) => moment > at && isOpen(sessions, moment) !== now)
    if (changes.length > 0) return Math.min(...changes)
  }
  return null
}

/** When the session of a moment at which the market is open began; as long as it is known. */
function beganAt(sessions: Sessions, at: number): number {
  for (let date = dateOf(at) + 2; date >= dateOf(at) - BACK; date -= 1) {
    const moments = openings(date, sessions).map(({ from }) => from)
    const begun = moments.filter((moment) => moment <= at && !isOpen(sessions, moment - 1))
    if (begun.length > 0) return Math.max(...begun)
  }
  return Number.NEGATIVE_INFINITY
}

/** The longest session of a week, by its clocks. */
function longest({ hours }: Sessions): number {
  const parts = hours.flatMap(partsOf)
  const isOpenAt = (minute: number): boolean => {
    const [day, time] = [Math.floor(minute / 1_440) % 7, minute % 1_440]
    return parts.some((part) => part.weekday === day && part.from <= time && time < part.to)
  }
  let [most, row] = [0, 0]
  for (let minute = 0; minute < 2 * 7 * 1_440; minute += 1) {
    row = isOpenAt(minute) ? row + 1 : 0
    most = Math.max(most, row)
  }
  return most >= 7 * 1_440 ? Number.POSITIVE_INFINITY : most * 60_000
}
const longestOf = new WeakMap<Sessions, number>()

/**
 * When nothing was heard for so long in one session; null: never. A silence that is no shorter than the longest session of
 * a week is never judged.
 */
export function lastedInSession(sessions: Sessions, heard: number, ms: number): number | null {
  const most = longestOf.get(sessions) ?? longest(sessions)
  longestOf.set(sessions, most)
  if (ms >= most) return null
  for (let at: number | null = heard; at !== null; at = nextChange(sessions, at)) {
    if (!isOpen(sessions, at)) continue
    const lasted = Math.max(heard, beganAt(sessions, at)) + ms
    const closes = nextChange(sessions, at)
    if (closes === null || lasted < closes) return lasted
  }
  return null
}
