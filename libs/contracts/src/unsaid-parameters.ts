/** What a parameter of a long form means where it is not written, and what to write to have it so. */
export const UNSAID_PARAMETERS = {
  measure: 'loss',
  tested: 'equity',
  lock: null,
  tiers: null,
  warn_only: false,
  ends: null,
  ends_at: null,
  least_minutes: null,
  flows: null,
  active_from: null,
} as const
