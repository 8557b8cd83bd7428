/** The rules without schemas of messages, so that they also run in a browser. `index.ts` has all of this, too. */
export { budgetOf } from './budget.ts'
export {
  applyConfiguration,
  BUILT_IN_CONFIGURATION,
  type Configuration,
  limitsOf,
  type ResolvedLimits,
  resolve,
} from './configuration.ts'
export { resetsAround } from './daily-reset.ts'
export { decide, isMovedByFlags } from './decide.ts'
export { type Decision, RULES_VERSION } from './decision.ts'
export type { TraderInput } from './draft.ts'
export {
  beginInWords,
  limitInWords,
  percentageBaseInWords,
  referenceInWords,
  sizeInWords,
  testedInWords,
} from './limits/limit-in-words.ts'
export { ownLimitsAt } from './loosening.ts'
export { nextWakeAt } from './next-wake.ts'
export { type Report, reportOf } from './report.ts'
export { type Session, sessionAt, silentInSession } from './sessions.ts'
export { evolve, INITIAL_STATE } from './state.ts'
