/** The hypertable while it is being filled. */
export const SHADOW = 'risk_state_history_hypertable'
/** What the history was kept in before. */
export const OLD = 'risk_state_history_partitioned'
