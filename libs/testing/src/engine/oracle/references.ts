import type { Window } from './calendar.ts'
import type { Field, Settings } from './config.ts'
import { compare, decimal, type Fraction, isPositive, larger, minus, percentOf, plus, sign } from './fractions.ts'
import type { Limit } from './limit.ts'
import { valueIn } from './lines.ts'
import type { Book, Memory, Reading, State } from './state.ts'

type Values = { readonly equity: Fraction | null; readonly balance: Fraction | null }

/** Exactly 0 never becomes a reference, unless plausibility is off. */
const usable = (value: Fraction | null, settings: Settings): Fraction | null =>
  value !== null && sign(value) === 0 && settings.confirm_jump !== null ? null : value

const usableValues = (values: Values, settings: Settings): Values => ({
  equity: usable(values.equity, settings),
  balance: usable(values.balance, settings),
})

const higherOf = (a: Fraction | null, b: Fraction | null): Fraction | null =>
  a === null ? b : b === null ? a : larger(a, b)

/** What the account began with by a restart or the settings; null: neither says so. */
export const configuredIn = ({ period, settings }: State): Fraction | null =>
  period.initial ?? (settings.initial_balance === null ? null : decimal(settings.initial_balance))

/** What an account period begins from, at its first confirmed reading. */
export function begin(state: State, limits: readonly Limit[], reading: Reading): void {
  const { book, settings, period } = state
  const values = usableValues(reading, settings)
  const configured = configuredIn(state)
  book.initial = configured ?? values.equity
  book.first = values.equity
  const fromInitial = configured !== null && settings.first_day === 'initial-balance'
  const start = fromInitial ? { equity: configured, balance: configured } : values
  book.dayStart = period.dayStart ?? start.equity
  book.dayStartBalance = start.balance
  book.peak = period.peak ?? higherOf(configured, values.equity)
  book.netDeposits = reading.netDeposits
  for (const limit of limits) {
    const begun = limit.window === 'day' && period.dayStart !== null ? { ...start, equity: period.dayStart } : start
    const peak = limit.window === 'lifetime' ? (period.peak ?? configured ?? valueIn(limit.of, values)) : null
    book.memories.set(limit.name, memoryFrom(limit, book.initial, begun, peak))
  }
}

function memoryFrom(limit: Limit, initial: Fraction | null, start: Values, peak: Fraction | null): Memory {
  const value = valueIn(limit.of, start)
  const reference = limit.kind === 'initial' ? initial : limit.kind === 'start' ? value : (peak ?? value)
  return { reference, initial, startEquity: start.equity, startBalance: start.balance, active: false }
}

/** A limit that comes later begins at the last confirmed reading, from what is known of the day and of the lifetime. */
export function beginLimit(state: State, limit: Limit): void {
  const { book } = state
  if (book.last === null) return
  const now = usableValues(book.last, state.settings)
  const start = limit.window === 'day' ? { equity: book.dayStart, balance: book.dayStartBalance } : now
  const known = limit.of === 'equity' && limit.window === 'lifetime' && limit.sampled === 'continuous'
  const peak =
    limit.window !== 'lifetime'
      ? higherOf(valueIn(limit.of, start), valueIn(limit.of, now))
      : known
        ? book.peak
        : higherOf(configuredIn(state), valueIn(limit.of, now))
  book.memories.set(limit.name, memoryFrom(limit, book.initial, start, peak))
}

/** What a confirmed reading moves. It is the last one already. */
export function moveByReading(state: State, limits: readonly Limit[], reading: Reading): void {
  const { book } = state
  const values = usableValues(reading, state.settings)
  for (const field of ['equity', 'balance'] as const) {
    // A 0 leaves what was known before it; no value is carried over a reading that lacks it.
    const value = reading[field]
    if (value === null || sign(value) !== 0) book.known[field] = value
  }
  book.initial ??= values.equity
  book.first ??= values.equity
  book.dayStart ??= values.equity
  book.dayStartBalance ??= values.balance
  book.peak = higherOf(book.peak, values.equity)
  for (const limit of limits) {
    const memory = book.memories.get(limit.name)
    if (memory === undefined) continue
    memory.initial ??= book.initial
    memory.startEquity ??= values.equity
    memory.startBalance ??= values.balance
    const value = valueIn(limit.of, values)
    memory.reference ??= limit.kind === 'initial' ? memory.initial : value
    if (limit.kind === 'peak' && limit.sampled === 'continuous') memory.reference = higherOf(memory.reference, value)
  }
}

/** Whether the profit is there from which a limit begins is asked of the last confirmed reading. */
export function beginByProfit({ book }: State, limits: readonly Limit[]): void {
  for (const limit of limits) {
    const memory = book.memories.get(limit.name)
    if (memory !== undefined && book.last !== null) memory.active ||= reachesProfit(limit, memory, book.last)
  }
}

/** A limit that holds from the window's start has not begun by a profit, whatever it says later. */
export function forgetBegun({ book }: State, limits: readonly Limit[]): void {
  for (const { name, activeFrom } of limits) {
    const memory = book.memories.get(name)
    if (memory !== undefined && activeFrom === null) memory.active = false
  }
}

function reachesProfit(limit: Limit, memory: Memory, { equity }: Reading): boolean {
  const { activeFrom } = limit
  if (activeFrom === null || memory.startEquity === null) return false
  if (!('amount' in activeFrom) && !isPositive(memory.startEquity)) return false
  const wanted = 'amount' in activeFrom ? activeFrom.amount : percentOf(activeFrom.percent, memory.startEquity)
  return compare(minus(equity, memory.startEquity), wanted) >= 0
}

/** The windows begin: with the last confirmed reading before that moment. */
export function moveByWindows(state: State, limits: readonly Limit[], windows: readonly Window[]): void {
  const { book } = state
  const { last } = book
  if (last === null) return
  const closing = closingValues(book, last, state.settings)
  for (const limit of limits) {
    const memory = book.memories.get(limit.name)
    if (memory === undefined) continue
    if (windows.includes(limit.window)) {
      memory.startEquity = closing.equity
      memory.startBalance = closing.balance
      memory.active = false
      if (limit.kind !== 'initial') memory.reference = valueIn(limit.of, closing)
    } else if (limit.kind === 'peak' && limit.sampled === 'day-close') {
      memory.reference = higherOf(memory.reference, valueIn(limit.of, closing))
    }
  }
  closeDay(book, closing)
}

/** A confirmed 0 gives way to the value before it. */
function closingValues(book: Book, last: Reading, settings: Settings): Values {
  const of = (field: Field): Fraction | null => {
    const value = last[field]
    return value === null ? null : (usable(value, settings) ?? usable(book.known[field], settings))
  }
  return { equity: of('equity'), balance: of('balance') }
}

function closeDay(book: Book, closing: Values): void {
  const result = dayResult(book)
  // A day without a reading is no trading day.
  if (result !== null && book.days.counted) {
    book.days.best = higherOf(book.days.best, result)
    book.days.sum = plus(book.days.sum, result)
  }
  book.days.counted = false
  book.dayStart = closing.equity
  book.dayStartBalance = closing.balance
}

/** What the day has brought so far, net of flows. */
export const dayResult = (book: Book): Fraction | null =>
  book.last === null || book.dayStart === null ? null : minus(book.last.equity, book.dayStart)
