import { authorOf, type PendingLimits, type TraderControl } from '@drawbridge/contracts'
import { limitsOf } from './configuration.ts'
import type { Draft } from './draft.ts'
import { dueOf, isEmpty, loosenedAt, splitChange, valuesOf, without } from './loosening.ts'

const WAITED = 'a loosening that had been asked for has waited long enough'

/** Records that what waited is in force. */
export function takeForce({ trader, configuration, input, state, facts }: Draft): void {
  if (state.pendingLimits.length === 0) return
  const { time } = input
  const due = dueOf(state.pendingLimits, time)
  if (isEmpty(due)) return
  const previous = valuesOf(limitsOf(configuration, trader, state.limits, time), due)
  state.limits = { ...state.limits, ...due }
  state.pendingLimits = state.pendingLimits.filter(({ at }) => at > time)
  facts.push({ kind: 'limits-changed', limits: due, previous, reason: WAITED, by: null })
}

type LimitsControl = Extract<TraderControl, { kind: 'limits' }>

/** What tightens takes force at once, what loosens when it has waited. */
export function changeLimits({ state, facts, limits, input }: Draft, control: LimitsControl): void {
  const { limits: change, reason } = control
  const { now, pending } = splitChange(change, limits)
  const waits = isEmpty(pending) ? null : { pending, inForceAt: loosenedAt(input.time, limits) }
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
