import type { ClientBase } from 'pg'
import type { HistoryPart } from '../retention.ts'
import { SHADOW } from './names.ts'

/** How many events a range has, and the sum of what they say; equal sums of two tables: the same events. */
export interface Digest {
  readonly rows: number
  readonly sum: string
}

/** Owner and rights, as those of the history. */
const RIGHTS = `
  SELECT format('ALTER TABLE ${SHADOW} OWNER TO %I', pg_get_userbyid(relowner)) AS statement
  FROM pg_class WHERE oid = 'risk_state_history'::regclass
  UNION ALL
  SELECT format('GRANT %s ON ${SHADOW} TO %s%s', privilege_type,
    CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
    CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
  FROM pg_class, aclexplode(relacl) WHERE oid = 'risk_state_history'::regclass AND grantee <> relowner`

/** Makes the hypertable that shall take the place of the history, empty; one that is there already stays. */
export async function createShadow(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [SHADOW])
  if (rows[0]?.found === true) return
  await client.query('BEGIN')
  try {
    await client.query(`CREATE TABLE ${SHADOW} (LIKE risk_state_history INCLUDING ALL)`)
    await client.query(`SELECT create_hypertable('${SHADOW}', by_range('recorded_at', INTERVAL '7 days'),
      create_default_indexes => false)`)
    const rights = await client.query<{ statement: string }>(RIGHTS)
    for (const { statement } of rights.rows) await client.query(statement)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

const RANGE = 'recorded_at >= $1 AND recorded_at < $2'

/** Takes away what the history no longer has, as it was dropped since an earlier attempt. */
export async function dropBefore(client: ClientBase, begins: string): Promise<void> {
  await client.query(`DELETE FROM ${SHADOW} WHERE recorded_at < $1`, [begins])
}

/** Copies the events of a range that are not there yet. @returns how many those were. */
export async function copyRange(client: ClientBase, { begins, ends }: HistoryPart): Promise<number> {
  const has = await client.query(`SELECT FROM ${SHADOW} WHERE ${RANGE} LIMIT 1`, [begins, ends])
  const missing = `AND NOT EXISTS (
    SELECT FROM ${SHADOW} AS copy
    WHERE copy.trader_id = event.trader_id AND copy.version = event.version AND copy.recorded_at = event.recorded_at
      AND copy.recorded_at >= $1 AND copy.recorded_at < $2)`
  const { rowCount } = await client.query(
    `INSERT INTO ${SHADOW} SELECT * FROM risk_state_history AS event WHERE ${RANGE} ${has.rowCount === 0 ? '' : missing}`,
    [begins, ends],
  )
  return rowCount ?? 0
}

export async function countRange(client: ClientBase, table: string, { begins, ends }: HistoryPart): Promise<number> {
  const { rows } = await client.query<{ rows: string }>(`SELECT count(*) AS rows FROM ${table} WHERE ${RANGE}`, [
    begins,
    ends,
  ])
  return Number(rows[0]?.rows)
}

export async function digestRange(client: ClientBase, table: string, { begins, ends }: HistoryPart): Promise<Digest> {
  const { rows } = await client.query<{ rows: string; sum: string }>(
    `SELECT count(*) AS rows, coalesce(sum(hashtextextended(event::text, 0)), 0)::text AS sum
     FROM ${table} AS event WHERE ${RANGE}`,
    [begins, ends],
  )
  return { rows: Number(rows[0]?.rows), sum: rows[0]?.sum ?? '' }
}
