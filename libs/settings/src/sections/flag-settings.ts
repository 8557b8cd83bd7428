import { flag } from './kinds.ts'

/** First values of the flags; the log holds what is in force. */
export const flagSettings = {
  enforcement: flag({
    file: 'enable_risk_enforcement',
    original: 'feature_flags.enable_risk_enforcement',
    variable: 'ENABLE_RISK_ENFORCEMENT',
    about: 'Whether a broken limit pauses trading; a first value.',
    fallback: true,
  }),
  persistence: flag({
    file: 'enable_persistence',
    original: 'feature_flags.enable_persistence',
    variable: 'ENABLE_PERSISTENCE',
    about: 'Whether events are written to the database; a first value.',
    fallback: true,
  }),
} as const
