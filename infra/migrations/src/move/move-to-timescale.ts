import type { ClientBase } from 'pg'
import { maintenanceLockWithin } from '../maintenance-lock.ts'
import { partitionsLockOfTransaction } from '../partitions.ts'
import { detectStorage, ensureStorage, type Storage } from '../storage.ts'
import { exchangeTables } from './exchange.ts'
import { HistoryCopy, type Verified } from './history-copy.ts'
import { OLD } from './names.ts'
import { createShadow } from './shadow.ts'
import { surveyMove } from './survey.ts'

export interface MoveOptions {
  /** Makes the extension, on another connection: a server that has not loaded it ends that one. */
  readonly createExtension: () => Promise<void>
  /** Whether the partitions are dropped once the hypertable has taken their place. */
  readonly dropOld: boolean
  /** Called when events have been copied, and once before. */
  readonly onCopied: (rows: number, total: number) => void
  /** Called, and waited for, before persisters begin to wait. */
  readonly onExchange: () => void | Promise<void>
}

export type Moved =
  | {
      readonly kind: 'moved'
      readonly storage: Storage
      readonly rows: number
      /** Of these, by this attempt. */
      readonly copied: number
      readonly old: string | null
    }
  /** It is a hypertable. */
  | { readonly kind: 'nothing-to-do'; readonly storage: Storage }

const LOCK_WITHIN_MS = 60_000
const TRIES_MAX = 5
/** In the way of what we want, or of somebody who wanted what we had: that one is done soon. */
const IN_THE_WAY: ReadonlySet<unknown> = new Set(['55P03', '40P01'])

/**
 * Turns a history of native partitions into a hypertable, while persisters go on: copies it, compares every event, and
 * exchanges the tables in one transaction for which persisters wait. One that is interrupted goes on where it was.
 * @param client its connection is to be ended afterwards
 * @throws what the database refuses, what is in the way, and where the copy is not what the history is; the history is as
 * before then.
 */
export async function moveToTimescale(client: ClientBase, options: MoveOptions): Promise<Moved> {
  if (!(await maintenanceLockWithin(client, LOCK_WITHIN_MS))) {
    throw new Error('another process is moving or rebuilding the history, or looks after it; try again when it is done')
  }
  const { storage, extension, obstacles } = await surveyMove(client)
  if (storage !== 'postgresql') return { kind: 'nothing-to-do', storage }
  if (extension === 'absent') {
    throw new Error(
      'this server has no TimescaleDB: install it there (or dump this database into a server that has it)',
    )
  }
  if (obstacles.length > 0)
    throw new Error(`in the way of the move:\n${obstacles.map((line) => `- ${line}`).join('\n')}`)
  if (extension === 'available') await options.createExtension()
  await createShadow(client)
  const copy = new HistoryCopy(client)
  const copied = await copy.copyAll(options.onCopied)
  await options.onExchange()
  const { rows, late } = await exchange(client, copy)
  await client.query('ANALYZE risk_state_history')
  if (options.dropOld) await client.query(`DROP TABLE ${OLD}`)
  return {
    kind: 'moved',
    storage: await detectStorage(client),
    rows,
    copied: copied + late,
    old: options.dropOld ? null : OLD,
  }
}

async function exchange(client: ClientBase, copy: HistoryCopy): Promise<Verified> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await exchangeOnce(client, copy)
    } catch (error) {
      const isInTheWay = error instanceof Error && 'code' in error && IN_THE_WAY.has(error.code)
      if (!isInTheWay) throw error
      if (tries === TRIES_MAX) {
        throw new Error(
          'somebody reads the history for so long that the tables could not be exchanged; try again later',
          {
            cause: error,
          },
        )
      }
    }
  }
}

async function exchangeOnce(client: ClientBase, copy: HistoryCopy): Promise<Verified> {
  await client.query('BEGIN')
  try {
    await client.query("SET LOCAL lock_timeout = '10s'")
    // Persisters hold a row of this from their first statement on: here they wait, and nowhere else may they.
    await client.query('LOCK TABLE risk_log_epoch IN EXCLUSIVE MODE')
    await partitionsLockOfTransaction(client)
    await client.query('LOCK TABLE risk_state_history IN EXCLUSIVE MODE')
    const verified = await copy.completeAndVerify()
    await exchangeTables(client)
    await ensureStorage(client)
    await client.query('COMMIT')
    return verified
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}
