import { readFileSync } from 'node:fs'

/** The expected result of the rules for the S&P 500 file, or some of its bars, computed without any code of the product. */
export interface ExpectedBreach {
  readonly date: string
  readonly rules: string[]
  /** Null: until somebody resumes. */
  readonly until: string | null
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
  decided: (index: number, paused: boolean, equity: bigint) => void,
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
    decided(index, rules.length > 0, equity)
  }
  return found
}

/** How an account has done; decimals. */
interface Outcome {
  readonly equity: string
  readonly deepestDrawdown: string
  readonly daysStopped: number
}

interface Account {
  cash: bigint
  units: bigint
}

/** What a strategy does at the last close of the window of 200 days. */
type Strategy = (account: Account, window: readonly Day[], stopped: boolean) => void

/** @param obeys whether a pause stops the account */
function goThrough(csv: string, strategy: Strategy, obeys: boolean): { breaches: ExpectedBreach[]; outcome: Outcome } {
  const all = daysOf(csv)
  const account: Account = { cash: UNITS * (all[0]?.close ?? 0n), units: 0n }
  let [last, peak, deepest, daysStopped] = [0n, 0n, 0n, 0]
  const found = breaches(
    all,
    (day) => account.cash + account.units * day.close,
    (index, paused, equity) => {
      last = equity
      if (equity > peak) peak = equity
      const drawdown = ((peak - equity) * 100n * 100_000_000n) / peak
      if (drawdown > deepest) deepest = drawdown
      const stopped = paused && obeys
      if (stopped) daysStopped += 1
      strategy(account, all.slice(Math.max(0, index - 199), index + 1), stopped)
    },
  )
  return { breaches: found, outcome: { equity: decimal(last, 6), deepestDrawdown: decimal(deepest, 8), daysStopped } }
}

function decimal(value: bigint, digits: number): string {
  const text = String(value).padStart(digits + 1, '0')
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`.replace(/\.?0+$/, '')
}

/** Buys 100 units at the first close and holds them, whatever anybody says. */
const hold: Strategy = (account, window) => {
  const close = window.at(-1)?.close ?? 0n
  if (account.units === 0n) Object.assign(account, { cash: account.cash - UNITS * close, units: UNITS })
}

/** Long above the 200-day average with all its cash in whole units; flat while stopped. */
const sma: Strategy = (account, window, stopped) => {
  if (window.length < 200) return
  const close = window.at(-1)?.close ?? 0n
  const above = close * 200n > window.reduce((sum, day) => sum + day.close, 0n)
  if (account.units > 0n && (!above || stopped)) {
    account.cash += account.units * close
    account.units = 0n
  } else if (account.units === 0n && above && !stopped) {
    account.units = account.cash / close
    account.cash -= account.units * close
  }
}

export function expectedOfHold(csv = SP500): ExpectedBreach[] {
  return goThrough(csv, hold, true).breaches
}

export function expectedOfSma(csv = SP500): ExpectedBreach[] {
  return goThrough(csv, sma, true).breaches
}

/** The account that holds, under 10 % of the first equity: only a person ends the pause, so that there is one breach. */
export function expectedOfFirm(csv = SP500): ExpectedBreach[] {
  const all = daysOf(csv)
  const first = all[0]?.close ?? 0n
  const broken = all.find(({ close }) => (first - close) * 100n >= 10n * first)
  return broken === undefined ? [] : [{ date: broken.date, rules: ['max_loss'], until: null }]
}

/** What the guardian did for the accounts. */
export function expectedAccounts(csv = SP500) {
  const compared = (strategy: Strategy) => ({
    with: goThrough(csv, strategy, true).outcome,
    without: goThrough(csv, strategy, false).outcome,
  })
  return { hold: compared(hold), sma: compared(sma), firm: heldUnder(expectedOfFirm(csv), csv) }
}

/** An account that holds whatever anybody says: it is stopped from its only breach on. */
function heldUnder([breach]: readonly ExpectedBreach[], csv: string) {
  const { outcome } = goThrough(csv, hold, false)
  const daysStopped = breach === undefined ? 0 : daysOf(csv).filter(({ date }) => date >= breach.date).length
  return { with: { ...outcome, daysStopped }, without: outcome }
}
