export {
  applyConfiguration,
  BUILT_IN_CONFIGURATION,
  type Configuration,
  limitsOf,
} from './configuration.ts'
export { decide } from './decide.ts'
export { CONFIG_EVENT_BYTES_MAX, decideChange, decideConfiguration } from './decide-configuration.ts'
export type { Decision } from './decision.ts'
export { evolve } from './evolve.ts'
export type { TraderInput } from './input.ts'
export { ownLimitsAt } from './loosening.ts'
export { nextWakeAt } from './next-wake.ts'
export {
  type InputMessage,
  type JudgedEvent,
  type Judgement,
  OfflineJudge,
  storedEvent,
} from './offline-judge.ts'
export { resetsAround } from './reset-clock.ts'
export { resolve } from './resolved-limits.ts'
export { RULES_VERSION } from './rules-version.ts'
export { INITIAL_STATE } from './state.ts'
