/**
 * Raised whenever the same state, configuration and input would give another event than before. Version 1 gave no
 * warnings, took no note of silence and let every change of limits take force at once. Version 2 took the amounts of
 * operators rounded where they had more digits than a double holds, used other words for ticks of too many digits or
 * decimals, and its configurations did not say what held before. Version 3 read ticks of any depth and length, ended at
 * some of them, and took a trader called `removed`.
 */
export const RULES_VERSION = 4
