import { streams } from '@drawbridge/contracts'
import { Backoff, type Logger, untilEnded } from '@drawbridge/service-kit'
import { type Consumer, DeliverPolicy, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { requestFor } from './read-range.ts'
import { type LoggedEvent, loggedEvent } from './risk-feed.ts'

export interface EventTailOptions {
  readonly connection: NatsConnection
  readonly log: Logger
  /** Subjects of the risk log, wildcards allowed; none may cover another. */
  readonly subjects: readonly string[]
  /** The first stream sequence that is wanted. */
  readonly from: number
  readonly onEvent: (event: LoggedEvent) => void
  /** Asked between batches: resolves when more can be taken, with false where nothing is wanted any more. */
  readonly ready: () => Promise<boolean>
  readonly stopping: AbortSignal
}

/** No more than so many events come between two questions whether more can be taken. */
export const TAIL_BATCH = 50
const EXPIRES_MS = 5_000
const ANSWER_WITHIN_MS = 2_000

/**
 * Hands over the events of the risk log in their order, as they are stored, each once, until `stopping` aborts. They are
 * asked for in batches, so that who takes them slowly holds nothing up but itself.
 */
export async function tailEvents(options: EventTailOptions): Promise<void> {
  const { connection, log, subjects, ready, stopping, onEvent } = options
  const backoff = new Backoff(100, 5_000)
  let next = options.from
  const batch = async (consumer: Consumer): Promise<void> => {
    const messages = await consumer.fetch(
      requestFor(TAIL_BATCH, EXPIRES_MS, (message) => {
        if (stopping.aborted) return
        next = message.seq + 1
        backoff.reset()
        const event = loggedEvent(message)
        if (event !== null) onEvent(event)
      }),
    )
    const stop = () => void messages.close()
    stopping.addEventListener('abort', stop)
    if (stopping.aborted) stop()
    const reason = await untilEnded(messages)
    stopping.removeEventListener('abort', stop)
    if (reason !== null) throw reason
  }
  while (!stopping.aborted) {
    let consumer: Consumer | null = null
    try {
      consumer = await jetstream(connection, { timeout: ANSWER_WITHIN_MS }).consumers.get(streams.risk, {
        filter_subjects: [...subjects],
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: next,
      })
      while (await ready()) await batch(consumer)
      return
    } catch (error) {
      if (stopping.aborted) return
      log.debug({ err: error }, 'events are not brought; trying again')
      await backoff.wait(stopping)
    } finally {
      consumer?.delete().catch(() => undefined)
    }
  }
}
