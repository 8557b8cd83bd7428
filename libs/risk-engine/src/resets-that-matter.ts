import type { Instant, LimitDefinition, LimitState, TraderState } from '@drawbridge/contracts'
import type { ResolvedLimits } from './configuration.ts'
import { kindOf } from './limits/limit-kinds.ts'

/** Whether a reset may break a limit, end a hold whose time is over by then, or make a limit computable. */
export function doResetsMatter(
  { equity, pause, limitStates }: TraderState,
  { definitions }: ResolvedLimits,
  now: Instant,
): boolean {
  if (equity === null) return false
  const waits = pause?.holds.some(({ until }) => until !== null && until <= now) === true
  return waits || limitStates.some(isDoubtful) || definitions.limits.some(mayBreak)
}

/** Whether a limit cannot be computed, or may not be from the next reset on: its room is as large as what is left. */
function isDoubtful({ uncomputable, tested, reference, line }: LimitState): boolean {
  if (uncomputable !== null) return true
  return tested !== null && reference !== null && line !== null && tested <= reference - line
}

/** Whether a reset can break a limit without a reading: not where it is measured from the value that it tests. */
function mayBreak(limit: LimitDefinition): boolean {
  const { reference, tested, size } = limit
  if (tested !== 'equity' || (size.kind === 'percent' && size.of === 'start-balance')) return true
  return kindOf(reference).mayBreakAtReset(limit, reference)
}
