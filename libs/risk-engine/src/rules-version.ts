/**
 * Raised whenever the same state, configuration and input would give another event than before. Version 1 gave no
 * warnings, took no note of silence and let every change of limits take force at once.
 */
export const RULES_VERSION = 2
