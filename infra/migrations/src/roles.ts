import type { Logger } from '@drawbridge/service-kit'
import type { ClientBase } from 'pg'

/**
 * Groups that get rights. They cannot log in and have no password: an administrator creates users as their members. The
 * tables belong to whoever runs `npm run migrate`, the migrator.
 */
export const DATABASE_ROLES = {
  /** For a persister: adds history, moves the snapshot forward. Cannot change or remove history. */
  writer: 'drawbridge_writer',
  /** In addition: drops events older than `RETENTION_DAYS`. */
  retention: 'drawbridge_retention',
  /** Reads tables and views. */
  reader: 'drawbridge_reader',
} as const

const { writer, retention, reader } = DATABASE_ROLES

/**
 * Adds rows, and reads its own conflicts; locking a row needs the right to update one of its columns. A limit that a trader
 * has no longer leaves the snapshot, not the history.
 */
const WRITER_GRANTS: readonly string[] = [
  'GRANT INSERT ON risk_state_history, risk_config_history TO %I',
  'GRANT INSERT, UPDATE ON risk_state, risk_state_at_cut TO %I',
  'GRANT INSERT, UPDATE, DELETE ON risk_limit_state TO %I',
  'GRANT INSERT, DELETE ON risk_history_block TO %I',
  'GRANT INSERT ON risk_log_epoch TO %I',
  'GRANT UPDATE (updated_at) ON risk_log_epoch TO %I',
  'GRANT UPDATE (maintained_at) ON risk_retention TO %I',
  'GRANT EXECUTE ON FUNCTION risk_create_history_partition(text) TO %I',
]
const RETENTION_GRANTS: readonly string[] = [
  'GRANT EXECUTE ON FUNCTION risk_move_history_cut(integer), risk_drop_history_part(regclass, timestamptz, timestamptz) TO %I',
]

const TABLES_AND_VIEWS = `
  SELECT quote_ident(relname) AS name FROM pg_class
  WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
    AND NOT relispartition AND relname LIKE 'risk\\_%' AND pg_has_role(relowner, 'USAGE')`

/**
 * Grants the groups their rights on the existing tables. Creates missing groups; if this user may not, logs the statements for
 * an administrator and continues: the owner of the tables needs no group. Safe to repeat.
 */
export async function ensureRoles(client: ClientBase, log: Logger): Promise<void> {
  const missing: string[] = []
  for (const role of Object.values(DATABASE_ROLES)) {
    if (!(await hasRole(client, role))) missing.push(role)
  }
  if (missing.length > 0) {
    const sql = missing.map((role) => `CREATE ROLE ${role} NOLOGIN`).join('; ')
    log.warn({ sql }, 'this user may not create the groups that get rights; have them created, and run migrate again')
  }
  await grant(client, missing)
}

/** Whether the group exists, created if missing. Another database of the server may be migrated at the same time. */
async function hasRole(client: ClientBase, role: string): Promise<boolean> {
  const { rows } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role])
  if (rows.length > 0) return true
  try {
    await client.query(`CREATE ROLE ${role} NOLOGIN`)
    return true
  } catch (error) {
    const code = (error as { code?: string }).code ?? ''
    if (MADE_MEANWHILE.has(code)) return true
    if (code === INSUFFICIENT_PRIVILEGE) return false
    throw error
  }
}

const INSUFFICIENT_PRIVILEGE = '42501'
/** duplicate_object, unique_violation */
const MADE_MEANWHILE: ReadonlySet<string> = new Set(['42710', '23505'])

async function grant(client: ClientBase, missing: readonly string[]): Promise<void> {
  const statements: string[] = []
  const to = (role: string, grants: readonly string[]) => {
    if (!missing.includes(role)) statements.push(...grants.map((one) => one.replace('%I', role)))
  }
  const { rows } = await client.query<{ name: string }>(TABLES_AND_VIEWS)
  const { rows: schemas } = await client.query<{ name: string }>('SELECT quote_ident(current_schema()) AS name')
  const reading = [
    `GRANT USAGE ON SCHEMA ${schemas[0]?.name}, drizzle TO %I`,
    'GRANT SELECT ON drizzle.__drizzle_migrations TO %I',
    `GRANT SELECT ON ${rows.map(({ name }) => name).join(', ')} TO %I`,
  ]
  to(reader, reading)
  to(writer, [...reading, ...WRITER_GRANTS])
  to(retention, RETENTION_GRANTS)
  await client.query(['BEGIN', ...statements, 'COMMIT'].join(';\n'))
}
