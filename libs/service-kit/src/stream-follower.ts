import {
  type ConsumerMessages,
  DeliverPolicy,
  type JsMsg,
  jetstream,
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
  const consumer = await jetstream(connection, { timeout: 10_000 }).consumers.get(stream, consumerOptions(options))
  let stopped = false
  const messages: ConsumerMessages = await consumer.consume({
    max_messages: BATCH,
    expires: PULL_EXPIRES_MS,
    idle_heartbeat: IDLE_HEARTBEAT_MS,
    callback: (message) => {
      if (!stopped) onMessage(message)
    },
  })
  void messages.closed().then((reason) => {
    if (stopped || connection.isClosed()) return
    onLost(new Error(`can no longer follow stream ${stream}`, { cause: reason }))
  })
  return {
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
