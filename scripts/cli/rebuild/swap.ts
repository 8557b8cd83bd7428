import { CONFIGS, HISTORY, LIMIT_STATES, limitStatesOf, SNAPSHOT } from '@drawbridge/history'
import { maintenanceLockOfTransaction } from '@drawbridge/migrations'
import { inTransaction } from '@drawbridge/service-kit'
import type { ClientBase } from 'pg'

/** Deadlock, serialization failure, lock not available: whoever was in the way is done soon. */
const LOST: ReadonlySet<unknown> = new Set(['40P01', '40001', '55P03'])
const TRIES_MAX = 5

/**
 * Makes the tables match their shadows, in one transaction for which persisters wait: everything that they have committed
 * before is there, and nothing is added in between. Readers do not wait, and see all changes or none.
 *
 * Rows are changed; tables are not exchanged. A shadow that took a table's name would lose everything bound to the table
 * itself: views, functions, continuous aggregates, rights, publications, settings and jobs of a hypertable; and correct rows
 * need not be written again. The cost: persisters wait while rows are written, about six seconds for a million rows.
 * @param work may be run again from its beginning
 */
export async function swap<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await swapOnce(client, work)
    } catch (error) {
      if (tries === TRIES_MAX || !(error instanceof Error) || !('code' in error) || !LOST.has(error.code)) throw error
    }
  }
}

function swapOnce<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  return inTransaction(client, async () => {
    // Nobody creates or drops parts of the history meanwhile.
    await maintenanceLockOfTransaction(client)
    // In the order of a persister. The limits of the history stay unchanged meanwhile.
    await client.query('SELECT FROM risk_retention FOR SHARE')
    // Rows are written through the tables themselves: their partitions need no lock.
    const tables = ['risk_state_history', 'risk_state', 'risk_limit_state', 'risk_config_history']
    await client.query(`LOCK TABLE ${tables.map((name) => `ONLY ${name}`).join(', ')} IN SHARE ROW EXCLUSIVE MODE`)
    // The community edition decompresses at most this many rows of its columnstore for one statement; 0: any number.
    await client.query(`SELECT set_config(name, '0', true) FROM pg_settings
      WHERE name = 'timescaledb.max_tuples_decompressed_per_dml_transaction'`)
    return work()
  })
}

/** How many rows of a table were changed so that it matches its shadow. */
export interface Merged {
  readonly added: number
  readonly changed: number
  readonly removed: number
}

interface Merge {
  readonly table: typeof HISTORY | typeof CONFIGS | typeof LIMIT_STATES
  readonly shadow: string
  /** Rows of the table that the shadow need not have; SQL on `had`. */
  readonly kept?: string
  /** Rows of the shadow that the table does not take; SQL on `said`. */
  readonly left?: string
}

/** Rows from an earlier log stay; of the events carried over from there, only missing ones are added. */
export async function mergeHistory(client: ClientBase): Promise<Merged> {
  const kept =
    'coalesce(had.version <= (SELECT max(version) FROM carried_history AS it WHERE it.trader_id = had.trader_id), false)'
  const left = 'said.recorded_at < (SELECT kept_from FROM risk_retention)'
  return merge(client, { table: HISTORY, shadow: 'shadow_history', kept, left }, 'carried_history')
}

export async function mergeConfigs(client: ClientBase): Promise<Merged> {
  const kept =
    'coalesce(had.input_seq <= (SELECT max(input_seq) FROM carried_configs AS it WHERE it.kind = had.kind), false)'
  return merge(client, { table: CONFIGS, shadow: 'shadow_configs', kept }, 'carried_configs')
}

export async function mergeSnapshot(client: ClientBase): Promise<Merged> {
  return merge(client, { table: SNAPSHOT, shadow: 'shadow_state' })
}

/** To be called after {@link mergeSnapshot}, whose limits they are. */
export async function mergeLimitStates(client: ClientBase): Promise<Merged> {
  await client.query(`CREATE TEMP TABLE shadow_limit_state ON COMMIT DROP AS ${limitStatesOf('risk_state')}`)
  return merge(client, { table: LIMIT_STATES, shadow: 'shadow_limit_state' })
}

/**
 * In this order, so that no row is added and then compared.
 * @param carried the shadow of events carried over from another log: only missing rows are added
 */
async function merge(client: ClientBase, merge: Merge, carried?: string): Promise<Merged> {
  const rowsOf = async (sql: string) => (await client.query(sql)).rowCount ?? 0
  const removed = await rowsOf(removeExtra(merge))
  const changed = await rowsOf(changeDifferent(merge))
  const added = await rowsOf(addMissing(merge))
  const more = carried === undefined ? 0 : await rowsOf(addMissing({ ...merge, shadow: carried }))
  return { added: added + more, changed, removed }
}

function sameKey({ table }: Merge): string {
  return table.key.map((column) => `had."${column}" = said."${column}"`).join(' AND ')
}

function removeExtra(merge: Merge): string {
  const { table, shadow, kept } = merge
  return `DELETE FROM ${table.name} AS had
WHERE NOT EXISTS (SELECT FROM ${shadow} AS said WHERE ${sameKey(merge)})${kept === undefined ? '' : ` AND NOT (${kept})`}`
}

function changeDifferent(merge: Merge): string {
  const { table, shadow } = merge
  const key: readonly string[] = table.key
  const others = Object.keys(table.columns).filter((column) => !key.includes(column))
  const all = (side: string) => others.map((column) => `${side}."${column}"`).join(', ')
  return `UPDATE ${table.name} AS had
SET ${others.map((column) => `"${column}" = said."${column}"`).join(', ')}, updated_at = now()
FROM ${shadow} AS said
WHERE ${sameKey(merge)} AND (${all('had')}) IS DISTINCT FROM (${all('said')})`
}

/**
 * In the order of the key: in the order of the decisions, a million rows take three times as long, because each goes to
 * another place of the indexes. ON CONFLICT would take half as long again. A key that the log has twice is stored once, as a
 * persister does.
 */
function addMissing(merge: Merge): string {
  const { table, shadow, left } = merge
  const { name, names, key } = table
  const [first, ...others] = key.map((column) => `said."${column}"`)
  const order = [`${first} COLLATE "C"`, ...others].join(', ')
  return `INSERT INTO ${name} (${names})
SELECT DISTINCT ON (${order}) ${names} FROM ${shadow} AS said
WHERE NOT EXISTS (SELECT FROM ${name} AS had WHERE ${sameKey(merge)})${left === undefined ? '' : ` AND NOT (${left})`}
ORDER BY ${order}, said.stream_seq`
}
