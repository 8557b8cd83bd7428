/** What goes wrong. */
export interface Trouble {
  /** How far the server's clock is ahead, milliseconds. */
  readonly clockAheadMs: number
  /** All its steps together: what waits for a time by that clock may wait so much longer. */
  readonly steppedMs: number
  start(): void
  /** The traffic has ended: everything is to be repaired. */
  end(): void
  /** What did not happen that was to happen; null: nothing. */
  readonly missed: string | null
}
