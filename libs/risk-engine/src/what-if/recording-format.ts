/**
 * How a recording is sent: blocks of a length in four bytes, the lowest first, and so many bytes, of which the first is the
 * kind of the block. First comes the head, then inputs, and at last the end: without it the recording was cut off.
 *
 * A reading is one byte of {@link FLAGS}, and differences to the reading before it in its block: of time, equity, balance,
 * and of how far its own time is from JetStream's. Most take seven bytes. Every other input is {@link OTHER} and exact JSON.
 */
export const BLOCKS = { head: 0, inputs: 1, end: 2 } as const

/** Differences of amounts are whole cents; else units of 1e-8. */
const CENTS = 1
const BALANCE = 2
const OWN_TIME = 4
export const FLAGS = { cents: CENTS, balance: BALANCE, ownTime: OWN_TIME } as const
export const OTHER = 255

/** Units of a cent. */
export const CENT = 1_000_000
export const BLOCK_BYTES_MAX = 8 * 1024 * 1024

/** What is known of a recording before its first input. */
export interface RecordingHead {
  readonly format: 1
  readonly trader: string
  /** The times of the first and the last event. */
  readonly from: number
  readonly to: number
  /** So many events there are, about. */
  readonly events: number
  /**
   * Whether the first events of the trader are kept. Where they are not, it is judged from the state that is known of the cut on,
   * or, where none is known, as a new account from the first event that is kept.
   */
  readonly cut: 'none' | 'known' | 'unknown'
}
