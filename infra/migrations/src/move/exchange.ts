import type { ClientBase } from 'pg'
import { bindViews, boundViews } from './bound-views.ts'
import { OLD, SHADOW } from './names.ts'

interface IndexPair {
  readonly name: string
  readonly shadow_name: string
  readonly is_constraint: boolean
}

/** Indexes of the two tables that are defined alike; those of the shadow got names of their own. */
const INDEX_PAIRS = `
  WITH indexes AS (
    SELECT
      indrelid,
      relname::text AS name,
      regexp_replace(pg_get_indexdef(indexrelid), '^.*? USING ', '') AS definition,
      EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid) AS is_constraint
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
  )
  SELECT old.name, shadow.name AS shadow_name, old.is_constraint
  FROM indexes AS old
  JOIN indexes AS shadow ON shadow.definition = old.definition AND shadow.is_constraint = old.is_constraint
  WHERE old.indrelid = 'risk_state_history'::regclass AND shadow.indrelid = '${SHADOW}'::regclass`

/** Names are at most 63 bytes long. */
const NAME_LENGTH_LEFT = 50

/** Has the shadow take the name of the history, with views, names of indexes and all; within a transaction. */
export async function exchangeTables(client: ClientBase): Promise<void> {
  const views = await boundViews(client)
  const pairs = (await client.query<IndexPair>(INDEX_PAIRS)).rows
  for (const { name, is_constraint } of pairs) {
    await rename(client, 'risk_state_history', name, `${name.slice(0, NAME_LENGTH_LEFT)}_partitioned`, is_constraint)
  }
  await client.query(`ALTER TABLE risk_state_history RENAME TO ${OLD}`)
  for (const { name, shadow_name, is_constraint } of pairs)
    await rename(client, SHADOW, shadow_name, name, is_constraint)
  await client.query(`ALTER TABLE ${SHADOW} RENAME TO risk_state_history`)
  await bindViews(client, views)
}

async function rename(
  client: ClientBase,
  table: string,
  from: string,
  to: string,
  isConstraint: boolean,
): Promise<void> {
  const [fromName, toName] = [client.escapeIdentifier(from), client.escapeIdentifier(to)]
  if (isConstraint) await client.query(`ALTER TABLE ${table} RENAME CONSTRAINT ${fromName} TO ${toName}`)
  else await client.query(`ALTER INDEX ${fromName} RENAME TO ${toName}`)
}
