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
  /** The first stream sequence that is wanted, and when the log was created that it is of. */
  readonly from: number
  readonly created: string
  readonly onEvent: (event: LoggedEvent) => void
  /** Asked between batches: resolves when more can be taken, with false where nothing is wanted any more. */
  readonly ready: () => Promise<boolean>
  readonly stopping: AbortSignal
}

/** No more than so many events come between two questions whether more can be taken. */
const TAIL_BATCH = 50

/**
 * Hands over the events of the risk log in their order, as they are stored, each once, until `stopping` aborts. They are
 * asked for in batches, so that who takes them slowly holds nothing up but itself. It ends, too, where the log is another
 * one than it was: there the sequences mean other events.
 */
export async function tailEvents(options: EventTailOptions): Promise<void> {
  const { manager, created, log, onEvent, stopping } = options
  const backoff = new Backoff(100, 5_000)
  let next = options.from
  const take = (message: StreamMessage): void => {
    next = message.seq + 1
    backoff.reset()
    const event = loggedEvent(message)
    if (event !== null) onEvent(event)
  }
  while (!stopping.aborted) {
    try {
      if ((await manager.streams.info(streams.risk)).created !== created) return
      await readFrom(next, options, take)
      return
    } catch (error) {
      if (stopping.aborted) return
      log.debug({ err: error }, 'events are not brought; trying again')
      await backoff.wait(stopping)
    }
  }
}

/** Resolves when nothing is wanted any more. @throws where the reading ends before */
async function readFrom(
  from: number,
  { connection, subjects, ready, stopping }: EventTailOptions,
  take: (message: StreamMessage) => void,
): Promise<void> {
  let room = 0
  const reading = await StreamReading.begin({
    connection,
    stream: streams.risk,
    consumer: { ...filterOf(subjects), deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from },
    room: () => room,
    onMessage: (message) => {
      room -= 1
      take(message)
      if (room === 0) askForMore()
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
