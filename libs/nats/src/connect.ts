import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import {
  AuthorizationError,
  connect,
  createInbox,
  type NatsConnection,
  type NodeConnectionOptions,
  PermissionViolationError,
  UserAuthenticationExpiredError,
} from '@nats-io/transport-node'
import { Backoff } from './backoff.ts'
import { type NatsAccess, openAccess, readCredentials } from './credentials.ts'
import { isJetStreamOff, isStreamMissing, untilAnswered } from './errors.ts'
import type { Logger } from './log.ts'

/** Timeout for a server that accepts a connection and then stays silent; the client then tries again. */
const ANSWER_WITHIN_MS = 5_000
const ASK_AGAIN_AFTER_MS = 2_000
const OLDEST_SERVER = [2, 12] as const

/**
 * Connects to NATS; waits while it is unreachable, and later reconnects without limit.
 * @param access an address alone, or with the files of our identity
 * @param wait false: an unreachable server is an error; a function is called once when the wait begins
 * @param inboxPrefix prefix of reply subjects; a user may subscribe to its own only
 * @throws when the server is older than 2.12, or refuses us.
 */
export async function connectNats(
  access: NatsAccess | string,
  name: string,
  log: Logger,
  wait: boolean | ((servers: string) => void) = true,
  inboxPrefix?: string,
): Promise<NatsConnection> {
  const wanted = typeof access === 'string' ? openAccess(access) : access
  const credentials = readCredentials(wanted)
  const options: NodeConnectionOptions = {
    ...credentials.options,
    servers: wanted.url.split(',').map((server) => server.trim()),
    name,
    timeout: ANSWER_WITHIN_MS,
    maxReconnectAttempts: -1,
    // A user that was removed from the server's configuration may be added again.
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: 250,
    reconnectJitter: 100,
    pingInterval: 5_000,
    maxPingOut: 2,
    noAsyncTraces: true,
    ...(inboxPrefix === undefined ? {} : { inboxPrefix }),
  }
  const connection = await firstConnection(options, credentials.user, wait, log)
  const version = connection.info?.version ?? '0.0.0'
  if (!isRecentEnough(version)) {
    await connection.close()
    throw new Error(
      `the NATS server at ${withoutPassword(wanted.url)} is version ${version}; Drawbridge needs ${OLDEST_SERVER.join('.')} or newer: upgrade the server`,
    )
  }
  if (inboxPrefix !== undefined) setInboxPrefix(connection, inboxPrefix)
  void logStatus(connection, credentials.user, log)
  return connection
}

function isRecentEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > OLDEST_SERVER[0] || (major === OLDEST_SERVER[0] && minor >= OLDEST_SERVER[1])
}

async function logStatus(connection: NatsConnection, user: string, log: Logger): Promise<void> {
  const report = refusalLog(user, log)
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') log.warn({ server: status.server }, 'NATS disconnected')
    if (status.type === 'reconnect') log.info({ server: status.server }, 'NATS reconnected')
    if (status.type === 'error') report(status.error)
  }
}

/**
 * Waits while NATS does not answer. A request is lost with its connection, so it is repeated soon.
 * @throws an error that says what to do where a stream is missing.
 */
export function awaitStreams(
  connection: NatsConnection,
  names: readonly string[],
  log: Logger,
  stopping?: AbortSignal,
): Promise<JetStreamManager> {
  const look = () => requireStreams(connection, names, ASK_AGAIN_AFTER_MS)
  return untilAnswered(look, { what: 'looking up the streams failed', log, stopping })
}

/** @throws an error that says what to do where a stream is missing. */
export async function requireStreams(
  connection: NatsConnection,
  names: readonly string[],
  timeout = 10_000,
): Promise<JetStreamManager> {
  const manager = await jetstreamManager(connection, { timeout }).catch((error: unknown) => {
    if (!isJetStreamOff(error) || connection.info?.jetstream === true) throw error
    throw new Error(`the NATS server at ${connection.getServer()} has no JetStream; start it with -js`, {
      cause: error,
    })
  })
  for (const name of names) {
    try {
      await manager.streams.info(name)
    } catch (error) {
      if (isStreamMissing(error)) {
        throw new Error(`stream ${name} does not exist on this NATS server; create it with: npm run provision`)
      }
      throw error
    }
  }
  return manager
}

/** The client's message; it has no code. */
const NO_TLS = /server does not support 'tls'/
/** Prefix of Node.js's TLS error codes; those of certificates have OpenSSL's names. */
const TLS_CODE = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH)/

/**
 * Connects for the first time. The client's own waiting would also wait, silently, when the server refuses us.
 * @param user the name of the user in messages
 * @throws when the server refuses us or is not trusted; with `wait` false, also when it is unreachable
 */
async function firstConnection(
  options: NodeConnectionOptions,
  user: string,
  wait: boolean | ((servers: string) => void),
  log: Logger,
): Promise<NatsConnection> {
  const backoff = new Backoff(100, 2_000)
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await connect(options)
    } catch (error) {
      const servers = withoutPassword(String(options.servers))
      const refusal = refusalOf(error, servers, user)
      if (refusal !== null) throw refusal
      if (wait === false) throw error
      if (isFirst && wait === true) log.warn({ err: error, servers }, 'NATS is unreachable; retrying')
      else if (isFirst && wait !== true) wait(servers)
      await backoff.wait()
    }
  }
}

function withoutPassword(url: string): string {
  return url.replaceAll(/\/\/[^@/,]*@/g, '//')
}

/** The refusal in words for an operator; null: the server is only unreachable. */
function refusalOf(error: unknown, servers: string, user: string): Error | null {
  if (!(error instanceof Error)) return null
  const refusal = (message: string) => new Error(`NATS at ${servers} ${message}`, { cause: error })
  if (isAuthorization(error) || isAuthorization(error.cause)) {
    return refusal(
      `does not let the user ${user} in: set NATS_NKEY_SEED_FILE to the seed of a user that the server knows; ` +
        'npm run nats-users makes users, and the server must have read its configuration since',
    )
  }
  const tls = [error, error.cause].find((one) => TLS_CODE.test((one as NodeJS.ErrnoException | undefined)?.code ?? ''))
  if (tls instanceof Error) {
    return refusal(
      `is not trusted, or does not trust us: ${tls.message}; NATS_CA_FILE names the authority of its certificate, ` +
        'NATS_CERT_FILE and NATS_KEY_FILE our own',
    )
  }
  if (NO_TLS.test(error.message)) {
    return refusal(`offers no TLS, and NATS_CA_FILE or NATS_CERT_FILE asks for it: ${error.message}`)
  }
  return null
}

/** Refused subjects that are named; further refusals are logged without their subject. */
const SUBJECTS_MAX = 100

/** A log of what a NATS server does not permit: each subject once, because a retry is refused again. */
function refusalLog(user: string, log: Logger): (error: Error) => void {
  const told = new Set<string>()
  const once = (key: string, fields: object, message: string) => {
    if (!told.has(key)) log.error({ ...fields, user }, message)
    told.add(key)
  }
  return (error) => {
    if (error instanceof PermissionViolationError) {
      const { operation, subject } = error
      if (told.size < SUBJECTS_MAX) once(`${operation} ${subject}`, { operation, subject }, PERMIT)
      else once('more', {}, PERMIT)
    } else if (isAuthorization(error)) once('authorization', { err: error }, LET_IN)
    else log.warn({ err: error }, 'NATS error')
  }
}

function isAuthorization(error: unknown): boolean {
  if (error instanceof UserAuthenticationExpiredError) return true
  return error instanceof AuthorizationError && !SLOW.test(error.message)
}

/** We were too slow to authenticate, as on a busy machine. The server's message; it has no code. */
const SLOW = /authentication timeout/i

const LET_IN = 'NATS no longer accepts this user: put it back into the server configuration with npm run nats-users'
const PERMIT =
  'this NATS user lacks a permission that the program needs: use the user of its service, and on the server the nats.conf ' +
  'of this version'

const prefixes = new WeakMap<NatsConnection, string>()

/** Remembers the inbox prefix of a connection; the client does not expose it. */
function setInboxPrefix(connection: NatsConnection, prefix: string): void {
  prefixes.set(connection, prefix)
}

/** A new reply subject to which the user of this connection may subscribe. */
export function inboxOf(connection: NatsConnection): string {
  return createInbox(prefixes.get(connection))
}
