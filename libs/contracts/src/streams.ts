import { subjects } from './subjects.ts'

/** Names of streams and durable consumers. */
export const streams = { inputs: 'INPUTS', risk: 'RISK', rejects: 'REJECTS' } as const
export const durables = { persister: 'persister' } as const
/** Queue group of the responders: one of them answers a request. */
export const queueGroups = { guardians: 'guardians' } as const

const DAY_NANOS = 24 * 3600 * 1_000_000_000
const MEBIBYTE = 1024 * 1024
const MINUTE_NANOS = 60 * 1_000_000_000

/** Settings of a stream with the names of the JetStream API, so that any client can create it. */
export interface StreamSettings {
  readonly name: string
  readonly description: string
  readonly subjects: readonly string[]
  readonly retention: 'limits'
  readonly storage: 'file'
  readonly discard: 'new' | 'old'
  readonly max_bytes?: number
  readonly max_age?: number
  readonly duplicate_window: number
  readonly num_replicas: number
  readonly allow_direct: boolean
  readonly deny_delete?: boolean
  readonly deny_purge?: boolean
  readonly subject_transform?: { readonly src: string; readonly dest: string }
  readonly republish?: { readonly src: string; readonly dest: string }
}

/** The three streams. `provision` creates them; everything else only uses them. */
export function streamSettings(replicas: number): readonly StreamSettings[] {
  const shared = { retention: 'limits', storage: 'file', num_replicas: replicas } as const
  return [
    {
      ...shared,
      name: streams.inputs,
      description: 'Ticks, operator commands and wake-ups, in the order in which they are decided',
      subjects: [subjects.ticksAll, subjects.controlAll, subjects.commandsAll],
      discard: 'new',
      max_age: 7 * DAY_NANOS,
      duplicate_window: 2 * MINUTE_NANOS,
      allow_direct: false,
    },
    {
      ...shared,
      name: streams.risk,
      description: 'Every decision, for good: the memory of the guardians',
      subjects: [subjects.outAll],
      discard: 'new',
      duplicate_window: 2 * MINUTE_NANOS,
      allow_direct: false,
      deny_delete: true,
      deny_purge: true,
      // Stored as risk.>, and republished as risk.> to plain subscribers only after it is stored.
      subject_transform: { src: subjects.outAll, dest: subjects.storedAll },
      republish: { src: subjects.storedAll, dest: subjects.storedAll },
    },
    {
      ...shared,
      name: streams.rejects,
      description: "What no trader's log can hold, with the reason",
      subjects: [subjects.rejectsAll],
      // Garbage must not fill the disk, nor block decisions because the stream is full.
      discard: 'old',
      max_bytes: 256 * MEBIBYTE,
      max_age: 30 * DAY_NANOS,
      duplicate_window: 2 * MINUTE_NANOS,
      allow_direct: false,
    },
  ]
}
