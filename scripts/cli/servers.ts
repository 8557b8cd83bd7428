import { inboxPrefixes } from '@drawbridge/contracts'
import { schemaFault } from '@drawbridge/migrations'
import { connectNats } from '@drawbridge/nats'
import { createLogger, databaseAddress, type Logger } from '@drawbridge/service-kit'
import type { ProgramContext } from '@drawbridge/service-kit/program'
import { configOf } from '@drawbridge/settings'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import pg from 'pg'

const CONNECT_WITHIN_MS = 10_000

/**
 * Works with the database of the settings. Statements may take as long as they need; the pool is closed afterwards.
 * @param max connections at a time
 * @throws if the database cannot be reached or has other tables than this program's, and what the work throws.
 */
export async function withDatabase<T>(
  context: ProgramContext,
  max: number,
  work: (pool: pg.Pool) => Promise<T>,
): Promise<T> {
  const pool = new pg.Pool({
    connectionString: databaseAddress(configOf(context), logOf(context))(),
    application_name: 'drawbridge',
    max,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    keepAlive: true,
  })
  // A connection that dies between two queries is reported by the next one.
  pool.on('error', () => undefined)
  try {
    await requireTables(pool)
    return await work(pool)
  } finally {
    await pool.end()
  }
}

/** As {@link withDatabase}, with one connection. */
export function withClient<T>(context: ProgramContext, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return withDatabase(context, 1, async (pool) => {
    const client = await pool.connect()
    try {
      return await work(client)
    } finally {
      client.release(true)
    }
  })
}

async function requireTables(pool: pg.Pool): Promise<void> {
  const client = await pool.connect().catch((error: Error) => {
    throw new Error(`the database cannot be reached: ${error.message}`, { cause: error })
  })
  try {
    const fault = await schemaFault(client)
    if (fault !== null) throw new Error(fault)
  } finally {
    client.release()
  }
}

/**
 * Works with the NATS of the settings; the connection is closed afterwards.
 * @throws if NATS cannot be reached, and what the work throws.
 */
export async function withNats<T>(
  context: ProgramContext,
  work: (connection: NatsConnection) => Promise<T>,
): Promise<T> {
  const { nats } = configOf(context)
  const connecting = connectNats(nats, 'drawbridge command', logOf(context), false, inboxPrefixes.admin)
  const connection = await connecting.catch((error: Error) => {
    throw new Error(`NATS at ${withoutPassword(nats.url)} cannot be reached: ${error.message}`, { cause: error })
  })
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}

/** For requests to JetStream, each answered within 10 seconds. */
export function managerOf(connection: NatsConnection): Promise<JetStreamManager> {
  return jetstreamManager(connection, { timeout: 10_000, checkAPI: false })
}

function logOf({ stderr }: ProgramContext): Logger {
  return createLogger('drawbridge', 'warn', stderr)
}

export function withoutPassword(url: string): string {
  return url.replaceAll(/\/\/[^@/,]*@/g, '//')
}
