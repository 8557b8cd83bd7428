import { maintenanceLockOfTransaction } from '@drawbridge/migrations'
import { inTransaction } from '@drawbridge/service-kit'
import type { ClientBase } from 'pg'

/** Lost against somebody who held what we wanted and wanted what we held: that one is done soon. */
const LOST: ReadonlySet<unknown> = new Set(['40P01', '40001', '55P03'])
const TRIES_MAX = 5

/**
 * Runs what brings the tables to say what their shadows say, in one transaction for which persisters wait: whatever they
 * have committed before is there, and nothing else comes in between. Readers do not wait, and see all of it or nothing.
 *
 * The rows are changed, and not the tables exchanged. A shadow that took a table's name would leave behind whatever is bound
 * to the table itself: views, functions, continuous aggregates, rights, publications, settings and jobs of a hypertable;
 * and rows that are right already need not be written again. What it costs: persisters wait while rows are written, about
 * six seconds for a million of them.
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
    // Nobody makes or drops parts of the history meanwhile.
    await maintenanceLockOfTransaction(client)
    // In the order of a persister. What the history keeps stays as it is meanwhile.
    await client.query('SELECT FROM risk_retention FOR SHARE')
    // Rows come by way of the tables themselves: what lies below need not be locked.
    await client.query(
      'LOCK TABLE ONLY risk_state_history, ONLY risk_state, ONLY risk_config_history IN SHARE ROW EXCLUSIVE MODE',
    )
    await allowRewritingColumnstore(client)
    return work()
  })
}

/** The community edition unpacks no more rows than this of its columnstore for one statement; 0: as many as it takes. */
async function allowRewritingColumnstore(client: ClientBase): Promise<void> {
  await client.query(`SELECT set_config(name, '0', true) FROM pg_settings
    WHERE name = 'timescaledb.max_tuples_decompressed_per_dml_transaction'`)
}
