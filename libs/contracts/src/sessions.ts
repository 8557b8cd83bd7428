import { describe } from './amount.ts'
import { aBoolean, aList, aString, optional } from './json-schema.ts'
import { type LimitValue, object, partsOf, timeZone } from './limit-values.ts'
import { unknownField } from './names.ts'
import { type OpeningHours, overlapOf, readHours } from './opening-hours.ts'
import { type Parsed, parsed, refused } from './parsed.ts'

/** When a market is open. Outside of that the silence of a bot is not judged. */
export interface Sessions {
  /** IANA name; hours and holidays are those of its clocks. */
  readonly zone: string
  /** Lines like `mon-fri 09:30-16:00` and `sun 17:00-fri 17:00`, see {@link readHours}. */
  readonly hours: readonly string[]
  /** Dates like `2026-12-25`, in order, on which the market is closed from midnight to midnight. */
  readonly holidays: readonly string[]
  /** Whether entries are blocked while it is closed. */
  readonly blockEntries: boolean
}

const HOURS_MAX = 32
const HOLIDAYS_MAX = 400
const FIELDS = ['zone', 'hours', 'holidays', 'block_entries']

export const sessions: LimitValue<Sessions, object> = object(
  'an object like {"zone": "America/New_York", "hours": ["sun 17:00-fri 17:00"], "holidays": ["2026-12-25"]}',
  partsOf({
    zone: aString({ description: 'an IANA time zone' }),
    hours: aList(aString({ description: 'hours like "mon-fri 09:30-16:00" or "sun 17:00-fri 17:00"' }), {
      minItems: 1,
      maxItems: HOURS_MAX,
    }),
    holidays: optional(aList(aString({ description: 'a date' }), { maxItems: HOLIDAYS_MAX })),
    block_entries: optional(aBoolean({ description: 'whether entries are blocked while it is closed' })),
  }),
  readSessions,
  ({ zone, hours, holidays, blockEntries }) => ({
    zone,
    hours: [...hours],
    ...(holidays.length === 0 ? {} : { holidays: [...holidays] }),
    ...(blockEntries ? { block_entries: true } : {}),
  }),
)

/** All faults are told at once, each with the part that it is in. */
function readSessions(message: object): Parsed<Sessions> {
  const { zone, hours, holidays = [], block_entries: blocks = false } = message as Readonly<Record<string, unknown>>
  const unknown = Object.keys(message).filter((name) => !FIELDS.includes(name))
  const faults = unknown.map((name) => `has an ${unknownField(name, FIELDS)}`)
  const readZone =
    typeof zone === 'string' ? timeZone.read(zone) : refused(`must be ${timeZone.words}, got ${describe(zone)}`)
  if (!readZone.ok) faults.push(`.zone ${readZone.reason}`)
  const lines = readList(hours, 'hours', HOURS_MAX, faults, readHours)
  if (Array.isArray(hours) && hours.length === 0) faults.push('.hours must have at least one line')
  const overlap = overlapOf(lines)
  if (overlap !== null) faults.push(`.hours: ${overlap}`)
  const dates = readList(holidays, 'holidays', HOLIDAYS_MAX, faults, readDate).sort()
  const twice = dates.find((date, index) => date === dates[index - 1])
  if (twice !== undefined) faults.push(`.holidays: "${twice}" is written twice`)
  if (typeof blocks !== 'boolean') faults.push(`.block_entries must be true or false, got ${describe(blocks)}`)
  if (faults.length > 0 || !readZone.ok) return refused(faults.join('; '))
  return parsed({
    zone: readZone.value,
    hours: lines.map(({ text }: OpeningHours) => text),
    holidays: dates,
    blockEntries: blocks === true,
  })
}

function readList<T>(
  list: unknown,
  name: string,
  max: number,
  faults: string[],
  read: (one: unknown) => Parsed<T>,
): T[] {
  if (!Array.isArray(list)) {
    faults.push(`.${name} must be a list, got ${describe(list)}`)
    return []
  }
  if (list.length > max) {
    faults.push(`.${name} must be at most ${max}, got ${list.length}`)
    return []
  }
  return list.flatMap((one) => {
    const outcome = read(one)
    if (outcome.ok) return [outcome.value]
    faults.push(`.${name}: ${outcome.reason}`)
    return []
  })
}

const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/

function readDate(written: unknown): Parsed<string> {
  if (typeof written !== 'string' || !DATE.test(written)) {
    return refused(`${describe(written)} must be a date like "2026-12-25"`)
  }
  // Date takes 30 February for a day in March.
  const date = new Date(`${written}T00:00:00Z`)
  const isDate = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(written)
  return isDate ? parsed(written) : refused(`"${written}" is no date`)
}

/**
 * Whether other sessions may let a bot do more. Hours have no order, so that any other ones may. To block entries while the
 * market is closed is tighter, with the same hours or where there were none.
 */
export function sessionsLoosen(from: Sessions | null, to: Sessions | null): boolean {
  if (from === null || to === null) return to === null || !to.blockEntries
  return (from.blockEntries && !to.blockEntries) || openingsOf(from) !== openingsOf(to)
}

function openingsOf({ zone, hours, holidays }: Sessions): string {
  return JSON.stringify([zone, hours, holidays])
}
