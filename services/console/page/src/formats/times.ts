/** In which zone times are shown: UTC, that of the reader's machine, or that of the account's trading day. */
export const ZONES = ['local', 'utc', 'account'] as const
export type ZoneChoice = (typeof ZONES)[number]

/** @param accountZone of the account that the time is about; null: not known, or about no account */
export function zoneName(choice: ZoneChoice, accountZone: string | null): string | undefined {
  if (choice === 'utc') return 'UTC'
  // Without an account of its own a time is shown in the local zone.
  return choice === 'account' && accountZone !== null ? accountZone : undefined
}

const formats = new Map<string, Intl.DateTimeFormat>()

const DAY = { dateStyle: 'medium' } as const
const CLOCK = { timeStyle: 'long' } as const

/** Day and time to the second, with the name of the zone. */
export function formatTime(at: string | number | null, zone: string | undefined): string {
  return at === null ? '–' : formatOf('time', { ...DAY, ...CLOCK }, zone).format(new Date(at))
}

export function formatDay(at: string | number, zone: string | undefined): string {
  return formatOf('day', DAY, zone).format(new Date(at))
}

/** The time of the day to the second, with the name of the zone. */
export function formatClock(at: string | number, zone: string | undefined): string {
  return formatOf('clock', CLOCK, zone).format(new Date(at))
}

function formatOf(name: string, style: Intl.DateTimeFormatOptions, timeZone: string | undefined): Intl.DateTimeFormat {
  const key = `${name} ${timeZone ?? ''}`
  const known = formats.get(key)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat(undefined, { ...style, ...(timeZone === undefined ? {} : { timeZone }) })
  formats.set(key, made)
  return made
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const

/** The largest units of a duration, two if not said otherwise, like "2 h 5 min"; below a second "0 s". */
export function formatDuration(ms: number, units = 2): string {
  let seconds = Math.max(0, Math.floor(ms / 1_000))
  const parts: string[] = []
  for (const [unit, length] of UNITS) {
    const count = Math.floor(seconds / length)
    if (count === 0 && parts.length === 0 && unit !== 's') continue
    seconds -= count * length
    if (count > 0 || parts.length === 0) parts.push(`${count} ${unit}`)
    if (parts.length === units) break
  }
  return parts.join(' ')
}
