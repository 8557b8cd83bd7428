import type { Field, Settings } from './config.ts'
import { type Fraction, readAmount } from './fractions.ts'
import type { Reading, State } from './state.ts'
import type { ClosedTrade, ReadingStep } from './steps.ts'

export type Read = { readonly reading: Reading } | { readonly bad: string }

/** A number of a raw text: its digits as they are written. */
class Literal {
  readonly source: string
  constructor(source: string) {
    this.source = source
  }
}

type Revive = (this: unknown, key: string, value: unknown, context: { readonly source: string }) => unknown
const parse = JSON.parse as (text: string, revive: Revive) => unknown

/** The fields of a raw text; null: it is no object of JSON. */
export function fieldsOf(raw: string): Readonly<Record<string, unknown>> | null {
  try {
    const read = parse(raw, (_key, value, context) => (typeof value === 'number' ? new Literal(context.source) : value))
    if (typeof read !== 'object' || read === null || Array.isArray(read) || read instanceof Literal) return null
    const { at, ...rest } = read as Record<string, unknown>
    return { ...rest, reading_at: at }
  } catch {
    return null
  }
}

export const fieldsOfStep = (step: ReadingStep): Readonly<Record<string, unknown>> => {
  const { at: _at, ...fields } = step
  return fields
}

/** Undefined: absent. Null: it is no amount. */
function amount(value: unknown): Fraction | null | undefined {
  if (value === undefined || value === null) return undefined
  if (value instanceof Literal) return readAmount(value.source)
  return typeof value === 'string' || typeof value === 'number' ? readAmount(String(value)) : null
}

const wholeNumber = (value: unknown): number | null | undefined => {
  if (value === undefined || value === null) return undefined
  const number = Number(value instanceof Literal ? value.source : value)
  return Number.isSafeInteger(number) && number >= 0 ? number : null
}

const instant = (value: unknown): number | null | undefined => {
  if (value === undefined || value === null) return undefined
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? null : at
}

const word = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** What is wrong with what the reading says, or the reading. Whether it is late is another question. */
export function readReading(
  fields: Readonly<Record<string, unknown>>,
  used: ReadonlySet<Field>,
  settings: Settings,
  server: number,
): Read {
  const equity = amount(fields.equity)
  if (equity === undefined || equity === null) return { bad: 'equity: is no amount' }
  const balance = amount(fields.balance)
  if (balance === null && used.has('balance')) return { bad: 'balance: is no amount' }
  const netDeposits = settings.net_deposits ? amount(fields.net_deposits) : undefined
  if (settings.net_deposits && !netDeposits) return { bad: 'net_deposits: is no amount, and this account counts it' }
  const seq = wholeNumber(fields.seq)
  if (seq === null) return { bad: 'seq: is no whole number' }
  const event = instant(fields.reading_at)
  if (settings.time_base === 'event') {
    if (event === undefined || event === null) return { bad: 'at: is no time, and this account counts it' }
    if (event > server + 60_000) return { bad: 'at: is in the future' }
  }
  return {
    reading: {
      equity,
      balance: balance ?? null,
      netDeposits: netDeposits ?? null,
      currency: word(fields.currency),
      seq: seq ?? null,
      run: word(fields.run),
      server,
      event: event ?? null,
    },
  }
}

/** Why it is out of order; null: it is not. */
export function lateness(state: State, reading: Reading): string | null {
  const { run, seq, event } = reading
  if (run !== null && state.pastRuns.includes(run)) return `run ${run}: another began after it`
  const sameRun = run === null || run === state.run
  if (sameRun && seq !== null && state.seq !== null && seq <= state.seq) return `seq ${seq}: not above ${state.seq}`
  if (state.settings.time_base === 'event' && event !== null && state.time !== null && event < state.time) {
    return 'at: before the last one'
  }
  return null
}

const PAST_RUNS = 4

export function rememberOrder(state: State, { run, seq }: Reading): void {
  if (run !== null && run !== state.run) {
    if (state.run !== null) state.pastRuns = [state.run, ...state.pastRuns].slice(0, PAST_RUNS)
    state.run = run
    state.seq = seq
  } else if (seq !== null) state.seq = seq
}

const LATE_IN_A_ROW = 5
const LATE_ALONE_MS = 10_000

/** One more reading that is late or a repetition. */
export function countLate(state: State, server: number): void {
  const { late } = state
  if (late.count === 0) late.since = server
  late.count += 1
  if (late.count >= LATE_IN_A_ROW || server - late.since >= LATE_ALONE_MS) late.blocks = true
}

export const noneLate = (state: State): void => {
  state.late = { count: 0, since: 0, blocks: false }
}

/** The trades of a report, whatever becomes of its equity. */
export function closedOf(fields: Readonly<Record<string, unknown>>): ClosedTrade[] {
  const { closed } = fields
  if (!Array.isArray(closed)) return []
  return closed.flatMap(({ id, at, pnl }: Record<string, unknown>) => {
    const written =
      pnl instanceof Literal ? pnl.source : typeof pnl === 'string' || typeof pnl === 'number' ? pnl : null
    if (typeof id !== 'string' || written === null || readAmount(String(written)) === null) return []
    return [{ id, pnl: written, ...(typeof at === 'string' ? { at } : {}) }]
  })
}
