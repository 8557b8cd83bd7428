import type { Select } from './history-reader.ts'

/** How the database itself is. */
export interface DatabaseState {
  /** Connections of all programs to this database. */
  readonly connections: number
  readonly connectionsMax: number
  /** How far a replica is behind its primary, milliseconds; null: it is no replica. */
  readonly lagMs: number | null
}

// It also looks into the table, so that one that is missing, or may not be read, is found before somebody asks for it.
// A replica that has applied all that it received is not behind, however long ago the last transaction was.
const STATE = `
  SELECT
    activity.numbackends AS connections,
    current_setting('max_connections')::int AS connections_max,
    CASE
      WHEN NOT pg_is_in_recovery() THEN NULL
      WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
      ELSE (EXTRACT(EPOCH FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::float8
    END AS lag_ms,
    (SELECT count(*) FROM (SELECT 1 FROM risk_state LIMIT 1) AS any_trader) AS traders
  FROM pg_stat_database AS activity
  WHERE activity.datname = current_database()`

/** @throws what the database says */
export async function readDatabaseState(select: Select): Promise<DatabaseState> {
  const [row] = await select<{ connections: number; connections_max: number; lag_ms: number | null }>(STATE, [])
  if (row === undefined) throw new Error('the database does not know itself')
  return { connections: row.connections, connectionsMax: row.connections_max, lagMs: row.lag_ms }
}
