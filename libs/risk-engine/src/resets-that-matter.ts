import {
  type Instant,
  type LimitDefinition,
  type LimitState,
  type TraderState,
  testedIn,
} from '@drawbridge/contracts/pure'
import type { ResolvedLimits } from './configuration.ts'
import { kindOf } from './limits/limit-kinds.ts'

/** Whether a reset may break a limit, end a hold whose time is over by then, or make a limit computable. */
export function doResetsMatter(state: TraderState, { definitions }: ResolvedLimits, now: Instant): boolean {
  const { equity, pause, limitStates } = state
  if (equity === null) return false
  const waits = pause?.holds.some(({ until }) => until !== null && until <= now) === true
  return waits || limitStates.some((limit) => isDoubtful(limit, state)) || definitions.limits.some(mayBreak)
}

/**
 * Whether a limit cannot be computed, or may not be from the next reset on: nothing is left to measure a profit from, or no
 * more than the room of a loss.
 */
function isDoubtful({ measure, uncomputable, tests, reference, line }: LimitState, state: TraderState): boolean {
  if (uncomputable !== null) return true
  const tested = testedIn(tests, state)
  if (tested === null || reference === null || line === null) return false
  return tested <= (measure === 'profit' ? 0n : reference - line)
}

/** Whether a reset can break a limit without a reading: not where it is measured from the value that it tests. */
function mayBreak(limit: LimitDefinition): boolean {
  const { reference, tested, size } = limit
  if (tested !== 'equity' || (size.kind === 'percent' && size.of === 'start-balance')) return true
  return kindOf(reference).mayBreakAtReset(limit, reference)
}
