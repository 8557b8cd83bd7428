import { subjects } from './subjects.ts'

/**
 * Subjects of JetStream's own API that permissions name. `*` stands for any consumer; exceptions are denied separately.
 */
export const jetStreamApi = {
  account: '$JS.API.INFO',
  streamInfo: (stream: string) => `$JS.API.STREAM.INFO.${stream}`,
  createStream: (stream: string) => `$JS.API.STREAM.CREATE.${stream}`,
  /** Reads any message of the stream: the body selects it, so permissions cannot restrict it. */
  readMessage: (stream: string) => `$JS.API.STREAM.MSG.GET.${stream}`,
  /** Deletes any message of the stream: the body selects it. */
  deleteMessage: (stream: string) => `$JS.API.STREAM.MSG.DELETE.${stream}`,
  /** Creates a consumer of several subjects, or of all. */
  createConsumer: (stream: string, consumer: string) => `$JS.API.CONSUMER.CREATE.${stream}.${consumer}`,
  /** Creates a consumer of one subject; the server refuses a body that names another one. */
  createFilteredConsumer: (stream: string, consumer: string, filter: string) =>
    `$JS.API.CONSUMER.CREATE.${stream}.${consumer}.${filter}`,
  /** The body names consumer and subjects: a user who may publish here can change any consumer of the stream. */
  createUnnamedConsumer: (stream: string) => `$JS.API.CONSUMER.CREATE.${stream}`,
  listConsumers: (stream: string) => `$JS.API.CONSUMER.LIST.${stream}`,
  consumerInfo: (stream: string, consumer: string) => `$JS.API.CONSUMER.INFO.${stream}.${consumer}`,
  deleteConsumer: (stream: string, consumer: string) => `$JS.API.CONSUMER.DELETE.${stream}.${consumer}`,
  /** Answered by any number of messages. */
  next: (stream: string, consumer: string) => `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`,
  /** Prefix of the acknowledgement subject of a delivered message. */
  ackPrefix: '$JS.ACK.',
  acks: (stream: string, consumer: string) => `$JS.ACK.${stream}.${consumer}.>`,
} as const

/** Names of streams and durable consumers. */
export const streams = { inputs: 'INPUTS', risk: 'RISK', rejects: 'REJECTS' } as const
/** The streams of the notifier. */
export const notifierStreams = { notices: 'NOTICES', alerts: 'ALERTS' } as const
export const durables = {
  persister: 'persister',
  notifier: 'notifier',
  /** Reads what the notifier is asked. */
  commands: 'commands',
  /** Reads the messages of a channel. */
  channel: (name: string) => `channel-${name}`,
} as const
/** Queue group of the responders: one of them answers a request. */
export const queueGroups = { guardians: 'guardians' } as const

const DAY_NANOS = 24 * 3600 * 1_000_000_000
const MEBIBYTE = 1024 * 1024
const MINUTE_NANOS = 60 * 1_000_000_000

/**
 * How long INPUTS knows the ids of its messages. They count for the whole stream, so that bots whose ids are bare counters
 * take each other's readings for duplicates: the shorter, the better. The server allows 100 ms. Our outbox sends a tick again
 * when its answer is lost: after 2 s, or when a cluster has another leader. Whatever must be known for longer looks into the
 * stream.
 */
export const INPUT_IDS_KNOWN_MS = 10_000

/** Settings of a stream with the names of the JetStream API, so that any client can create it. */
export interface StreamSettings {
  readonly name: string
  readonly description: string
  readonly subjects: readonly string[]
  readonly retention: 'limits' | 'workqueue'
  readonly storage: 'file'
  readonly discard: 'new' | 'old'
  readonly max_bytes?: number
  readonly max_age?: number
  readonly max_msgs_per_subject?: number
  readonly duplicate_window: number
  readonly num_replicas: number
  readonly allow_direct: boolean
  readonly deny_delete?: boolean
  readonly deny_purge?: boolean
  readonly allow_atomic?: boolean
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
      duplicate_window: INPUT_IDS_KNOWN_MS * 1_000_000,
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
      // A trader with many inputs waiting gets its events in batches.
      allow_atomic: true,
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

/**
 * The streams of the notifier. `provision` creates them where config.json names channels. Both drop the oldest when they are
 * full: a channel that is away for days must not keep others from being told.
 */
export function notifierStreamSettings(replicas: number): readonly StreamSettings[] {
  const shared = {
    storage: 'file',
    num_replicas: replicas,
    discard: 'old',
    max_bytes: 256 * MEBIBYTE,
    duplicate_window: 2 * MINUTE_NANOS,
    allow_direct: false,
  } as const
  return [
    {
      ...shared,
      name: notifierStreams.notices,
      description: 'Messages to people that wait for their channels, and what the notifier is asked',
      subjects: [subjects.noticesAll, subjects.notifyCommandsAll],
      // A message is deleted when its channel has it.
      retention: 'workqueue',
      max_age: 7 * DAY_NANOS,
    },
    {
      ...shared,
      name: notifierStreams.alerts,
      description: 'Alerts that go on, deliveries, silences: the memory of the notifier',
      subjects: [subjects.alertsAll],
      retention: 'limits',
      max_msgs_per_subject: 1,
    },
  ]
}
