import { formatInstant, type Instant } from '@drawbridge/contracts'
import type { Failure } from './failure.ts'
import type { LimitKind } from './token-bucket.ts'

/** What is done after a failure. */
export interface Remedy {
  /** The first wait before the next try, and the longest, milliseconds. */
  readonly minMs: number
  readonly maxMs: number
  /** People are told after so many failures in a row. */
  readonly toldAfter: number
  /** What a person can do. */
  readonly advice: string
}

/**
 * Even an other side that asks for a day of patience is asked again after so long: it may be wrong, or hostile. An account that
 * is not read is silent, and silence blocks; what is not blocked may lose money.
 */
export const PATIENCE_MAX_MS: Readonly<Record<LimitKind, number>> = { read: 3_600_000, control: 60_000 }

const REMEDIES: Readonly<Record<Failure['kind'], Remedy>> = {
  temporary: {
    minMs: 1_000,
    maxMs: 60_000,
    toldAfter: 3,
    advice: 'it is tried again by itself; if it stays, see whether the other side runs and can be reached from here',
  },
  'rate-limited': {
    minMs: 5_000,
    maxMs: 300_000,
    toldAfter: 3,
    advice:
      'it is tried again when the other side allows; give other programs another key, or read less often with every_seconds',
  },
  refused: {
    minMs: 10_000,
    maxMs: 600_000,
    toldAfter: 1,
    advice: 'see whether the key or password is right and has its rights; its file is read again at each try',
  },
  unusable: {
    minMs: 2_000,
    maxMs: 60_000,
    toldAfter: 2,
    advice: 'compare the settings of this connector with what the other side answers',
  },
}

export const AFTER_LOST_ORDER =
  'see at the broker whether it was placed, and place it by hand if it was not: it is not sent on again by itself'

/** Advice for what has nothing to do with a key. */
export const AS_SAID = 'mend what the reason says; it is tried again by itself'
export const IN_CONFIG = 'correct this connector in config.json, and restart the connector service'

export function remedyFor(kind: Failure['kind']): Remedy {
  return REMEDIES[kind]
}

const MINUTE_MS = 60_000

/** When an account is read again, where the other side asks for more than a minute of patience; null: it does not. */
export function patienceInWords(failure: Failure, now: Instant): string | null {
  const askedMs = failure.kind === 'rate-limited' ? (failure.retryAfterMs ?? 0) : 0
  if (askedMs <= MINUTE_MS) return null
  const ends = formatInstant(now + Math.min(askedMs, PATIENCE_MAX_MS.read))
  return `; it is asked again after ${ends.slice(11, 16)} UTC, and a restart of the connector asks at once`
}

/**
 * How long to wait before the next try, milliseconds: doubled with each failure in a row, and never less than the other
 * side asks for, up to {@link PATIENCE_MAX_MS}.
 * @param failures in a row, from 1
 * @param jitter 0 to 1; shortens the wait by up to a quarter, so that many do not come back together
 * @param call what is tried again
 */
export function waitAfter(failure: Failure, failures: number, jitter: number, call: LimitKind): number {
  const { minMs, maxMs } = REMEDIES[failure.kind]
  const doubled = Math.min(maxMs, minMs * 2 ** Math.min(failures - 1, 20)) * (1 - jitter / 4)
  const askedMs = failure.kind === 'rate-limited' ? (failure.retryAfterMs ?? 0) : 0
  return Math.min(Math.max(doubled, askedMs), PATIENCE_MAX_MS[call])
}
