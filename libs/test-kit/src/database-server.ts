import pg from 'pg'
import { eventually } from './eventually.ts'
import type { SmallDisk } from './small-disk.ts'

/** A database server of a test's own, that can be killed, stopped and started again on the same data and port. */
export interface DatabaseServer {
  /** Of a superuser. */
  readonly url: string
  /** A disk of its own for tablespaces, a few megabytes large; or why there is none here. */
  readonly smallDisk: SmallDisk
  /** SIGKILL; resolves when nothing of it runs. */
  readonly kill: () => Promise<void>
  /** Asks it to end at once and in order. */
  readonly stop: () => Promise<void>
  /** Resolves when it takes connections, recovery included. */
  readonly start: () => Promise<void>
  /** To be called while it is stopped: it starts as a standby that follows nobody, until `pg_promote()`. */
  readonly beStandby: () => Promise<void>
  /** Ends it for good; its data is gone. */
  readonly close: () => Promise<void>
}

export const SMALL_DISK_MIB = 24

/** Waits until a server takes connections. */
export async function untilConnectable(url: string): Promise<void> {
  await eventually(
    async () => {
      const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000, query_timeout: 5_000 })
      client.on('error', () => undefined)
      try {
        await client.connect()
        return (await client.query('SELECT 1')).rowCount
      } finally {
        await client.end()
      }
    },
    { timeoutMs: 120_000, what: 'the database server to take connections' },
  )
}
