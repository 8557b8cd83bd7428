import { streams } from '@drawbridge/contracts'
import type { JetStreamManager, StreamConfig, StreamInfo } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type pg from 'pg'
import type { StartProgress } from '../progress.ts'
import type { DamagedLog } from './find-damage.ts'
import { type StoredRemains, storeRemains } from './store-remains.ts'

/** The client's types do not know that a stream can be sealed later. */
const SEALED = { sealed: true } as Partial<StreamConfig>

type NamedConfig = Partial<StreamConfig> & { name: string }

/**
 * Makes RISK again in the place of a damaged one; in an order in which every step may be the last one, and all of it be
 * done again:
 *
 * 1. RISK is sealed: guardians that do not see the damage stop by that too, and nobody adds to it any more.
 * 2. All that it holds is stored in the history, or in REJECTS what the history does not take.
 * 3. Only then it is deleted, and made again as it was, empty: as after a loss, to be adopted.
 *
 * @throws where it may not be sealed, with what to do: it is stored then, and not deleted
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
  if (refusal !== null) throw new Error(notSealed(refusal, stored))
  await checkUnchanged(manager, before, stored)
  await manager.streams.delete(streams.risk)
  await manager.streams.add({ ...(withoutServerWords(risk.config) as NamedConfig), sealed: false })
  return stored
}

/** Why it is not sealed; null: it is. */
async function seal({ manager, risk }: DamagedLog): Promise<string | null> {
  if (risk.config.sealed) return null
  try {
    await manager.streams.update(streams.risk, SEALED)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function notSealed(refusal: string, { read }: StoredRemains): string {
  return (
    `RISK could not be sealed, perhaps because this user may not change a stream: ${refusal}. The ${read} messages that are ` +
    'left of it are stored, and it was not deleted. Stop the guardians and run this again as a user who may; or delete RISK ' +
    '(nats stream rm RISK), make it again (npm run provision), and run this once more'
  )
}

/** What is deleted must be what was read, to the last message that can be read. */
async function checkUnchanged(
  manager: JetStreamManager,
  before: StreamInfo,
  { read, unread }: StoredRemains,
): Promise<void> {
  const now = await manager.streams.info(streams.risk)
  const { messages, last_seq: end } = now.state
  const isSame = before.created === now.created && before.state.last_seq === end
  if (isSame && (messages === read || (await areUnreadable(manager, unread)))) return
  throw new Error(
    `RISK holds ${messages} messages, and ${read} were read and stored: nothing was deleted. Run it again`,
  )
}

/** Whether the server brings none of them: it has lost them, or their bytes are damaged. */
async function areUnreadable(manager: JetStreamManager, sequences: readonly number[]): Promise<boolean> {
  for (const seq of sequences) if ((await manager.streams.getMessage(streams.risk, { seq })) !== null) return false
  return true
}

/** Of the metadata, the server's own words are not to be given back. */
function withoutServerWords({ metadata = {}, ...config }: StreamConfig): Partial<StreamConfig> {
  const own = Object.entries(metadata).filter(([name]) => !name.startsWith('_nats.'))
  return { ...config, metadata: Object.fromEntries(own) }
}
