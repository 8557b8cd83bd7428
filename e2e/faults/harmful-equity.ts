/** A tick of this equity ends a guardian that is loaded with `abort-at.ts`. */
export const HARMFUL_EQUITY = 666.125
