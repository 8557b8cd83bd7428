/** Sizes of a stream and of the account that it is kept in. Bytes; a limit that is not there is 0 or less. */
export interface LogSizes {
  readonly bytes: number
  readonly bytesMax: number
  /** Of all streams of the account, replicas included. */
  readonly accountBytes: number
  readonly accountBytesMax: number
  readonly replicas: number
}

/** How much more the risk log can take. */
export interface LogRoom {
  readonly bytes: number
  /** It takes nothing that would make it larger; null: no limit is set. */
  readonly limitBytes: number | null
  /** Of what is nearest to its limit, the stream or the account; 0 where no limit is set. */
  readonly usedPct: number
  readonly level: LogRoomLevel
}

export type LogRoomLevel = 'enough' | 'nearly-full' | 'almost-full'

/** Whatever `warnAtPct` is. */
export const ALMOST_FULL_PCT = 95

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
  return {
    bytes,
    limitBytes: limits.length === 0 ? null : Math.min(...limits),
    usedPct,
    level: levelOf(usedPct, warnAtPct),
  }
}

function levelOf(usedPct: number, warnAtPct: number): LogRoomLevel {
  if (usedPct >= ALMOST_FULL_PCT) return 'almost-full'
  return usedPct >= warnAtPct ? 'nearly-full' : 'enough'
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

/** By which setting the risk log may drop events by itself, stored or not; null: it never does. */
export function discardedBy(settings: LogRetention): string | null {
  const { discard, retention, max_age, max_bytes, max_msgs, max_msgs_per_subject } = settings
  if (retention !== 'limits') return `retention is "${retention}" instead of "limits"`
  if (max_age > 0) return 'max_age is set'
  if (max_msgs_per_subject > 0 && settings.discard_new_per_subject !== true) return 'max_msgs_per_subject is set'
  if (discard === 'new') return null
  if (max_bytes > 0) return `max_bytes is set and discard is "${discard}" instead of "new"`
  return max_msgs > 0 ? `max_msgs is set and discard is "${discard}" instead of "new"` : null
}
