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
import type { JetStreamManager, StreamConfig, StreamInfo } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type pg from 'pg'
import type { StartProgress } from '../progress.ts'
import type { DamagedLog } from './damage.ts'

/** The client's types do not know that a stream can be sealed later. */
const SEALED = { sealed: true } as Partial<StreamConfig>

/**
 * Replaces a damaged RISK by an empty one. It may be interrupted after any step, and repeated:
 *
 * 1. RISK is sealed: guardians that do not notice the damage stop, too, and nobody adds to it any more.
 * 2. All its events are stored in the history, or in REJECTS if they contradict the history.
 * 3. Only then it is deleted, and recreated with the same settings, to be adopted as after a loss.
 *
 * @throws if it may not be sealed, with what to do: then it is stored, and not deleted
 */
export async function rescue(
  connection: NatsConnection,
  pool: pg.Pool,
  damaged: DamagedLog,
  startProgress: StartProgress,
): Promise<StoredRemains> {
  const { manager, risk } = damaged
  const refusal = await seal(damaged)
  const before = await manager.streams.info(streams.risk)
  const stored = await storeRemains(connection, pool, before.created, before.state.last_seq, startProgress)
  if (refusal !== null) {
    throw new Error(
      `RISK could not be sealed, perhaps because this user may not change a stream: ${refusal}. Its remaining ` +
        `${stored.read} messages are stored, and it was not deleted. Stop the guardians and run this again as a user who ` +
        'may; or delete RISK (nats stream rm RISK), recreate it (npm run provision), and run this again',
    )
  }
  await checkUnchanged(manager, before, stored)
  await manager.streams.delete(streams.risk)
  // The server's own metadata must not be sent back to it.
  const metadata = Object.entries(risk.config.metadata ?? {}).filter(([name]) => !name.startsWith('_nats.'))
  await manager.streams.add({ ...risk.config, metadata: Object.fromEntries(metadata), sealed: false })
  return stored
}

/** Why it cannot be sealed; null: it is sealed. */
async function seal({ manager, risk }: DamagedLog): Promise<string | null> {
  if (risk.config.sealed) return null
  try {
    await manager.streams.update(streams.risk, SEALED)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** All readable messages must have been read before RISK is deleted. */
async function checkUnchanged(
  manager: JetStreamManager,
  before: StreamInfo,
  { read, unread }: StoredRemains,
): Promise<void> {
  const now = await manager.streams.info(streams.risk)
  const { messages, last_seq: end } = now.state
  const isSame = before.created === now.created && before.state.last_seq === end
  if (isSame && (messages === read || (await areUnreadable(manager, unread)))) return
  throw new Error(`RISK holds ${messages} messages, and ${read} were stored: nothing was deleted. Run this again`)
}

/** Whether the server returns none of them: they are lost or damaged. */
async function areUnreadable(manager: JetStreamManager, sequences: readonly number[]): Promise<boolean> {
  for (const seq of sequences) if ((await manager.streams.getMessage(streams.risk, { seq })) !== null) return false
  return true
}

const BATCH = 1_000

/** What was read of a damaged log. */
interface StoredRemains {
  /** How many messages were read. */
  readonly read: number
  /** Sequences without a message, up to the last one. */
  readonly unread: readonly number[]
  /** Events that contradict the history; they are in REJECTS, with the reason. */
  readonly rejected: number
}

/** A message that the history cannot take, and why. */
interface Refusal {
  readonly message: RiskMessage
  readonly reason: string
}

/**
 * Stores all events of RISK in the history, as a persister does: existing rows stay unchanged. Safe to repeat.
 * @param created when RISK was created
 * @throws if the tables are bound to another log, and errors that do not pass by waiting
 */
async function storeRemains(
  connection: NatsConnection,
  pool: pg.Pool,
  created: string,
  lastSeq: number,
  startProgress: StartProgress,
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

/** Stores events and returns the refused ones. Retries until the database is available: Ctrl-C does no harm. */
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
