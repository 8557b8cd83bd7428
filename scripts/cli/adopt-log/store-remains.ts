import { streams } from '@drawbridge/contracts'
import {
  batchOf,
  databaseReason,
  HistoryStore,
  inHalves,
  type Reading,
  type RiskMessage,
  readMessage,
  riskMessage,
  untilTaken,
} from '@drawbridge/history'
import { readStream } from '@drawbridge/nats'
import { Rejects } from '@drawbridge/service-kit'
import type { NatsConnection } from '@nats-io/transport-node'
import type pg from 'pg'
import { type StartProgress, startUnseen } from '../progress.ts'

const BATCH = 1_000

/** What became of what was left of a log. */
export interface StoredRemains {
  /** How many messages were read. */
  readonly read: number
  /** Sequences up to the last one that brought no message. */
  readonly unread: readonly number[]
  /** What the history does not take is in REJECTS, with the reason. */
  readonly rejected: number
}

/** A message that the history does not take, and why. */
interface Refusal {
  readonly message: RiskMessage
  readonly reason: string
}

/**
 * Brings all that RISK holds into the history, as a persister does: what is there already stays as it is. Safe to repeat.
 * @param created when RISK was created
 * @throws where the tables are bound to another log, and what waiting does not help
 */
export async function storeRemains(
  connection: NatsConnection,
  pool: pg.Pool,
  created: string,
  lastSeq: number,
  startProgress: StartProgress = startUnseen,
): Promise<StoredRemains> {
  const store = new HistoryStore(pool, true)
  const opened = await store.open(created)
  if (opened.kind !== 'ready') throw new Error('the tables were bound to another log meanwhile; run it again')
  const rejects = new Rejects(connection, streams.risk)
  const progress = startProgress('events of RISK', lastSeq)
  const unread: number[] = []
  let [read, rejected, next] = [0, 0, 1]
  try {
    for await (const messages of readStream(connection, { stream: streams.risk, from: 1, to: lastSeq, size: BATCH })) {
      for (const { message, reason } of await storeAll(store, messages.map(riskMessage))) {
        const { subject, data: payload, seq, traceparent } = message
        await rejects.keep({ subject, seq, payload, traceparent }, reason)
        rejected += 1
      }
      read += messages.length
      for (const { seq } of messages) {
        for (; next < seq; next += 1) unread.push(next)
        next = seq + 1
      }
      progress.to(messages.at(-1)?.seq ?? 0)
    }
  } finally {
    progress.stop()
  }
  for (; next <= lastSeq; next += 1) unread.push(next)
  return { read, unread, rejected }
}

/** Stores what the history takes, and gives what it does not; tried until the database is there: Ctrl-C does no harm. */
function storeAll(store: HistoryStore, messages: readonly RiskMessage[]): Promise<readonly Refusal[]> {
  const storeSome = async (some: readonly RiskMessage[]): Promise<readonly Refusal[]> => {
    const refusals: Refusal[] = []
    const readings: Reading[] = []
    for (const message of some) {
      const reading = readMessage(message)
      if (reading.kind === 'refused') refusals.push({ message, reason: reading.reason })
      else readings.push(reading)
    }
    if (readings.length > 0) await untilTaken(() => store.store(batchOf(readings)))
    return refusals
  }
  return inHalves(messages, storeSome, (message, error) => [{ message, reason: databaseReason(error) }])
}
