import { cutDown, cutUp, dividedBy, type Fraction, isPositive, isWithinBound, plus, times } from './fractions.ts'
import type { Limit } from './limit.ts'
import type { Book, Memory, Reading } from './state.ts'

const NAMES = ['reference', 'initial', 'startEquity', 'startBalance'] as const

const shifted = (reading: Reading, by: Fraction): Reading => ({
  ...reading,
  equity: plus(reading.equity, by),
  balance: reading.balance === null ? null : plus(reading.balance, by),
})

/** Money that came or went: the last confirmed reading and the references move, each limit's in its own way. */
export function moveByFlow(book: Book, limits: readonly Limit[], flow: Fraction): void {
  if (book.last === null) throw new Error('a flow needs a reading')
  const before = book.last.equity
  book.last = shifted(book.last, flow)
  book.flows = plus(book.flows, flow)
  const { known } = book
  book.known = {
    equity: known.equity === null ? null : plus(known.equity, flow),
    balance: known.balance === null ? null : plus(known.balance, flow),
  }
  // An equity of 0 or less has no percentages; the account needs a restart.
  if (!isPositive(before)) return
  const after = plus(before, flow)
  const ratio = isPositive(after) ? dividedBy(after, before) : null
  if (book.dayStart !== null) book.dayStart = plus(book.dayStart, flow)
  if (book.dayStartBalance !== null) book.dayStartBalance = plus(book.dayStartBalance, flow)
  if (book.peak !== null && ratio !== null) book.peak = cutUp(times(book.peak, ratio))
  for (const limit of limits) {
    const memory = book.memories.get(limit.name)
    if (memory !== undefined) moveMemory(memory, limit, flow, ratio)
  }
}

function moveMemory(memory: Memory, limit: Limit, flow: Fraction, ratio: Fraction | null): void {
  // The tighter side: a loss has less room below a higher reference, a profit is reached sooner above a lower one.
  const rounded = limit.measure === 'profit' ? cutDown : cutUp
  for (const name of NAMES) {
    const value = memory[name]
    if (value === null || limit.flows === 'fixed') continue
    if (limit.flows === 'shift') memory[name] = plus(value, flow)
    else if (ratio !== null) memory[name] = rounded(times(value, ratio))
  }
}

export const movePending = (book: Book, flow: Fraction): void => {
  book.pending = book.pending.map((reading) => shifted(reading, flow))
}

/** Whether every amount stays within what amounts may be. */
export function staysWithinBound(book: Book): boolean {
  const amounts = [book.last?.equity, book.last?.balance, book.peak, book.dayStart]
  const memories = [...book.memories.values()].flatMap((memory) => NAMES.map((name) => memory[name]))
  return [...amounts, ...memories].every((value) => value === null || value === undefined || isWithinBound(value))
}
