import { streams, subjects, type TraderId } from '@drawbridge/contracts'
import { readFirst, Semaphore } from '@drawbridge/nats'
import type { NatsConnection } from '@nats-io/transport-node'
import { type LoggedEvent, loggedEvent } from './risk-feed.ts'

/** A stream allows only few consumers. */
const consumers = new Semaphore(20)
const TRIES = 2

/**
 * The events of a trader from a stream sequence on, in order, up to a maximum, read by a temporary consumer.
 * @throws if NATS does not deliver them
 */
export function readRange(
  connection: NatsConnection,
  trader: TraderId,
  from: number,
  count: number,
): Promise<readonly LoggedEvent[]> {
  const filterSubjects = [subjects.traderLog(trader)]
  const range = { stream: streams.risk, from, to: Number.MAX_SAFE_INTEGER, size: count, tries: TRIES, filterSubjects }
  return consumers.run(async () =>
    (await readFirst(connection, range)).map(loggedEvent).filter((event) => event !== null),
  )
}
