/** An invariant does not hold. */
export interface Violation {
  readonly invariant: string
  readonly what: string
}

/** Says that an invariant does not hold; the run ends with the first. */
export type Report = (invariant: string, what: string) => void
