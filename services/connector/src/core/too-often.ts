import { type CallLimit, TokenBucket } from './token-bucket.ts'

/** What is not as the settings ask for, and what mends it. */
export interface SetupWarning {
  readonly found: string
  readonly advice: string
}

/** That an account cannot be read so often within the limits of its other side; null: it can. */
export function tooOften(everySeconds: number, limit: CallLimit, callsPerReading: number): SetupWarning | null {
  const carried = Math.ceil((callsPerReading * new TokenBucket(limit, 0).msPerCall) / 1_000)
  if (everySeconds >= carried) return null
  return {
    found: `it is read every ${carried} s in the long run, and not every ${everySeconds} s: the other side allows no more calls`,
    advice: `write "every_seconds": ${carried} or more`,
  }
}
