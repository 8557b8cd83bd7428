import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import pg from 'pg'
import { eventually } from './eventually.ts'

/** A database for one test file. */
export interface TestDatabase {
  readonly url: string
  /** Drops it, even with open connections. Dropping twice is safe. */
  readonly drop: () => Promise<void>
}

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

/** A folder on a separate disk, or why it is not available. */
export type SmallDisk = { readonly path: string } | { readonly missing: string }

export const SMALL_DISK_MIB = 24

interface SmallDiskOptions {
  readonly mebibytes: number
  /** Its owner; the current user if not given. */
  readonly uid?: number
  readonly gid?: number
}

/** Which TimescaleDB a server has: none, the Apache edition, or the community edition. */
export type Timescale = 'none' | 'apache' | 'community'

/** Creates an empty database with a unique name on the server of `adminUrl`. */
export async function createDatabaseOn(adminUrl: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  // template1 may have connections, or extensions of the image; template0 has neither.
  await runSql(adminUrl, `CREATE DATABASE ${name} TEMPLATE template0`)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  const drop = async () => void (await runSql(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
  return { url: url.href, drop }
}

export async function detectTimescale(adminUrl: string): Promise<Timescale> {
  const { url, drop } = await createDatabaseOn(adminUrl)
  try {
    const available = await runSql(url, "SELECT FROM pg_available_extensions WHERE name = 'timescaledb'")
    if (available.length === 0) return 'none'
    await runSql(url, 'CREATE EXTENSION timescaledb')
    const [row] = await runSql(url, "SELECT current_setting('timescaledb.license') AS license")
    return row?.license === 'timescale' ? 'community' : 'apache'
  } finally {
    await drop()
  }
}

/** Waits until a server accepts connections. */
export async function untilConnectable(url: string): Promise<void> {
  const answers = async () => (await runSql(url, 'SELECT 1', { connectMs: 2_000, queryMs: 5_000 })).length
  await eventually(answers, { timeoutMs: 120_000, what: 'the database server to accept connections' })
}

async function runSql(url: string, statement: string, { connectMs = 10_000, queryMs = 60_000 } = {}) {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectMs,
    query_timeout: queryMs,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query<Record<string, unknown>>(statement)).rows
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Mounts a memory disk at a new folder, if this user may; {@link unmountSmallDisk} removes it. */
export async function mountSmallDisk(
  folder: string,
  { mebibytes, uid = process.getuid?.() ?? 0, gid = process.getgid?.() ?? 0 }: SmallDiskOptions,
): Promise<SmallDisk> {
  await mkdir(folder)
  const options = `size=${mebibytes}m,mode=0700,uid=${uid},gid=${gid}`
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder])
  if (status === 0) return { path: folder }
  return { missing: `a small disk cannot be mounted here: ${(error?.message ?? String(stderr)).trim()}` }
}

export function unmountSmallDisk(disk: SmallDisk): void {
  if ('path' in disk) spawnSync('umount', [disk.path])
}
