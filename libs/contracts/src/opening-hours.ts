import { describe } from './amount.ts'
import { nearestName } from './names.ts'
import { type Parsed, parsed, refused } from './parsed.ts'

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
type Day = (typeof DAYS)[number]

/** A part of a day: from this minute up to, and without, that one. */
export interface OpenMinutes {
  readonly from: number
  readonly to: number
}

/** The parts of each day, Monday first, in order of time. */
export type OpenWeek = readonly (readonly OpenMinutes[])[]

export const MINUTES_A_DAY = 1_440

/** A line of opening hours as it is written when it is recorded, and the parts of days that it names. */
export interface OpeningHours {
  readonly text: string
  readonly parts: readonly (OpenMinutes & { readonly day: number })[]
}

const LINE = /^([a-z][a-z ,-]*?) *(\d+:\d+) *- *(?:([a-z]+) +)?(\d+:\d+)$/
const TIME = /^(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)$/
const EXAMPLES = '"mon-fri 09:30-16:00" or "sun 17:00-fri 17:00"'

/**
 * Reads `mon-fri 09:30-16:00`, hours on each of these days, or `sun 17:00-fri 17:00`, one session over midnight. Hours that
 * end before they begin are a fault: whoever means the next day names it.
 */
export function readHours(written: unknown): Parsed<OpeningHours> {
  const line = typeof written === 'string' ? LINE.exec(written.trim().toLowerCase().replaceAll(/\s+/g, ' ')) : null
  if (line === null) return refused(`${describe(written)} must be like ${EXAMPLES}`)
  const [, first = '', begin = '', second, end = ''] = line
  const fault = timeFault(begin, false) ?? timeFault(end, true)
  if (fault !== null) return refused(`${describe(written)}: ${fault}`)
  const days = readDays(first)
  const last = second === undefined ? null : readDays(second)
  if (!days.ok) return refused(`${describe(written)}: ${days.reason}`)
  if (last?.ok === false) return refused(`${describe(written)}: ${last.reason}`)
  const read =
    last === null
      ? eachDay(days.value, minuteOf(begin), minuteOf(end))
      : overMidnight(days.value, last.value, begin, end)
  if (!read.ok) return refused(`${describe(written)} ${read.reason}`)
  const until = last === null ? end : `${last.value.text} ${end}`
  return parsed({ text: `${days.value.text} ${begin}-${until}`, parts: read.value })
}

function timeFault(time: string, isEnd: boolean): string | null {
  if (time === '24:00' && !isEnd) return 'hours begin at 00:00 of the next day, not at 24:00'
  return TIME.test(time) ? null : `"${time}" is no time of day like "09:30"${isEnd ? ' or "24:00"' : ''}`
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

interface Days {
  readonly text: string
  readonly days: readonly number[]
}

/** `mon`, `mon-fri`, `mon,wed,fri`. */
function readDays(written: string): Parsed<Days> {
  const texts: string[] = []
  const days: number[] = []
  for (const range of written.split(',')) {
    const ends: number[] = []
    for (const name of range.split('-').map((one) => one.trim())) {
      const day = DAYS.findIndex((known) => known === name || FULL_NAMES[known] === name)
      if (day < 0) return refused(unknownDay(name))
      ends.push(day)
    }
    const [from = 0, to = from] = ends
    if (ends.length > 2) return refused(`"${range.trim()}" must be a day, or two like "mon-fri"`)
    for (let day = from; ; day = (day + 1) % DAYS.length) {
      days.push(day)
      if (day === to) break
    }
    texts.push(ends.map((day) => DAYS[day]).join('-'))
  }
  return parsed({ text: texts.join(','), days })
}

const FULL_NAMES: { readonly [D in Day]: string } = {
  mon: 'monday',
  tue: 'tuesday',
  wed: 'wednesday',
  thu: 'thursday',
  fri: 'friday',
  sat: 'saturday',
  sun: 'sunday',
}

function unknownDay(name: string): string {
  const near = nearestName(name, DAYS, 1) ?? nearestName(name, Object.values(FULL_NAMES))
  return `${describe(name)} is no day, ${near === null ? `known are ${DAYS.join(', ')}` : `did you mean "${near}"?`}`
}

function eachDay({ days }: Days, from: number, to: number): Parsed<OpeningHours['parts']> {
  if (from < to) return parsed(days.map((day) => ({ day, from, to })))
  const mend = to === 0 ? 'midnight at the end of a day is 24:00' : 'name the day of both, like "mon 18:00-tue 17:00"'
  return refused(`ends ${from === to ? 'when' : 'before'} it begins: ${mend}`)
}

function overMidnight(first: Days, last: Days, begin: string, end: string): Parsed<OpeningHours['parts']> {
  const [from] = first.days
  const [to] = last.days
  if (from === undefined || to === undefined || first.days.length > 1 || last.days.length > 1) {
    return refused(`must name one day before each time, like "sun 17:00-fri 17:00"`)
  }
  if (from === to) return eachDay(first, minuteOf(begin), minuteOf(end))
  const parts = [{ day: from, from: minuteOf(begin), to: MINUTES_A_DAY }]
  for (let day = (from + 1) % DAYS.length; day !== to; day = (day + 1) % DAYS.length) {
    parts.push({ day, from: 0, to: MINUTES_A_DAY })
  }
  return parsed(end === '00:00' ? parts : [...parts, { day: to, from: 0, to: minuteOf(end) }])
}

/** The first two lines that are open at the same time, and on which day; null: there are none. */
export function overlapOf(lines: readonly OpeningHours[]): string | null {
  for (const [index, day] of DAYS.entries()) {
    const parts = lines
      .flatMap(({ text, parts }) => parts.filter((part) => part.day === index).map((part) => ({ ...part, text })))
      .sort((a, b) => a.from - b.from)
    for (const [at, part] of parts.entries()) {
      const next = parts[at + 1]
      if (next === undefined || next.from >= part.to) continue
      return part.text === next.text
        ? `"${part.text}" names ${day} twice`
        : `"${part.text}" and "${next.text}" overlap on ${day}`
    }
  }
  return null
}

/** The week of lines that were read before; hours that touch are one. */
export function openWeek(lines: readonly string[]): OpenWeek {
  const parts = lines.flatMap((line) => {
    const read = readHours(line)
    return read.ok ? read.value.parts : []
  })
  return DAYS.map((_day, index) => {
    const joined: { from: number; to: number }[] = []
    for (const { from, to } of parts.filter(({ day }) => day === index).sort((a, b) => a.from - b.from)) {
      const last = joined.at(-1)
      if (last !== undefined && last.to >= from) last.to = Math.max(last.to, to)
      else joined.push({ from, to })
    }
    return joined
  })
}
