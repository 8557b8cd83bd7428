/** Who does something with a dead letter, and why. */
export interface Word {
  readonly by: string
  readonly reason: string | null
}
