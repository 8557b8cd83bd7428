import {
  type Amount,
  type Budget,
  HUNDRED_PERCENT,
  type LimitState,
  type Limits,
  type TraderState,
  testedIn,
} from '@drawbridge/contracts/pure'

const WHOLE = 100_000_000n

/**
 * The room to the nearest line that blocks entries; of lines that are as near, that of which a smaller share of the room is
 * left, as it gives the smaller factor. Null: no limit has one.
 */
export function budgetOf(state: TraderState, { budgetSteps }: Pick<Limits, 'budgetSteps'>): Budget | null {
  let nearest: LimitState | null = null
  let least: Amount = 0n
  for (const limit of state.limitStates) {
    const { tests, blocksAt, measure, uncomputable } = limit
    if (measure !== 'loss' || uncomputable !== null || blocksAt === null) continue
    const tested = testedIn(tests, state)
    if (tested === null) continue
    const room = tested - blocksAt
    if (nearest !== null && (room > least || (room === least && wholeOf(limit) <= wholeOf(nearest)))) continue
    nearest = limit
    least = room
  }
  if (nearest === null) return null
  return { room: least, limit: nearest.name, factor: factorOf(least, nearest, budgetSteps) }
}

/** The factor of the first step above whose share of the room is left; 0 where it is below all, or nothing is left. */
function factorOf(room: Amount, limit: LimitState, steps: Limits['budgetSteps']): Amount {
  if (room <= 0n) return 0n
  if (steps.length === 0) return WHOLE
  const whole = wholeOf(limit)
  return steps.find(({ abovePct }) => room * HUNDRED_PERCENT > abovePct * whole)?.factor ?? 0n
}

/** The room at the reference. */
function wholeOf({ reference, blocksAt }: LimitState): Amount {
  return (reference ?? 0n) - (blocksAt ?? 0n)
}
