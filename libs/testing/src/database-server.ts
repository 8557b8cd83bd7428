import pg from 'pg'
import { eventually } from './eventually.ts'
import type { SmallDisk } from './small-disk.ts'

/** A test's own database server, which can be killed, stopped and restarted on the same data and port. */
export interface DatabaseServer {
  /** Address with a superuser. */
  readonly url: string
  /** A separate disk for tablespaces, a few megabytes large; or why it is not available. */
  readonly smallDisk: SmallDisk
  /** SIGKILL; resolves when all its processes have ended. */
  readonly kill: () => Promise<void>
  /** Stops it quickly and cleanly. */
  readonly stop: () => Promise<void>
  /** Resolves when it accepts connections, after recovery. */
  readonly start: () => Promise<void>
  /** Call while it is stopped: it then starts as a standby without a primary, until `pg_promote()`. */
  readonly beStandby: () => Promise<void>
  /** Ends it permanently and deletes its data. */
  readonly close: () => Promise<void>
}

export const SMALL_DISK_MIB = 24

/** Waits until a server accepts connections. */
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
    { timeoutMs: 120_000, what: 'the database server to accept connections' },
  )
}
