import type { LimitDefinition } from '@drawbridge/contracts/pure'
import { type Share, shareOf } from '../share.ts'
import type { LimitKind } from './limit-kind.ts'
import { kindOf } from './limit-kinds.ts'

/** A limit with what follows from its definition alone, worked out once and not at every reading. */
export interface JudgedLimit extends LimitDefinition {
  readonly kind: LimitKind
  /** The percentage of the base between reference and line; null: it is an amount. */
  readonly roomShare: Share | null
  /** The part of that at which each tier begins. */
  readonly tierShares: readonly Share[]
  /** The first tier that blocks; -1: none does, the limit only warns. */
  readonly blockingTier: number
  /** Whether it needs the balance of a reading. */
  readonly usesBalance: boolean
}

export function judgedLimit(limit: LimitDefinition): JudgedLimit {
  const { reference, size, tiers } = limit
  return {
    ...limit,
    kind: kindOf(reference),
    roomShare: size.kind === 'percent' ? shareOf(size.percent) : null,
    tierShares: tiers.map(({ atPct }) => shareOf(atPct)),
    blockingTier: tiers.findIndex(({ action }) => action !== 'warn'),
    usesBalance: usesBalance(limit),
  }
}

/** The definition alone. */
export function definitionOf(limit: JudgedLimit): LimitDefinition {
  const {
    kind: _kind,
    roomShare: _roomShare,
    tierShares: _tierShares,
    blockingTier: _blockingTier,
    usesBalance: _usesBalance,
    ...definition
  } = limit
  return definition
}

function usesBalance({ tested, reference, size }: LimitDefinition): boolean {
  if (tested !== 'equity') return true
  if (size.kind === 'percent' && size.of === 'start-balance') return true
  return kindOf(reference).usesBalance(reference)
}
