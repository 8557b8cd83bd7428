/** Sizes of a stream and of its account, bytes; a limit that is not set is 0 or less. */
export interface LogSizes {
  readonly bytes: number
  readonly bytesMax: number
  /** All streams of the account together, replicas included. */
  readonly accountBytes: number
  readonly accountBytesMax: number
  readonly replicas: number
}

/** How much more the risk log can store. */
export interface LogRoom {
  readonly bytes: number
  /** The maximum size; null: no limit is set. */
  readonly limitBytes: number | null
  /** How full the stream or the account is, whichever is fuller; 0 if no limit is set. */
  readonly usedPct: number
  readonly level: 'enough' | 'nearly-full' | 'almost-full'
}

/** Independent of `warnAtPct`. */
const ALMOST_FULL_PCT = 95

/** @param warnAtPct 1 to 95: from here on the log is nearly full */
export function logRoomOf(sizes: LogSizes, warnAtPct: number): LogRoom {
  const { bytes, bytesMax, accountBytes, accountBytesMax, replicas } = sizes
  const limits: number[] = []
  const shares = [0]
  if (bytesMax > 0) {
    limits.push(bytesMax)
    shares.push(bytes / bytesMax)
  }
  if (accountBytesMax > 0) {
    const left = Math.max(0, accountBytesMax - accountBytes)
    limits.push(bytes + Math.floor(left / Math.max(1, replicas)))
    shares.push(accountBytes / accountBytesMax)
  }
  const usedPct = 100 * Math.max(...shares)
  const limitBytes = limits.length === 0 ? null : Math.min(...limits)
  const level = usedPct >= ALMOST_FULL_PCT ? 'almost-full' : usedPct >= warnAtPct ? 'nearly-full' : 'enough'
  return { bytes, limitBytes, usedPct, level }
}

/** Settings of a stream by which it can lose messages; limits that are not set are 0 or less. */
export interface LogRetention {
  readonly discard: string
  readonly retention: string
  readonly max_age: number
  readonly max_bytes: number
  readonly max_msgs: number
  readonly max_msgs_per_subject: number
  readonly discard_new_per_subject?: boolean
}

/** The setting by which the risk log may drop events, stored in the database or not; null: it never does. */
export function discardedBy(settings: LogRetention): string | null {
  const { discard, retention, max_age, max_bytes, max_msgs, max_msgs_per_subject } = settings
  if (retention !== 'limits') return `retention is "${retention}" instead of "limits"`
  if (max_age > 0) return 'max_age is set'
  if (max_msgs_per_subject > 0 && settings.discard_new_per_subject !== true) return 'max_msgs_per_subject is set'
  if (discard === 'new') return null
  if (max_bytes > 0) return `max_bytes is set and discard is "${discard}" instead of "new"`
  return max_msgs > 0 ? `max_msgs is set and discard is "${discard}" instead of "new"` : null
}
