import {
  authorOf,
  type Instant,
  type LimitOverrides,
  type Limits,
  type PendingLimits,
  type TraderControl,
  type TraderState,
} from '@drawbridge/contracts'
import { dueOf, isEmpty, loosenedAt, splitChange, valuesOf, without } from './loosening.ts'
import type { Draft } from './state.ts'

/** The trader's own limits at a JetStream time, whether or not its state says yet that they are in force. */
export function ownLimitsAt({ limits, pendingLimits }: TraderState, time: Instant): LimitOverrides | null {
  if (pendingLimits.length === 0 || !pendingLimits.some(({ at }) => at <= time)) return limits
  return { ...limits, ...dueOf(pendingLimits, time) }
}

const WAITED = 'a loosening that had been asked for has waited long enough'

/** Records that what waited is in force. @param before the limits without it */
export function takeForce({ state, facts }: Draft, before: Limits, time: Instant): void {
  const due = dueOf(state.pendingLimits, time)
  if (isEmpty(due)) return
  state.limits = { ...state.limits, ...due }
  state.pendingLimits = state.pendingLimits.filter(({ at }) => at > time)
  facts.push({ kind: 'limits-changed', limits: due, previous: valuesOf(before, due), reason: WAITED, by: null })
}

type LimitsControl = Extract<TraderControl, { kind: 'limits' }>

/** @param limits what the trader is judged by now */
export function changeLimits({ state, facts }: Draft, limits: Limits, control: LimitsControl, time: Instant): void {
  const { limits: change, reason } = control
  const { now, pending } = splitChange(change, limits)
  const waits = isEmpty(pending) ? null : { pending, inForceAt: loosenedAt(time, limits) }
  facts.push({
    kind: 'limits-changed',
    limits: now,
    previous: valuesOf(limits, change),
    ...waits,
    reason,
    ...authorOf(control),
  })
  state.limits = { ...state.limits, ...now }
  const left = state.pendingLimits.map((known) => ({ at: known.at, limits: without(known.limits, change) }))
  state.pendingLimits = inOrder(waits === null ? left : [...left, { at: waits.inForceAt, limits: pending }])
}

/** The first one first, of each moment one, and none that is empty. */
function inOrder(all: readonly PendingLimits[]): PendingLimits[] {
  return [...Map.groupBy(all, ({ at }) => at)]
    .map(([at, same]) => ({ at, limits: dueOf(same, at) }))
    .filter(({ limits }) => !isEmpty(limits))
    .sort((a, b) => a.at - b.at)
}
