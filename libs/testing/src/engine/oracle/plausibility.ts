import type { Field, Settings } from './config.ts'
import { compare, decimal, type Fraction, minus, percentOf, plus, sign, size, ZERO } from './fractions.ts'
import type { Book, Reading, State } from './state.ts'

export const FALL_MS = 60_000
const ZERO_READINGS = 3
const ZERO_MS = 600_000

/** What becomes of a reading by what is known. */
export type Taken =
  | { readonly take: 'confirm'; readonly reading: Reading }
  /** An older one is confirmed first, then the reading is taken again. */
  | { readonly take: 'confirm-first'; readonly first: Reading }
  | { readonly take: 'wait' }

/** A reading that is heard ends the zeros that wait, unless it is one of them. */
export function endZeros({ book, settings }: State, used: ReadonlySet<Field>, reading: Reading): void {
  if (settings.confirm_jump === null || !isNewZero(book, used, reading)) book.zeros = []
}

/** Decides, and keeps what waits. */
export function weigh(state: State, used: ReadonlySet<Field>, reading: Reading): Taken {
  const { book, settings } = state
  const jump = settings.confirm_jump
  if (jump === null) return confirmed(book, reading)
  if (isNewZero(book, used, reading)) return weighZero(book, reading)
  const percent = decimal(jump.percent)
  if (book.last === null) return weighFirst(state, used, reading, percent)
  const side = sideOf(book, book.last, used, reading, percent)
  const direction = compare(reading.equity, book.last.equity)
  if (direction !== 0 && isOfBeforeTheFlow(state, reading, jump.seconds * 1_000)) {
    waits(book, reading, direction)
    return { take: 'wait' }
  }
  if (side === 0) return confirmed(book, reading)
  waits(book, reading, side)
  const [first] = book.pending
  if (first === undefined || first === reading || passed(first, reading) < jump.seconds * 1_000) return { take: 'wait' }
  return nearestFirst(book, book.last, used, reading, percent)
}

function confirmed(book: Book, reading: Reading): Taken {
  book.pending = []
  return { take: 'confirm', reading }
}

/** A reading on the other side contradicts those that waited. */
function waits(book: Book, reading: Reading, side: number): void {
  book.pending = book.side === side ? [...book.pending, reading] : [reading]
  book.side = side
}

const passed = (from: Reading, to: Reading): number =>
  Math.max(to.server - from.server, from.event === null || to.event === null ? 0 : to.event - from.event)

/** The time after which a fall is believed although no second reading came; null: nothing that falls waits. */
export function fallDueAt(book: Book, timeBase: Settings['time_base']): number | null {
  const [first] = book.pending
  if (book.last === null || first === undefined || book.side >= 0) return null
  return (timeBase === 'event' ? (first.event ?? Number.POSITIVE_INFINITY) : first.server) + FALL_MS
}

/** Nothing contradicted a fall for long enough. */
export function believeFall(state: State, used: ReadonlySet<Field>): { first: Reading; latest: Reading } {
  const { book, settings } = state
  const latest = book.pending.at(-1)
  if (book.last === null || latest === undefined) throw new Error('no fall waits')
  const percent = decimal(settings.confirm_jump?.percent ?? 0)
  const taken = nearestFirst(book, book.last, used, latest, percent)
  return { first: taken.take === 'confirm-first' ? taken.first : latest, latest }
}

function nearestFirst(book: Book, last: Reading, used: ReadonlySet<Field>, latest: Reading, percent: Fraction): Taken {
  const nearest = book.pending.reduce((best, other) =>
    compare(distance(book, last, used, other, percent), distance(book, last, used, best, percent)) < 0 ? other : best,
  )
  book.pending = []
  return nearest === latest ? { take: 'confirm', reading: latest } : { take: 'confirm-first', first: nearest }
}

/** By the first field that jumps; one that does not jump is nearest of all. */
function distance(book: Book, last: Reading, used: ReadonlySet<Field>, reading: Reading, percent: Fraction): Fraction {
  const jump = jumps(book, last, used, reading, percent).find(({ beyond }) => beyond)
  return jump === undefined ? ZERO : size(jump.difference)
}

/** Above or below the band; 0: within. */
function sideOf(book: Book, last: Reading, used: ReadonlySet<Field>, reading: Reading, percent: Fraction): number {
  const jump = jumps(book, last, used, reading, percent).find(({ beyond }) => beyond)
  return jump === undefined ? 0 : sign(jump.difference)
}

interface Jump {
  readonly difference: Fraction
  readonly beyond: boolean
}

/** How each used field differs from the last confirmed one, net of flows: equity, balance, cumulative flows. */
function jumps(book: Book, last: Reading, used: ReadonlySet<Field>, reading: Reading, percent: Fraction): Jump[] {
  const flow =
    reading.netDeposits === null || book.netDeposits === null ? ZERO : minus(reading.netDeposits, book.netDeposits)
  const of = (value: Fraction, expected: Fraction): Jump => {
    const difference = minus(value, expected)
    return { difference, beyond: compare(size(difference), percentOf(percent, size(expected))) > 0 }
  }
  const found = [of(reading.equity, plus(last.equity, flow))]
  if (used.has('balance') && reading.balance !== null && last.balance !== null) {
    found.push(of(reading.balance, plus(last.balance, flow)))
  }
  found.push({ difference: flow, beyond: compare(size(flow), percentOf(percent, size(last.equity))) > 0 })
  return found
}

/** Before anything is confirmed: the configured balance confirms, or the next reading that agrees. */
function weighFirst(state: State, used: ReadonlySet<Field>, reading: Reading, percent: Fraction): Taken {
  const { book, settings, period } = state
  const initial = period.initial ?? (settings.initial_balance === null ? null : decimal(settings.initial_balance))
  const fields = [...used]
  const agrees = (field: Field, other: Fraction | null): boolean => {
    const value = reading[field]
    return value === null || other === null || compare(size(minus(value, other)), percentOf(percent, size(other))) <= 0
  }
  if (initial !== null && fields.every((field) => agrees(field, initial))) return confirmed(book, reading)
  const first = book.pending.at(-1)
  book.side = 0
  if (first !== undefined && fields.every((field) => agrees(field, first[field]))) {
    book.pending = []
    return { take: 'confirm-first', first }
  }
  book.pending = [reading]
  return { take: 'wait' }
}

/** A 0 that the last confirmed reading did not have. */
function isNewZero(book: Book, used: ReadonlySet<Field>, reading: Reading): boolean {
  const isZero = (value: Fraction | null | undefined): boolean =>
    value !== null && value !== undefined && sign(value) === 0
  return [...used].some((field) => isZero(reading[field]) && !isZero(book.last?.[field]))
}

function weighZero(book: Book, reading: Reading): Taken {
  book.zeros = [...book.zeros, reading]
  const [first] = book.zeros
  const enough = book.zeros.length >= ZERO_READINGS && first !== undefined && passed(first, reading) >= ZERO_MS
  if (!enough) return { take: 'wait' }
  book.zeros = []
  return confirmed(book, reading)
}

/** Soon after a flow: a report that was under way and does not know of it. */
function isOfBeforeTheFlow(state: State, reading: Reading, withinMs: number): boolean {
  const { flow } = state
  if (flow === null || reading.server >= flow.at + withinMs) return false
  const toBefore = size(minus(reading.equity, flow.before))
  return compare(toBefore, size(minus(reading.equity, flow.after))) < 0
}
