/** What came of an attempt to send a message. */
export type Attempt =
  /**
   * `missed`: how many of several recipients never get it, in words without addresses; absent: nobody. `left`: those who may get
   * it later; absent: nobody.
   */
  | { readonly kind: 'sent'; readonly id: string | null; readonly missed?: string; readonly left?: readonly string[] }
  /** It can succeed later. `afterMs`: as the receiver asks. `maybeSent`: nobody knows whether it arrived. */
  | { readonly kind: 'failed'; readonly reason: string; readonly afterMs: number | null; readonly maybeSent: boolean }
  /** The receiver refuses this message, whenever it is sent. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** The receiver refuses us, as with a token that was revoked: everything waits until somebody mends it. */
  | { readonly kind: 'shut-out'; readonly reason: string }

const FIRST_MS = 1_000
const LONGEST_MS = 300_000
const SHUT_OUT_MS = 60_000
/** A receiver that asks for more is asked again after this time: what waits is given up then. */
const ASKED_MAX_MS = 24 * 3_600_000

/** After which time the next attempt is made. @param failures in a row, 1 or more */
export function retryAfterMs(attempt: Extract<Attempt, { kind: 'failed' | 'shut-out' }>, failures: number): number {
  if (attempt.kind === 'shut-out') return SHUT_OUT_MS
  const backoff = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20))
  // "At once" is no time to wait.
  return attempt.afterMs === null || attempt.afterMs < FIRST_MS ? backoff : Math.min(ASKED_MAX_MS, attempt.afterMs)
}
