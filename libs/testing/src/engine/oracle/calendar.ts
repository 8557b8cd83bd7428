/** When windows begin, by clocks of a zone, with Intl and one date after another. */

export type Window = 'day' | 'week' | 'month' | 'lifetime'
export const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const
export type Weekday = (typeof WEEKDAYS)[number]

export interface Calendar {
  /** HH:MM */
  readonly resetTime: string
  readonly zone: string
  readonly weekStarts: Weekday
}

/** A moment at which windows begin. */
export interface WindowStart {
  readonly at: number
  readonly windows: readonly Window[]
}

const DAY = 86_400_000
const MINUTE = 60_000

/** The first moment after `from` at which a window of any kind begins. */
export function nextWindowStart(from: number, calendar: Calendar): WindowStart {
  const dates = datesAround(from, 4)
  const starts = dates.map((date) => instantOf(date, calendar.resetTime, calendar.zone)).filter((at) => at > from)
  const at = Math.min(...starts)
  // A date that clocks skip begins together with the next one: both count.
  const begun = dates.filter((date) => instantOf(date, calendar.resetTime, calendar.zone) === at)
  return { at, windows: windowsBegunOn(begun, calendar.weekStarts) }
}

function windowsBegunOn(dates: readonly number[], weekStarts: Weekday): Window[] {
  const windows: Window[] = ['day']
  if (dates.some((date) => WEEKDAYS[new Date(date * DAY).getUTCDay()] === weekStarts)) windows.push('week')
  if (dates.some((date) => new Date(date * DAY).getUTCDate() === 1)) windows.push('month')
  return windows
}

/** The first moment after `from` at which a window of this kind begins; of a lifetime, a day. */
export function nextStartOf(window: Window, from: number, calendar: Calendar): number {
  const wanted = window === 'lifetime' ? 'day' : window
  let start = nextWindowStart(from, calendar)
  while (!start.windows.includes(wanted)) start = nextWindowStart(start.at, calendar)
  return start.at
}

/** When the window of a moment began. */
export function startOf(window: Window, at: number, calendar: Calendar): number {
  let begun = nextStartOf(window, at - 33 * DAY, calendar)
  for (let next = begun; next <= at; next = nextStartOf(window, next, calendar)) begun = next
  return begun
}

/** The first moment after `from` at which clocks of the zone show HH:MM. */
export function nextClockTime(time: string, from: number, zone: string): number {
  return Math.min(
    ...datesAround(from, 4)
      .map((date) => instantOf(date, time, zone))
      .filter((at) => at > from),
  )
}

/** Days since 1970, from two before to some after. */
function datesAround(at: number, after: number): number[] {
  const today = Math.floor(at / DAY)
  return Array.from({ length: after + 3 }, (_, index) => today - 2 + index)
}

const instants = new Map<string, Map<number, number>>()

/** When clocks in the zone first show the time on a date; if they skip it, that long after they skip. */
export function instantOf(date: number, time: string, zone: string): number {
  const key = `${zone} ${time}`
  const ofTime = instants.get(key) ?? new Map<number, number>()
  const known = ofTime.get(date)
  if (known !== undefined) return known
  const [hours = Number.NaN, minutes = Number.NaN] = time.split(':').map(Number)
  const wanted = date * DAY + (hours * 60 + minutes) * MINUTE
  const offsetBefore = wallClock(zone, wanted - 1.5 * DAY) - (wanted - 1.5 * DAY)
  const offsetAfter = wallClock(zone, wanted + 1.5 * DAY) - (wanted + 1.5 * DAY)
  const shown = [wanted - offsetBefore, wanted - offsetAfter].filter((at) => wallClock(zone, at) === wanted)
  const at = shown.length === 0 ? wanted - offsetBefore : Math.min(...shown)
  instants.set(key, ofTime.set(date, at))
  return at
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** What clocks in the zone show, as if it were UTC. */
function wallClock(zone: string, at: number): number {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(zone, format)
  }
  const shown = new Map(format.formatToParts(at).map((part) => [part.type, Number(part.value)]))
  const part = (type: Intl.DateTimeFormatPartTypes): number => shown.get(type) ?? Number.NaN
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
}

/** Whether it is HH:MM of a clock. */
export const isTimeOfDay = (value: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(value)

const zones = new Map<string, boolean>()

export function isZone(name: string): boolean {
  const known = zones.get(name)
  if (known !== undefined) return known
  const is = isZoneOfIntl(name)
  zones.set(name, is)
  return is
}

function isZoneOfIntl(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name })
    return true
  } catch {
    return false
  }
}
