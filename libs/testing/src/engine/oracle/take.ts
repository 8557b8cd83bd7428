import { moveByFlow } from './flows.ts'
import { minus, sign } from './fractions.ts'
import { settle, usedFields } from './judge.ts'
import { endZeros, weigh } from './plausibility.ts'
import { begin, moveByReading } from './references.ts'
import type { Reading } from './state.ts'
import { copyOfBook, type World } from './world.ts'

/** A usable reading comes: the book before it is kept. */
export function receive(world: World, reading: Reading, at: number): void {
  const { state } = world
  state.before = { book: copyOfBook(state.book), reading }
  endZeros(state, usedFields(world.limits), reading)
  take(world, reading, at)
}

/** It is confirmed, or waits, or confirms an older one and is weighed again. */
export function take(world: World, reading: Reading, at: number): void {
  const { state, limits } = world
  for (;;) {
    const taken = weigh(state, usedFields(limits), reading)
    if (taken.take === 'wait') return
    confirm(world, taken.take === 'confirm' ? taken.reading : taken.first, at)
    if (taken.take === 'confirm') return
  }
}

/** The reading counts: flows that it tells move references first, then it does, then every limit is judged. */
export function confirm(world: World, reading: Reading, at: number): void {
  const { state, limits, facts } = world
  const { book } = state
  const first = book.last === null
  if (!first && reading.netDeposits !== null) {
    const flow = book.netDeposits === null ? null : minus(reading.netDeposits, book.netDeposits)
    if (flow !== null && sign(flow) !== 0) {
      moveByFlow(book, limits, flow)
      facts.push({ at, what: 'cash-flow' })
    }
    book.netDeposits = reading.netDeposits
  }
  book.last = reading
  if (first) begin(state, limits, reading)
  book.currency ??= reading.currency
  if (!book.days.counted) {
    book.days.counted = true
    book.days.count += 1
  }
  moveByReading(state, limits, reading)
  facts.push({ at, what: 'confirmed' })
  settle(world, at)
}
