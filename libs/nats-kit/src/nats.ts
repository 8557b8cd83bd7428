import { JetStreamApiError, JetStreamError, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import type { Logger } from './log.ts'

/** A server that takes a connection and then says nothing is left after so long, and tried again. */
const ANSWER_WITHIN_MS = 5_000
const OLDEST_SERVER = [2, 12] as const

/**
 * Connects to NATS; waits while there is no server, and reconnects for ever after.
 * @param wait false: a server that is not there is an error
 * @throws when the server is older than 2.12, or refuses us.
 */
export async function connectNats(url: string, name: string, log: Logger, wait = true): Promise<NatsConnection> {
  const connection = await connect({
    servers: url.split(',').map((server) => server.trim()),
    name,
    waitOnFirstConnect: wait,
    timeout: ANSWER_WITHIN_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 100,
    pingInterval: 5_000,
    maxPingOut: 2,
    noAsyncTraces: true,
  })
  const version = connection.info?.version ?? '0.0.0'
  if (!isRecentEnough(version)) {
    await connection.close()
    throw new Error(
      `the NATS server at ${url} is version ${version}; Drawbridge needs ${OLDEST_SERVER.join('.')} or newer: upgrade the server`,
    )
  }
  void logStatus(connection, log)
  return connection
}

function isRecentEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > OLDEST_SERVER[0] || (major === OLDEST_SERVER[0] && minor >= OLDEST_SERVER[1])
}

async function logStatus(connection: NatsConnection, log: Logger): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') log.warn({ server: status.server }, 'NATS disconnected')
    if (status.type === 'reconnect') log.info({ server: status.server }, 'NATS reconnected')
    if (status.type === 'error') log.warn({ err: status.error }, 'NATS error')
  }
}

/** @throws an error that says what to do where a stream is missing. */
export async function requireStreams(connection: NatsConnection, names: readonly string[]): Promise<JetStreamManager> {
  const manager = await jetstreamManager(connection, { timeout: 10_000 })
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

const STREAM_NOT_FOUND = 10_059

function isStreamMissing(error: unknown): boolean {
  return apiErrorCode(error) === STREAM_NOT_FOUND
}

/** The JetStream API's own error code, or null for any other error. */
export function apiErrorCode(error: unknown): number | null {
  if (error instanceof JetStreamApiError) return error.code
  if (error instanceof JetStreamError && error.cause instanceof JetStreamApiError) return error.cause.code
  return null
}
