import { streams } from '@drawbridge/contracts'
import type { StreamConfig, StreamInfo } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type pg from 'pg'
import type { StartProgress } from '../progress.ts'
import type { DamagedLog } from './find-damage.ts'
import { type StoredRemains, storeRemains } from './store-remains.ts'

/**
 * Makes RISK again in the place of a damaged one; in an order in which every step may be the last one, and all of it be
 * done again:
 *
 * 1. RISK is sealed: guardians that do not see the damage end by that too, and nobody adds to it any more.
 * 2. All that it holds is stored in the history, or in REJECTS what the history does not take.
 * 3. Only then it is deleted, and made again as it was, empty: as after a loss, for an operator to adopt.
 */
export async function rescue(
  connection: NatsConnection,
  pool: pg.Pool,
  { manager, risk }: DamagedLog,
  startProgress: StartProgress,
): Promise<StoredRemains> {
  const sealed = risk.config.sealed ? risk : await manager.streams.update(streams.risk, SEALED)
  const { created, state } = sealed
  const stored = await storeRemains(connection, pool, created, state.last_seq, startProgress)
  checkUnchanged(sealed, await manager.streams.info(streams.risk), stored)
  await manager.streams.delete(streams.risk)
  await manager.streams.add({ ...(withoutServerWords(risk.config) as NamedConfig), sealed: false })
  return stored
}

/** The client's types do not know that a stream can be sealed later. */
const SEALED = { sealed: true } as Partial<StreamConfig>

type NamedConfig = Partial<StreamConfig> & { name: string }

/** What is deleted must be what was read, to the last message. */
function checkUnchanged(before: StreamInfo, now: StreamInfo, { read }: StoredRemains): void {
  const isSame = before.created === now.created && now.state.messages === read
  if (isSame) return
  throw new Error(
    `RISK holds ${now.state.messages} messages, and ${read} were read and stored: nothing was deleted. Run it again`,
  )
}

/** Of the metadata, the server's own words are not to be given back. */
function withoutServerWords({ metadata = {}, ...config }: StreamConfig): Partial<StreamConfig> {
  const own = Object.entries(metadata).filter(([name]) => !name.startsWith('_nats.'))
  return { ...config, metadata: Object.fromEntries(own) }
}
