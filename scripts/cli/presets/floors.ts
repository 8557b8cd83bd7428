import {
  type Amount,
  DEFAULT_LIMITS,
  equityTick,
  type LimitDefinition,
  type LimitOverrides,
  type LimitState,
  mergeLimits,
  testedIn,
} from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION, decide, INITIAL_STATE, resolve } from '@drawbridge/risk-engine'

/** A limit, and where its line is for an account. */
export interface LimitOfAccount {
  readonly limit: LimitDefinition
  readonly state: LimitState
  /** The value that is compared with the line; null: there is none. */
  readonly tested: Amount | null
}

/** Any moment: the first reading of an account is the start of all its windows. */
const NOW = Date.UTC(2026, 0, 5, 12)

/** The lines of limits for an account that begins with this balance, as the engine draws them. */
export function linesOf(limits: LimitOverrides, balance: Amount): readonly LimitOfAccount[] {
  const settings = resolve({ ...mergeLimits(DEFAULT_LIMITS, limits), initialBalance: balance, timeBase: 'server' })
  const configuration = { ...BUILT_IN_CONFIGURATION, defaults: settings }
  const tick = equityTick(balance, { balance })
  const decision = decide('example', INITIAL_STATE, configuration, { kind: 'tick', tick, seq: 1, time: NOW })
  if (decision.kind !== 'event') throw new Error('the example account could not be judged')
  const after = decision.event.state
  const states = new Map(after.limitStates.map((state) => [state.name, state]))
  return settings.definitions.limits.flatMap((limit) => {
    const state = states.get(limit.name)
    return state === undefined ? [] : [{ limit, state, tested: testedIn(state.tests, after) }]
  })
}
