import {
  type Amount,
  formatAmount,
  HUNDRED_PERCENT,
  type LimitDefinition,
  type LimitState,
  type Reading,
} from '@drawbridge/contracts'
import { kindOf } from './limit-kinds.ts'

/** What the line is computed from. */
type Measured = Pick<LimitState, 'reference' | 'startEquity' | 'startBalance' | 'initial' | 'active'>

export type Line = Pick<LimitState, 'base' | 'line' | 'tierLines' | 'blocksAt' | 'uncomputable'>

const INACTIVE: Line = { base: null, line: null, tierLines: [], blocksAt: null, uncomputable: null }

/**
 * The line of a limit, and where its tiers begin: `min(lock, reference - limit)` for a loss, `reference + limit` for a
 * profit. Values at a line have reached it; lines are rounded to units of 1e-8 so that this is exact.
 */
export function lineOf(limit: LimitDefinition, measured: Measured): Line {
  if (!measured.active) return INACTIVE
  const { reference, initial } = measured
  if (reference === null) return uncomputable('what it is measured from was not reported')
  if (reference <= 0n) return uncomputable(`what it is measured from is ${formatAmount(reference)}`)
  const base = baseOf(limit, measured)
  if (base === null) return uncomputable('what its percentage is of was not reported')
  if (base <= 0n) return uncomputable(`what its percentage is of is ${formatAmount(base)}`)
  const room = roomOf(limit, base)
  if (limit.measure === 'profit') {
    const at = (pct: Amount) => reference + share(room, pct)
    return { base, line: at(HUNDRED_PERCENT), ...tiersOf(limit, at), uncomputable: null }
  }
  if (limit.lockPlus !== null && initial === null) return uncomputable('what the account began with was not reported')
  const unlocked = reference - share(room, HUNDRED_PERCENT)
  const lock = limit.lockPlus === null || initial === null ? null : initial + limit.lockPlus
  const line = lock === null || unlocked <= lock ? unlocked : lock
  const isLocked = line !== unlocked
  const isAboveZero = isLocked ? line > 0n : room.part < reference * room.whole
  if (!isAboveZero) return { ...uncomputable(`its floor is ${formatAmount(line)}`), base }
  const whole: Room = isLocked ? { part: reference - line, whole: 1n } : room
  return { base, line, ...tiersOf(limit, (pct) => reference - share(whole, pct)), uncomputable: null }
}

function tiersOf({ tiers }: LimitDefinition, at: (pct: Amount) => Amount): Pick<Line, 'tierLines' | 'blocksAt'> {
  const blocks = tiers.find(({ action }) => action !== 'warn')
  return { tierLines: tiers.map(({ atPct }) => at(atPct)), blocksAt: blocks === undefined ? null : at(blocks.atPct) }
}

function uncomputable(reason: string): Line {
  return { ...INACTIVE, uncomputable: reason }
}

function baseOf({ size }: LimitDefinition, measured: Measured): Amount | null {
  const { reference, startEquity, startBalance, initial } = measured
  if (size.kind === 'amount') return reference
  switch (size.of) {
    case 'initial':
      return initial
    case 'reference':
      return reference
    case 'start-equity':
      return startEquity
    case 'start-balance':
      return startBalance
    default:
      return size.of satisfies never
  }
}

/** An exact fraction of an amount. */
interface Room {
  readonly part: Amount
  readonly whole: bigint
}

function roomOf({ size }: LimitDefinition, base: Amount): Room {
  return size.kind === 'amount'
    ? { part: size.amount, whole: 1n }
    : { part: base * size.percent, whole: HUNDRED_PERCENT }
}

/** A percentage of the room, rounded up: a smaller loss or profit does not reach it. */
function share({ part, whole }: Room, pct: Amount): Amount {
  const over = whole * HUNDRED_PERCENT
  return (part * pct + over - 1n) / over
}

/** The value that is compared with the line. Null: the reading lacks it. */
export function testedOf({ tested }: LimitDefinition, { equity, balance }: Reading): Amount | null {
  switch (tested) {
    case 'equity':
      return equity
    case 'balance':
      return balance
    case 'lower':
      return balance === null ? null : balance < equity ? balance : equity
    default:
      return tested satisfies never
  }
}

/** Whether a value has reached a line: equal to it, or beyond. */
export function reaches(measure: LimitState['measure'], tested: Amount, line: Amount): boolean {
  return measure === 'loss' ? tested <= line : tested >= line
}

/** Whether a limit needs the balance of a reading. */
export function usesBalance({ tested, reference, size }: LimitDefinition): boolean {
  if (tested !== 'equity') return true
  if (size.kind === 'percent' && size.of === 'start-balance') return true
  return kindOf(reference).usesBalance(reference)
}
