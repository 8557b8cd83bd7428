import type { Limits, TraderState } from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION, type Decision, INITIAL_STATE, limitsOf, nextWakeAt } from '@drawbridge/risk-engine'
import { entryOf, type Position, type Scenario, step, TRADER } from '@drawbridge/testing/engine'

/** One input that the engine has lived through. */
export interface Passage {
  readonly before: TraderState
  readonly kind: Scenario['steps'][number]['kind']
  readonly decision: Decision
  readonly after: TraderState
  readonly limits: Limits
  readonly wakeAt: number | null
}

/** Lets the engine live through a scenario; `carry` may swap the position between inputs for one that must be as good. */
export function live(scenario: Scenario, carry: (position: Position) => Position = (position) => position): Passage[] {
  const defaults = entryOf({ kind: 'defaults', time: 0, limits: scenario.limits })
  let position: Position = step({ state: INITIAL_STATE, configuration: BUILT_IN_CONFIGURATION }, defaults, 1)
  return scenario.steps.map((input, index) => {
    const from = carry(position)
    const { decision, ...to } = step(from, entryOf(input), index + 2)
    position = to
    const { state, configuration } = to
    const own = {
      ...state.limits,
      ...Object.assign(
        {},
        ...state.pendingLimits.filter(({ at }) => at <= input.time).map((pending) => pending.limits),
      ),
    }
    return {
      before: from.state,
      kind: input.kind,
      decision,
      after: state,
      limits: limitsOf(configuration, TRADER, own, input.time),
      wakeAt: nextWakeAt(TRADER, state, configuration, input.time),
    }
  })
}
