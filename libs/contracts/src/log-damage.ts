import { streams } from './streams.ts'
import type { TraderId } from './subjects.ts'

/** The part of JetStream's stream state that shows whether something is missing. */
export interface StreamSight {
  readonly config: { readonly sealed?: boolean | undefined }
  readonly state: {
    readonly first_seq: number
    readonly last_seq: number
    readonly messages: number
    readonly num_deleted?: number | undefined
  }
}

/** Damage of a log that never loses messages by itself. */
export type LogDamage =
  /** Messages between the first and the last are missing. */
  | { readonly kind: 'missing'; readonly stream: string; readonly missing: number; readonly lastSeq: number }
  /** It ends before a message that was known: its end is lost, or an older copy took its place. */
  | { readonly kind: 'ends-early'; readonly stream: string; readonly lastSeq: number; readonly knownSeq: number }
  /** Versions of a trader go back, jump, or belong to another input than before. */
  | { readonly kind: 'version'; readonly trader: TraderId; readonly version: number; readonly known: number }
  /** The newest message on a subject is counted, and cannot be read. */
  | { readonly kind: 'unreadable'; readonly stream: string; readonly subject: string }
  /** An operator has begun a repair, and nothing may be added. */
  | { readonly kind: 'sealed'; readonly stream: string }

/**
 * What is missing in RISK, which denies deletes: any gap is damage, wherever it is.
 * @param knownSeq a sequence that the stream was known to reach, from a check that ended before this one began
 */
export function riskLogDamage({ config, state }: StreamSight, knownSeq = 0): LogDamage | null {
  const { last_seq: lastSeq } = state
  const stream = streams.risk
  const missing = Math.max(lastSeq - state.messages, state.num_deleted ?? 0)
  if (missing > 0) return { kind: 'missing', stream, missing, lastSeq }
  if (lastSeq < knownSeq) return { kind: 'ends-early', stream, lastSeq, knownSeq }
  return config.sealed === true ? { kind: 'sealed', stream } : null
}

/**
 * What is missing in INPUTS, which expires its oldest messages: everything between the first and the last must exist.
 * @param knownSeq as for {@link riskLogDamage}
 */
export function inputLogDamage({ state }: StreamSight, knownSeq = 0): LogDamage | null {
  const { first_seq: firstSeq, last_seq: lastSeq, messages } = state
  const stream = streams.inputs
  if (lastSeq < knownSeq) return { kind: 'ends-early', stream, lastSeq, knownSeq }
  const kept = messages === 0 ? 0 : lastSeq - firstSeq + 1
  const missing = Math.max(kept - messages, state.num_deleted ?? 0)
  return missing > 0 ? { kind: 'missing', stream, missing, lastSeq } : null
}

/** The damage in words for people. */
export function damageReason(damage: LogDamage): string {
  switch (damage.kind) {
    case 'missing':
      return `${damage.missing} messages of ${damage.stream}, which ends at ${damage.lastSeq}, are missing`
    case 'ends-early':
      return `${damage.stream} ends at ${damage.lastSeq}, and message ${damage.knownSeq} was known before`
    case 'version':
      return (
        `the log of trader ${damage.trader} brings version ${damage.version}, and version ${damage.known} was known ` +
        'before'
      )
    case 'unreadable':
      return `the newest message of ${damage.stream} on ${damage.subject} cannot be read: its bytes on the disk are damaged`
    case 'sealed':
      return `${damage.stream} is sealed: an operator is repairing it`
    default:
      return damage satisfies never
  }
}

/** First and last of each run of sequences without a gap. */
export interface SequenceRange {
  readonly from: number
  readonly to: number
}

/** @param sequences ascending */
export function rangesOf(sequences: Iterable<number>): readonly SequenceRange[] {
  const ranges: { from: number; to: number }[] = []
  for (const sequence of sequences) {
    const last = ranges.at(-1)
    if (last !== undefined && sequence === last.to + 1) last.to = sequence
    else ranges.push({ from: sequence, to: sequence })
  }
  return ranges
}
