/**
 * Raised whenever the same state, configuration and input would give a trader another event than before. What events of a
 * configuration say of the one before does not raise it: nobody judges by that, and they do not carry this. Version 1 gave no
 * warnings, took no note of silence and let every change of limits take force at once.
 */
export const RULES_VERSION = 2
