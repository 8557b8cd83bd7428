import { randomBytes } from 'node:crypto'
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import { type Account, asAccount, postgresAccount } from './postgres-account.ts'
import { postgresBinaries } from './postgres-binaries.ts'
import { releaseStaleLock } from './postgres-lock.ts'
import { type PrivateServer, type PrivateServerOptions, startProgram } from './private-server.ts'
import { runCommand } from './run-command.ts'
import { stopLeftover } from './stop-leftovers.ts'

const DATABASE = 'drawbridge'
const INIT_WITHIN_MS = 120_000
/** Includes crash recovery. */
const READY_WITHIN_MS = 120_000
const ENVIRONMENT = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

export interface PrivatePostgresOptions extends PrivateServerOptions {
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
  if (!(await exists(path.join(cluster, 'PG_VERSION')))) {
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
  const program = await asAccount({ command: postgres, args, env: ENVIRONMENT }, account)
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
  const { command, args: allArgs, ...options } = await asAccount({ command: initdb, args, env: ENVIRONMENT }, account)
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

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}
