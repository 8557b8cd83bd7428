const format = new Intl.NumberFormat(undefined, { maximumFractionDigits: 4 })

/** A number as an axis has it: of the reader's language, and as short as it is exact. */
export function formatDecimal(value: number): string {
  return format.format(value === 0 ? 0 : value)
}

const HOUR_S = 3_600
const DAY_S = 24 * HOUR_S

type Style = Intl.DateTimeFormatOptions
const DATE = { day: 'numeric', month: 'short' } as const satisfies Style
const MINUTE = { hour: '2-digit', minute: '2-digit' } as const satisfies Style
/** From so many seconds between two times on. Months and years differ in length, so each begins a little earlier. */
const STYLES: readonly (readonly [seconds: number, style: Style])[] = [
  [360 * DAY_S, { year: 'numeric' }],
  [27 * DAY_S, { month: 'short', year: 'numeric' }],
  [DAY_S, DATE],
  [60, MINUTE],
]
const SECOND = { ...MINUTE, second: '2-digit' } as const satisfies Style

/**
 * Times as an axis has them: of the reader's language and of the zone, no finer than their distance. Where a day begins, the
 * date stands instead of the time.
 * @param times seconds @param step from one to the next, seconds
 * @param locale of the browser, if not given
 */
export function formatTimes(
  times: readonly number[],
  step: number,
  timeZone: string | undefined,
  locale?: string,
): string[] {
  const zone = timeZone === undefined ? {} : { timeZone }
  const style = STYLES.find(([from]) => step >= from)?.[1] ?? SECOND
  const own = new Intl.DateTimeFormat(locale, { ...style, ...zone })
  if (step >= DAY_S) return times.map((time) => own.format(time * 1_000))
  const date = new Intl.DateTimeFormat(locale, { ...DATE, ...zone })
  const clock = new Intl.DateTimeFormat('en-GB', { ...SECOND, ...zone })
  return times.map((time) => (clock.format(time * 1_000) === '00:00:00' ? date : own).format(time * 1_000))
}
