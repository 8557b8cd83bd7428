import { type Amount, type Budget, HUNDRED_PERCENT, type LimitState, type Limits } from '@drawbridge/contracts'

const WHOLE = 100_000_000n

/** The room to the nearest line that blocks entries. Null: no limit has one. */
export function budgetOf(states: readonly LimitState[], { budgetSteps }: Pick<Limits, 'budgetSteps'>): Budget | null {
  let nearest: { readonly state: LimitState; readonly room: Amount } | null = null
  for (const state of states) {
    const { tested, blocksAt, measure, uncomputable } = state
    if (measure !== 'loss' || uncomputable !== null || tested === null || blocksAt === null) continue
    const room = tested - blocksAt
    if (nearest === null || room < nearest.room) nearest = { state, room }
  }
  if (nearest === null) return null
  const { room, state } = nearest
  const whole = (state.reference ?? 0n) - (state.blocksAt ?? 0n)
  return { room, limit: state.name, factor: room <= 0n ? 0n : factorOf(room, whole, budgetSteps) }
}

/** The factor of the first step above whose share of the room is left; 0 where it is below all. */
function factorOf(room: Amount, whole: Amount, steps: Limits['budgetSteps']): Amount {
  const step = steps.find(({ abovePct }) => room * HUNDRED_PERCENT > abovePct * whole)
  return step?.factor ?? (steps.length === 0 ? WHOLE : 0n)
}
