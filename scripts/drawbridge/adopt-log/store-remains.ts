import { streams } from '@drawbridge/contracts'
import { createLogger, Rejects } from '@drawbridge/service-kit'
import type { NatsConnection } from '@nats-io/transport-node'
import type pg from 'pg'
import { BatchWriter } from '../../../services/persister/src/batch-writer.ts'
import { DatabaseWatch } from '../../../services/persister/src/database-watch.ts'
import { riskMessage } from '../../../services/persister/src/inbound/risk-consumer.ts'
import { HistoryStore } from '../../../services/persister/src/outbound/history-store.ts'
import { PersisterMetrics } from '../../../services/persister/src/persister-metrics.ts'
import { type StartProgress, startUnseen } from '../progress.ts'
import { readStream } from '../read-stream.ts'

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
  const opened = await store.open(streams.risk, created)
  if (opened.kind !== 'ready') throw new Error('the tables were bound to another log meanwhile; run it again')
  const log = createLogger('adopt-log', 'silent')
  const metrics = new PersisterMetrics()
  const rejects = new CountedRejects(connection, streams.risk)
  const database = new DatabaseWatch(metrics, log)
  // Tried until it succeeds, as by a persister; Ctrl-C ends it and does no harm.
  const writer = new BatchWriter({ store, rejects, database, metrics, log }, new AbortController().signal)
  const progress = startProgress('events of RISK', lastSeq)
  const unread: number[] = []
  let read = 0
  let next = 1
  try {
    for await (const messages of readStream(connection, { stream: streams.risk, from: 1, to: lastSeq, size: BATCH })) {
      await writer.write(messages.map((message) => ({ ...riskMessage(message), ack: () => undefined })))
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
  return { read, unread, rejected: rejects.count }
}

class CountedRejects extends Rejects {
  count = 0

  override async keep(...args: Parameters<Rejects['keep']>): Promise<void> {
    await super.keep(...args)
    this.count += 1
  }
}
