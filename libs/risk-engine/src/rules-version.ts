/** Raised whenever the same state, configuration and input would give another event than before. */
export const RULES_VERSION = 1
