import { streams } from '@drawbridge/contracts'
import { Backoff, filterOf, type StreamMessage, StreamReading } from '@drawbridge/nats'
import type { Logger } from '@drawbridge/service-kit'
import { DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { type LoggedEvent, loggedEvent } from './risk-feed.ts'

export interface EventTailOptions {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly log: Logger
  /** Subjects of the risk log, wildcards allowed; none may cover another. */
  readonly subjects: readonly string[]
  /** The first wanted stream sequence, and when its log was created. */
  readonly from: number
  readonly created: string
  /** The last wanted stream sequence; null: there is no last one. */
  readonly until: number | null
  readonly onEvent: (event: LoggedEvent) => void
  /** Called between batches: resolves when more can be taken; with false to stop. */
  readonly ready: () => Promise<boolean>
  readonly stopping: AbortSignal
}

/** The maximum of events per batch. */
const TAIL_BATCH = 50

/**
 * Delivers the stored events of the risk log in order, each once, until `stopping` aborts or the last wanted one came. They are requested in batches,
 * so that a slow listener delays only itself. It also ends if the log is replaced by another one, where the same sequences
 * mean other events.
 */
export async function tailEvents(options: EventTailOptions): Promise<void> {
  const { manager, created, until, log, onEvent, stopping } = options
  const isOver = () => stopping.aborted || (until !== null && next > until)
  const backoff = new Backoff(100, 5_000)
  let next = options.from
  const take = (message: StreamMessage): void => {
    next = message.seq + 1
    backoff.reset()
    const event = loggedEvent(message)
    if (event !== null) onEvent(event)
  }
  while (!isOver()) {
    try {
      if ((await manager.streams.info(streams.risk)).created !== created) return
      await readFrom(next, options, take, isOver)
      return
    } catch (error) {
      if (stopping.aborted) return
      log.debug({ err: error }, 'reading events failed; retrying')
      await backoff.wait(stopping)
    }
  }
}

/** Resolves when no more is wanted. @throws if the reading ends before that */
async function readFrom(
  from: number,
  { connection, subjects, ready, stopping }: EventTailOptions,
  take: (message: StreamMessage) => void,
  isOver: () => boolean,
): Promise<void> {
  let room = 0
  const reading = await StreamReading.begin({
    connection,
    stream: streams.risk,
    consumer: { ...filterOf(subjects), deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from },
    room: () => room,
    onMessage: (message) => {
      room -= 1
      if (isOver()) return
      take(message)
      if (isOver()) stop()
      else if (room === 0) askForMore()
    },
  })
  const stop = () => reading.end(null)
  const askForMore = () => {
    ready().then((isWanted) => {
      if (!isWanted) return stop()
      room = TAIL_BATCH
      reading.ask()
    }, reading.end.bind(reading))
  }
  stopping.addEventListener('abort', stop)
  if (stopping.aborted) stop()
  else askForMore()
  const reason = await reading.ended
  stopping.removeEventListener('abort', stop)
  if (reason !== null) throw reason
}
