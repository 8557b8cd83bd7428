import { streams, subjects, type TraderId } from '@drawbridge/contracts'
import { Semaphore, untilEnded } from '@drawbridge/nats'
import { DeliverPolicy, type JsMsg, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { type LoggedEvent, loggedEvent } from './risk-feed.ts'

const ANSWER_WITHIN_MS = 2_000
const EXPIRES_MS = 2_000
const IDLE_HEARTBEAT_MS = 1_000

/** A stream has room for few consumers. */
const consumers = new Semaphore(20)

/**
 * The events of a trader from a stream sequence on, in their order, at most so many: by a consumer that is made for it and
 * deleted again. Fewer come where there are no more, and where NATS does not bring them within two seconds.
 */
export function readRange(
  connection: NatsConnection,
  trader: TraderId,
  from: number,
  count: number,
): Promise<readonly LoggedEvent[]> {
  return consumers.run(() => readByConsumer(connection, trader, from, count))
}

async function readByConsumer(
  connection: NatsConnection,
  trader: TraderId,
  from: number,
  count: number,
): Promise<readonly LoggedEvent[]> {
  const consumer = await jetstream(connection, { timeout: ANSWER_WITHIN_MS }).consumers.get(streams.risk, {
    // Not as a list: of a single subject, the client names it in the request, and the server can permit it.
    filter_subjects: subjects.traderLog(trader),
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: from,
  })
  try {
    const { num_pending: there } = await consumer.info(true)
    const max = Math.min(count, there)
    const messages: JsMsg[] = []
    if (max > 0) {
      await untilEnded(await consumer.fetch(requestFor(max, (message) => messages.push(message))))
    }
    return messages.map(loggedEvent).filter((event) => event !== null)
  } finally {
    await consumer.delete().catch(() => undefined)
  }
}

/** The client hands messages of a request to a callback, too; its types say so of `consume` alone. */
function requestFor(count: number, callback: (message: JsMsg) => void) {
  return { max_messages: count, expires: EXPIRES_MS, idle_heartbeat: IDLE_HEARTBEAT_MS, callback }
}
