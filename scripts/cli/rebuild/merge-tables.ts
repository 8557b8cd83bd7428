import { CONFIGS, HISTORY, SNAPSHOT } from '@drawbridge/history'
import type { ClientBase } from 'pg'

/** How many rows of a table were changed so that it says what its shadow says. */
export interface Merged {
  readonly added: number
  readonly changed: number
  readonly removed: number
}

interface Merge {
  readonly table: typeof HISTORY | typeof CONFIGS
  readonly shadow: string
  /** Which rows of the table the shadow need not know; SQL on `had`. */
  readonly kept: string | null
  /** Which rows of the shadow the table does not hold; SQL on `said`. */
  readonly left: string | null
}

/** What stood in a log before this one stays; of what was carried over from there, only what is missing is added. */
export async function mergeHistory(client: ClientBase): Promise<Merged> {
  const history: Merge = {
    table: HISTORY,
    shadow: 'shadow_history',
    kept: 'coalesce(had.version <= (SELECT max(version) FROM carried_history AS it WHERE it.trader_id = had.trader_id), false)',
    left: 'said.recorded_at < (SELECT kept_from FROM risk_retention)',
  }
  return mergeCarried(client, { ...history, shadow: 'carried_history' }, await merge(client, history))
}

export async function mergeConfigs(client: ClientBase): Promise<Merged> {
  const configs: Merge = {
    table: CONFIGS,
    shadow: 'shadow_configs',
    kept: 'coalesce(had.input_seq <= (SELECT max(input_seq) FROM carried_configs AS it WHERE it.kind = had.kind), false)',
    left: null,
  }
  return mergeCarried(client, { ...configs, shadow: 'carried_configs' }, await merge(client, configs))
}

export async function mergeSnapshot(client: ClientBase): Promise<Merged> {
  return merge(client, { table: SNAPSHOT, shadow: 'shadow_state', kept: null, left: null })
}

async function mergeCarried(client: ClientBase, carried: Merge, merged: Merged): Promise<Merged> {
  const { rowCount } = await client.query(addMissing(carried))
  return { ...merged, added: merged.added + (rowCount ?? 0) }
}

/** In this order, so that nothing is added that is then looked at again. */
async function merge(client: ClientBase, merge: Merge): Promise<Merged> {
  const removed = await client.query(removeExtra(merge))
  const changed = await client.query(changeDifferent(merge))
  const added = await client.query(addMissing(merge))
  return { added: added.rowCount ?? 0, changed: changed.rowCount ?? 0, removed: removed.rowCount ?? 0 }
}

function sameKey({ table }: Merge): string {
  return table.key.map((column) => `had."${column}" = said."${column}"`).join(' AND ')
}

function removeExtra(merge: Merge): string {
  const { table, shadow, kept } = merge
  return `DELETE FROM ${table.name} AS had
WHERE NOT EXISTS (SELECT FROM ${shadow} AS said WHERE ${sameKey(merge)})${kept === null ? '' : ` AND NOT (${kept})`}`
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
 * In the order of the key: added in the order in which they were decided, a million rows take three times as long, for each
 * goes to another place of the indexes; nor is a conflict to be looked out for, at half as much again. A key that the log
 * has twice is stored once, as a persister does.
 */
function addMissing(merge: Merge): string {
  const { table, shadow, left } = merge
  const { name, names, key } = table
  const [first, ...others] = key.map((column) => `said."${column}"`)
  const order = [`${first} COLLATE "C"`, ...others].join(', ')
  return `INSERT INTO ${name} (${names})
SELECT DISTINCT ON (${order}) ${names} FROM ${shadow} AS said
WHERE NOT EXISTS (SELECT FROM ${name} AS had WHERE ${sameKey(merge)})${left === null ? '' : ` AND NOT (${left})`}
ORDER BY ${order}, said.stream_seq`
}
