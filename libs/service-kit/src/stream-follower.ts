import {
  type ConsumerMessages,
  DeliverPolicy,
  type JsMsg,
  jetstream,
  jetstreamManager,
  type OrderedConsumerOptions,
} from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'

export interface FollowOptions {
  readonly stream: string
  readonly filterSubjects?: readonly string[]
  /** `from` a stream sequence, or only the newest message of each subject and then all that come. */
  readonly start: { readonly from: number } | 'last-per-subject'
  /** Called in stream order, never twice for a message. An error that it throws ends the following. */
  readonly onMessage: (message: JsMsg) => void
  /** Called once if the following ends other than by {@link Follower.stop}; nothing more will come. */
  readonly onLost: (error: Error) => void
}

export interface Follower {
  /** Resolves when all that was in the stream at the start has been handed over. */
  readonly caughtUp: Promise<void>
  /** No message is handed over any more from this call on. Safe to repeat. */
  stop(): void
}

const BATCH = 2_000
/** Stalls are noticed after two missed heartbeats. */
const PULL_EXPIRES_MS = 5_000
const IDLE_HEARTBEAT_MS = 1_000

/** Follows a stream with an ordered consumer: no acks; gaps and reconnects are repaired by starting over from the cursor. */
export async function followStream(connection: NatsConnection, options: FollowOptions): Promise<Follower> {
  const { stream, onMessage, onLost } = options
  const manager = await jetstreamManager(connection, { timeout: 10_000, checkAPI: false })
  const end = (await manager.streams.info(stream)).state.last_seq
  const consumer = await jetstream(connection, { timeout: 10_000 }).consumers.get(stream, consumerOptions(options))
  const { promise: caughtUp, resolve: nowCaughtUp, reject: neverCaughtUp } = Promise.withResolvers<void>()
  caughtUp.catch(() => undefined)
  if ((await consumer.info(true)).num_pending === 0) nowCaughtUp()
  let stopped = false
  const messages: ConsumerMessages = await consumer.consume({
    max_messages: BATCH,
    expires: PULL_EXPIRES_MS,
    idle_heartbeat: IDLE_HEARTBEAT_MS,
    callback: (message) => {
      if (stopped) return
      onMessage(message)
      if (message.info.pending === 0 || message.seq >= end) nowCaughtUp()
    },
  })
  void messages.closed().then((reason) => {
    if (stopped || connection.isClosed()) return
    const error = new Error(`can no longer follow stream ${stream}`, { cause: reason })
    neverCaughtUp(error)
    onLost(error)
  })
  return {
    caughtUp,
    stop() {
      stopped = true
      void messages.close()
    },
  }
}

function consumerOptions(options: FollowOptions): Partial<OrderedConsumerOptions> {
  const filter = options.filterSubjects === undefined ? {} : { filter_subjects: [...options.filterSubjects] }
  if (options.start === 'last-per-subject') return { ...filter, deliver_policy: DeliverPolicy.LastPerSubject }
  return { ...filter, deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: options.start.from }
}
