import { type Amount, describe, type Parsed, parsed, parseTickAmount, refused } from '@drawbridge/contracts'

/** One trading day. Prices are above 0. */
export interface Bar {
  /** `YYYY-MM-DD` */
  readonly date: string
  readonly open: Amount
  readonly high: Amount
  readonly low: Amount
  readonly close: Amount
}

const HEADER = 'date,open,high,low,close'
const DATE = /^\d{4}-\d{2}-\d{2}$/

/** Reads a CSV of daily bars in the order of their dates; a refusal names the first invalid line. */
export function parseBars(text: string): Parsed<readonly Bar[]> {
  const [header = '', ...lines] = text.replace(/\r/g, '').trimEnd().split('\n')
  if (header !== HEADER) return refused(`line 1: must be "${HEADER}", got ${describe(header)}`)
  const bars: Bar[] = []
  for (const [index, line] of lines.entries()) {
    const bar = parseBar(line)
    if (!bar.ok) return refused(`line ${index + 2}: ${bar.reason}`)
    const last = bars.at(-1)
    if (last !== undefined && bar.value.date <= last.date) {
      return refused(`line ${index + 2}: ${bar.value.date} does not come after ${last.date}`)
    }
    bars.push(bar.value)
  }
  return bars.length === 0 ? refused('has no bars') : parsed(bars)
}

function parseBar(line: string): Parsed<Bar> {
  const [date = '', ...prices] = line.split(',')
  if (!isDate(date)) {
    return refused(`date must be like "2000-01-03", got ${describe(date)}`)
  }
  if (prices.length !== 4) return refused(`must have 5 fields, has ${prices.length + 1}`)
  const amounts: Amount[] = []
  for (const [index, price] of prices.entries()) {
    const name = HEADER.split(',')[index + 1] ?? ''
    const amount = parseTickAmount(price)
    if (!amount.ok) return refused(`${name} ${amount.reason}`)
    if (amount.value <= 0n) return refused(`${name} must be above 0, got ${price}`)
    amounts.push(amount.value)
  }
  const [open = 0n, high = 0n, low = 0n, close = 0n] = amounts
  return parsed({ date, open, high, low, close })
}

/** False for days that do not exist, such as `2001-02-29`. */
function isDate(text: string): boolean {
  const time = DATE.test(text) ? Date.parse(text) : Number.NaN
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}
