import { readFileSync } from 'node:fs'

/** The expected result of the rules for the S&P 500 file, or some of its bars, computed without any code of the product. */
export interface ExpectedBreach {
  readonly date: string
  readonly rules: string[]
  readonly until: string
}

const UNITS = 100n
const MINUTE_MS = 60_000

interface Day {
  readonly date: string
  /** In millionths: the file has six decimals. */
  readonly close: bigint
}

/** The file of the demo. */
export const SP500 = readFileSync(new URL('../services/trader/data/sp500-2000.csv', import.meta.url), 'utf8')

function daysOf(csv: string): Day[] {
  const [, ...rows] = csv.trim().split('\n')
  return rows.map((row) => {
    const [date = '', , , , close = ''] = row.split(',')
    const [whole = '', fraction = ''] = close.split('.')
    return { date, close: BigInt(whole + fraction.padEnd(6, '0')) }
  })
}

/** The moment of a New York wall-clock time, found by trying both offsets that New York has. */
function newYork(date: string, time: string): number {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'America/New_York',
    dateStyle: 'short',
    timeStyle: 'medium',
  })
  for (const offset of ['-04:00', '-05:00']) {
    const moment = Date.parse(`${date}T${time}:00${offset}`)
    if (format.format(moment) === `${date} ${time}:00`) return moment
  }
  throw new Error(`there is no ${date} ${time} in New York`)
}

function nextDate(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}

/**
 * One bar a day at 16:00: the day's loss is measured from yesterday's close, in percent of the first equity, limit 5;
 * the drawdown from the peak, limit 20. A pause for a daily loss ends at midnight, one for a drawdown after 30 minutes,
 * thus before the next bar, though the limit may be broken yet; a drawdown's end makes the last equity the new peak
 * (`on_end` of the demo is `rebase`).
 */
function breaches(
  days: readonly Day[],
  equityOf: (day: Day) => bigint,
  decided: (index: number, paused: boolean) => void,
): ExpectedBreach[] {
  const found: ExpectedBreach[] = []
  let initial = 0n
  let peak = 0n
  let last = 0n
  let drawdownHeld = false
  for (const [index, day] of days.entries()) {
    const equity = equityOf(day)
    if (index === 0) {
      initial = equity
      last = equity
    }
    if (drawdownHeld) peak = last
    if (equity > peak) peak = equity
    const rules: string[] = []
    if ((last - equity) * 100n >= 5n * initial) rules.push('max_daily_loss')
    drawdownHeld = (peak - equity) * 100n >= 20n * peak
    if (drawdownHeld) rules.push('max_drawdown')
    if (rules.length > 0) {
      const timer = newYork(day.date, '16:00') + 30 * MINUTE_MS
      const midnight = newYork(nextDate(day.date), '00:00')
      const until = rules.includes('max_daily_loss') ? Math.max(timer, midnight) : timer
      found.push({ date: day.date, rules, until: new Date(until).toISOString() })
    }
    last = equity
    decided(index, rules.length > 0)
  }
  return found
}

/** Buys 100 units at the first close and holds them. */
export function expectedOfHold(csv = SP500): ExpectedBreach[] {
  return breaches(
    daysOf(csv),
    (day) => UNITS * day.close,
    () => undefined,
  )
}

/** Long above the 200-day average with all its cash in whole units; flat while paused. */
export function expectedOfSma(csv = SP500): ExpectedBreach[] {
  const all = daysOf(csv)
  let cash = UNITS * (all[0]?.close ?? 0n)
  let units = 0n
  return breaches(
    all,
    (day) => cash + units * day.close,
    (index, paused) => {
      if (index < 199) return
      const window = all.slice(index - 199, index + 1)
      const close = window.at(-1)?.close ?? 0n
      const above = close * 200n > window.reduce((sum, day) => sum + day.close, 0n)
      if (units > 0n && (!above || paused)) {
        cash += units * close
        units = 0n
      } else if (units === 0n && above && !paused) {
        units = cash / close
        cash -= units * close
      }
    },
  )
}
