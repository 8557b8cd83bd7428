import { matcherOf } from './matching.ts'

/** The settings of a stream that the model knows, as the API answers them. Durations in nanoseconds; -1: no limit. */
export interface StreamConfig {
  readonly name: string
  readonly description?: string
  readonly subjects: readonly string[]
  readonly retention: 'limits'
  readonly max_consumers: -1
  readonly max_msgs: number
  readonly max_bytes: number
  /** 0: without a limit. */
  readonly max_age: number
  readonly max_msgs_per_subject: -1
  readonly max_msg_size: -1
  readonly discard: 'old' | 'new'
  readonly storage: 'file' | 'memory'
  readonly num_replicas: 1
  readonly duplicate_window: number
  readonly compression: 'none'
  readonly subject_transform?: { readonly src: string; readonly dest: string }
  readonly republish?: { readonly src: string; readonly dest: string }
  readonly allow_direct: false
  readonly mirror_direct: false
  readonly sealed: false
  readonly deny_delete: boolean
  readonly deny_purge: boolean
  readonly allow_rollup_hdrs: false
  readonly allow_msg_ttl: false
  readonly allow_atomic?: true
  readonly consumer_limits: Readonly<Record<string, never>>
}

const DEFAULTS = {
  retention: 'limits',
  max_consumers: -1,
  max_msgs: -1,
  max_bytes: -1,
  max_age: 0,
  max_msgs_per_subject: -1,
  max_msg_size: -1,
  discard: 'old',
  storage: 'file',
  num_replicas: 1,
  duplicate_window: 120_000_000_000,
  compression: 'none',
  allow_direct: false,
  mirror_direct: false,
  sealed: false,
  deny_delete: false,
  deny_purge: false,
  allow_rollup_hdrs: false,
  allow_msg_ttl: false,
  consumer_limits: {},
} as const

/** What may be asked for otherwise than by default. */
const FREE: ReadonlySet<string> = new Set([
  'name',
  'description',
  'subjects',
  'max_msgs',
  'max_bytes',
  'max_age',
  'discard',
  'storage',
  'duplicate_window',
  'subject_transform',
  'republish',
  'deny_delete',
  'deny_purge',
  'allow_atomic',
])

/** @throws on settings that the model does not know: to go on without them would be to lie */
export function streamConfigOf(request: Readonly<Record<string, unknown>>): StreamConfig {
  const defaults: Readonly<Record<string, unknown>> = DEFAULTS
  for (const [name, value] of Object.entries(request)) {
    if (!FREE.has(name) && value !== undefined && JSON.stringify(value) !== JSON.stringify(defaults[name])) {
      throw new Error(`the simulated server knows no stream with ${name}: ${JSON.stringify(value)}`)
    }
  }
  const given = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== 0 && value !== undefined))
  return { ...DEFAULTS, ...given } as unknown as StreamConfig
}

/** Whether a subject of one stream may be one of the other, as far as plain names and `prefix.>` go. */
export function subjectsOverlap(ones: readonly string[], others: readonly string[]): boolean {
  return ones.some((one) => others.some((other) => matcherOf(one)(other) || matcherOf(other)(one) || one === other))
}
