import type { Field } from './config.ts'
import {
  compare,
  decimal,
  type Fraction,
  isPositive,
  larger,
  minus,
  percentage,
  percentOf,
  plus,
  smaller,
} from './fractions.ts'
import { blocks, type Limit } from './limit.ts'
import type { Memory, Reading } from './state.ts'

/** Where a limit is, and how far what it tests is from there. */
export type Line =
  | { readonly state: 'inactive' }
  | { readonly state: 'uncomputable' }
  | {
      readonly state: 'line'
      readonly reference: Fraction
      /** The whole limit: a floor, or a profit's ceiling. */
      readonly end: Fraction
      /** What a percentage of the limit is of. */
      readonly base: Fraction
      readonly tested: Fraction
    }

type Fields = Pick<Reading, Field>

/** A value of a reading; null: it lacks what that needs. */
export function valueIn(of: Field | 'higher' | 'lower', fields: { equity: Fraction | null; balance: Fraction | null }) {
  const { equity, balance } = fields
  if (of === 'equity' || of === 'balance') return fields[of]
  if (equity === null || balance === null) return null
  return of === 'higher' ? larger(equity, balance) : smaller(equity, balance)
}

/** @param reading the last confirmed one */
export function lineOf(limit: Limit, memory: Memory, reading: Fields): Line {
  if (limit.activeFrom !== null && !memory.active) return { state: 'inactive' }
  const { reference } = memory
  const tested = valueIn(limit.tested, reading)
  if (tested === null || reference === null || !isPositive(reference)) return { state: 'uncomputable' }
  if (limit.kind !== 'initial' && valueIn(limit.of, reading) === null) return { state: 'uncomputable' }
  const base = baseOf(limit, memory, reading)
  if (base === null || !isPositive(base)) return { state: 'uncomputable' }
  const size = 'amount' in limit.size ? decimal(limit.size.amount) : percentOf(decimal(limit.size.percent), base)
  const end = limit.measure === 'profit' ? plus(reference, size) : lowerOfLock(limit, memory, minus(reference, size))
  if (end === null || !isPositive(end)) return { state: 'uncomputable' }
  return { state: 'line', reference, end, base, tested }
}

function baseOf(limit: Limit, memory: Memory, reading: Fields): Fraction | null {
  const of = 'amount' in limit.size ? 'reference' : limit.size.of
  switch (of) {
    case 'initial':
      return memory.initial
    case 'reference':
      return memory.reference
    case 'start-equity':
      return memory.startEquity
    case 'start-balance':
      return reading.balance === null ? null : memory.startBalance
  }
}

function lowerOfLock(limit: Limit, memory: Memory, floor: Fraction): Fraction | null {
  if (limit.lock === null) return floor
  return memory.initial === null ? null : smaller(floor, plus(memory.initial, limit.lock))
}

type Placed = Extract<Line, { state: 'line' }>

/** Where a tier is: so many percent of the way from the reference to the line. */
export const tierLine = (line: Placed, at: Fraction): Fraction =>
  plus(line.reference, percentOf(at, minus(line.end, line.reference)))

export function reaches(limit: Limit, line: Placed, at: Fraction): boolean {
  const difference = compare(line.tested, tierLine(line, at))
  return limit.measure === 'profit' ? difference >= 0 : difference <= 0
}

/** The lowest tier that blocks; null: only warnings. */
export const blockingTier = (limit: Limit) => limit.tiers.find(blocks) ?? null

export function isBroken(limit: Limit, line: Placed): boolean {
  const tier = blockingTier(limit)
  return tier !== null && reaches(limit, line, tier.at)
}

/** How much of the way is gone. */
export const usedPercent = (line: Placed): Fraction =>
  percentage(minus(line.reference, line.tested), minus(line.reference, line.end))

/** The loss, or the profit, as a percentage of the base. */
export const lossPercent = (limit: Limit, line: Placed): Fraction => {
  const loss = minus(line.reference, line.tested)
  return percentage(limit.measure === 'profit' ? minus(line.tested, line.reference) : loss, line.base)
}
