import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection, NodeConnectionOptions } from '@nats-io/transport-node'
import { isJetStreamOff, isStreamMissing } from './api-errors.ts'
import { setInboxPrefix } from './inbox.ts'
import type { Logger } from './log.ts'
import { type NatsAccess, openAccess } from './nats-access.ts'
import { untilAnswered } from './nats-away.ts'
import { readCredentials } from './nats-credentials.ts'
import { firstConnection, withoutPassword } from './nats-first-connection.ts'
import { RefusalLog } from './nats-refusals.ts'

/** Timeout for a server that accepts a connection and then stays silent; the client then tries again. */
const ANSWER_WITHIN_MS = 5_000
const ASK_AGAIN_AFTER_MS = 2_000
const OLDEST_SERVER = [2, 12] as const

/**
 * Connects to NATS; waits while it is unreachable, and later reconnects without limit.
 * @param access an address alone, or with the files of our identity
 * @param wait false: an unreachable server is an error
 * @param inboxPrefix prefix of reply subjects; a user may subscribe to its own only
 * @throws when the server is older than 2.12, or refuses us.
 */
export async function connectNats(
  access: NatsAccess | string,
  name: string,
  log: Logger,
  wait = true,
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
  const refusals = new RefusalLog(user, log)
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') log.warn({ server: status.server }, 'NATS disconnected')
    if (status.type === 'reconnect') log.info({ server: status.server }, 'NATS reconnected')
    if (status.type === 'error') refusals.report(status.error)
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
