import {
  type Instant,
  MINUTES_A_DAY,
  type OpenMinutes,
  type OpenWeek,
  openWeek,
  type Sessions,
} from '@drawbridge/contracts/pure'
import { Temporal } from 'temporal-polyfill'

/** A date: days since 1970-01-01. */
export type Day = number

/** From this moment up to, and without, that one. */
export interface Span {
  readonly from: Instant
  readonly to: Instant
}

const DAY_MS = 86_400_000

/** The days of a market, by clocks of its zone. A day begins when these first show its midnight. */
export class OpenDays {
  readonly #zone: string
  readonly #week: OpenWeek
  readonly holidays: readonly Day[]
  readonly #isHoliday: ReadonlySet<Day>
  /** Whether it closes on holidays alone. */
  readonly isAlwaysOpen: boolean
  /** The longest session of a week by its clocks, milliseconds; infinite where it is always open. */
  readonly longestMs: number

  constructor({ zone, hours, holidays }: Sessions) {
    this.#zone = zone
    this.#week = openWeek(hours)
    this.holidays = holidays.map((date) => Date.parse(`${date}T00:00:00Z`) / DAY_MS)
    this.#isHoliday = new Set(this.holidays)
    const longest = longestOf(this.#week)
    this.isAlwaysOpen = longest >= 7 * MINUTES_A_DAY
    this.longestMs = this.isAlwaysOpen ? Number.POSITIVE_INFINITY : longest * 60_000
  }

  /** Where clocks go back over midnight, they show the date before once more. */
  dayOf(moment: Instant): Day {
    const date = Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(this.#zone).toPlainDate()
    let day = Date.UTC(date.year, date.month - 1, date.day) / DAY_MS
    while (this.startOf(day + 1) <= moment) day += 1
    return day
  }

  startOf(day: Day): Instant {
    return this.#at(day, 0)
  }

  isHoliday(day: Day): boolean {
    return this.#isHoliday.has(day)
  }

  /** When it is open on a day, in order, apart from each other. */
  spansOf(day: Day): readonly Span[] {
    const parts = this.#week[weekdayOf(day)] ?? []
    if (parts.length === 0 || this.isHoliday(day)) return []
    // A date that clocks skip ends as it begins.
    const end = this.startOf(day + 1)
    const spans = parts.map(({ from, to }) => ({
      from: this.#at(day, from),
      to: Math.min(end, this.#at(day, to)),
    }))
    return joined(spans.filter(({ from, to }) => from < to).sort((a, b) => a.from - b.from))
  }

  /** A local time that daylight saving skips is taken after the gap, one that it repeats is taken once, the first time. */
  #at(day: Day, minutes: number): Instant {
    const date = Temporal.PlainDate.from(new Date(day * DAY_MS).toISOString().slice(0, 10))
    const [days, minute] = minutes === MINUTES_A_DAY ? [1, 0] : [0, minutes]
    const plainTime = Temporal.PlainTime.from({ hour: Math.floor(minute / 60), minute: minute % 60 })
    return date.add({ days }).toZonedDateTime({ timeZone: this.#zone, plainTime }).epochMilliseconds
  }
}

/** Monday is 0. */
function weekdayOf(day: Day): number {
  return (((day + 3) % 7) + 7) % 7
}

function joined(spans: readonly Span[]): Span[] {
  const all: Span[] = []
  for (const span of spans) {
    const last = all.at(-1)
    if (last === undefined || last.to < span.from) all.push(span)
    else all[all.length - 1] = { from: last.from, to: Math.max(last.to, span.to) }
  }
  return all
}

/** The longest run of minutes in a week, which goes on with itself. */
function longestOf(week: OpenWeek): number {
  const inTwoWeeks: OpenMinutes[] = [...week, ...week].flatMap((parts, day) =>
    parts.map(({ from, to }) => ({ from: day * MINUTES_A_DAY + from, to: day * MINUTES_A_DAY + to })),
  )
  return Math.max(0, ...joined(inTwoWeeks).map(({ from, to }) => to - from))
}
