import { type Amount, formatAmount, type LimitState } from '@drawbridge/contracts/pure'
import type { Share } from '../share.ts'
import type { JudgedLimit } from './judged-limit.ts'

/** What the line is computed from. */
type Measured = Pick<LimitState, 'reference' | 'startEquity' | 'startBalance' | 'initial' | 'active'>

export type Line = Pick<LimitState, 'base' | 'line' | 'tierLines' | 'blocksAt' | 'uncomputable'>

const INACTIVE: Line = { base: null, line: null, tierLines: [], blocksAt: null, uncomputable: null }

/**
 * The line of a limit, and where its tiers begin: `min(lock, reference - limit)` for a loss, `reference + limit` for a
 * profit. Values at a line have reached it; lines are rounded to units of 1e-8 so that this is exact.
 */
export function lineOf(limit: JudgedLimit, measured: Measured): Line {
  if (!measured.active) return INACTIVE
  const { reference, initial } = measured
  if (reference === null) return uncomputable('what it is measured from was not reported')
  if (reference <= 0n) return uncomputable(`what it is measured from is ${formatAmount(reference)}`)
  const base = baseOf(limit, measured)
  if (base === null) return uncomputable('what its percentage is of was not reported')
  if (base <= 0n) return uncomputable(`what its percentage is of is ${formatAmount(base)}`)
  const room = roomOf(limit, base)
  if (limit.measure === 'profit') {
    const { tierLines, blocksAt } = tiersOf(limit, (share) => reference + partOf(room, share))
    return { base, line: reference + partOf(room, WHOLE), tierLines, blocksAt, uncomputable: null }
  }
  if (limit.lockPlus !== null && initial === null) return uncomputable('what the account began with was not reported')
  const unlocked = reference - partOf(room, WHOLE)
  const lock = limit.lockPlus === null || initial === null ? null : initial + limit.lockPlus
  const line = lock === null || unlocked <= lock ? unlocked : lock
  const isLocked = line !== unlocked
  const isAboveZero = isLocked ? line > 0n : room.part < reference * room.whole
  if (!isAboveZero) return { ...uncomputable(`its floor is ${formatAmount(line)}`), base }
  const used: Room = isLocked ? { part: reference - line, whole: 1n } : room
  const { tierLines, blocksAt } = tiersOf(limit, (share) => reference - partOf(used, share))
  return { base, line, tierLines, blocksAt, uncomputable: null }
}

function tiersOf(
  { tierShares, blockingTier }: JudgedLimit,
  at: (share: Share) => Amount,
): Pick<Line, 'tierLines' | 'blocksAt'> {
  const tierLines = tierShares.map(at)
  return { tierLines, blocksAt: tierLines[blockingTier] ?? null }
}

function uncomputable(reason: string): Line {
  return { ...INACTIVE, uncomputable: reason }
}

function baseOf({ size }: JudgedLimit, measured: Measured): Amount | null {
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

const WHOLE: Share = { part: 1n, whole: 1n }

function roomOf({ size, roomShare }: JudgedLimit, base: Amount): Room {
  if (size.kind === 'amount') return { part: size.amount, whole: 1n }
  const { part, whole } = roomShare ?? WHOLE
  return { part: base * part, whole }
}

/** A share of the room, rounded up: a smaller loss or profit does not reach it. */
function partOf({ part, whole }: Room, share: Share): Amount {
  const over = whole * share.whole
  return (part * share.part + over - 1n) / over
}

/** Whether a value has reached a line: equal to it, or beyond. */
export function reaches(measure: LimitState['measure'], tested: Amount, line: Amount): boolean {
  return measure === 'loss' ? tested <= line : tested >= line
}
