import { flag } from './kinds.ts'

/** Initial values of the flags; those in force are in the log. */
export const flagSettings = {
  enforcement: flag({
    file: 'enable_risk_enforcement',
    original: 'feature_flags.enable_risk_enforcement',
    variable: 'ENABLE_RISK_ENFORCEMENT',
    about: 'Whether a broken limit pauses trading; initial value.',
    fallback: true,
  }),
  persistence: flag({
    file: 'enable_persistence',
    original: 'feature_flags.enable_persistence',
    variable: 'ENABLE_PERSISTENCE',
    about: 'Whether events are written to the database; initial value.',
    fallback: true,
  }),
} as const
