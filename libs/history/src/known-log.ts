import { databaseAddress, type KnownLog, type Logger } from '@drawbridge/service-kit'
import type { Config } from '@drawbridge/settings'
import pg from 'pg'
import { boundTo } from './outbound/epoch.ts'

/** What to do if a risk log replaces one that was lost. */
export const ADOPT =
  'RISK is new, but inputs or the history are older: it replaces a log that was lost, and guardians do not use it ' +
  'until it is adopted. Read docs/recovery.md, then: npm run drawbridge -- adopt-log --by <who> --reason <why>'

const ANSWERS_WITHIN_MS = 3_000
const NO_SUCH_TABLE = '42P01'

/**
 * Creation time of the risk log whose history the database holds; null if it holds none, or is unavailable, which is
 * logged.
 */
export function knownLogOf(config: Config, log: Logger, say: (line: string) => void): KnownLog {
  return async () => {
    const client = new pg.Client({
      connectionString: databaseAddress(config, log)(),
      application_name: 'drawbridge provision',
      connectionTimeoutMillis: ANSWERS_WITHIN_MS,
      query_timeout: ANSWERS_WITHIN_MS,
    })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return await boundTo(client)
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === NO_SUCH_TABLE) return null
      const reason = error instanceof Error ? error.message : String(error)
      say(`Cannot check whether the database holds the history of another risk log: ${reason}`)
      return null
    } finally {
      await client.end().catch(() => undefined)
    }
  }
}
