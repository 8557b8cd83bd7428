import { eventually } from '@drawbridge/testing'
import pg from 'pg'
import { query } from '../history.ts'

const WAITING = `FROM pg_stat_activity WHERE datname = current_database()
  AND application_name = 'drawbridge-persister' AND wait_event_type = 'Lock'`

/**
 * Does something while each of this many persisters is in the middle of a transaction. None of these transactions is
 * committed.
 */
export async function inTransaction(url: string, persisters: number, action: () => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query('LOCK TABLE risk_state IN EXCLUSIVE MODE')
    // Over a separate connection: within a transaction, the activity of others does not change.
    await eventually(async () => (await query(url, `SELECT ${WAITING}`)).length === persisters, {
      timeoutMs: 30_000,
      what: `${persisters} persisters to store something`,
    })
    await action()
    await query(url, `SELECT pg_terminate_backend(pid) ${WAITING}`)
  } finally {
    await client.end()
  }
}
