/** A promise that does not hold. */
export interface Violation {
  readonly promise: string
  readonly expected: string
  readonly found: string
}

export type Check<Checked> = (evidence: Checked) => readonly Violation[]

/** Of each kind no more are listed: one fault may break a promise thousands of times. */
export const SHOWN_MAX = 10
