/** A broken promise. */
export interface Violation {
  readonly promise: string
  readonly expected: string
  readonly found: string
}

export type Check<Checked> = (evidence: Checked) => readonly Violation[]

/** How many violations of each kind are listed: one fault may break a promise thousands of times. */
export const SHOWN_MAX = 10
