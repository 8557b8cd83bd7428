import { freePort, type PrivateServer, startPrivateNats, startPrivatePostgres } from '@drawbridge/dev-stack'
import { readDatabaseUrl } from '@drawbridge/service-kit'

interface OwnServer extends Pick<PrivateServer, 'stop' | 'ended'> {
  readonly name: string
}

/** The servers that a run uses, and how to let go of those that are its own. */
export interface Servers {
  readonly natsUrl: string
  readonly databaseUrl: string
  readonly own: readonly OwnServer[]
}

/**
 * Uses the servers that `NATS_URL` and `DATABASE_URL` (or the file of `DATABASE_URL_FILE`) name; starts a private one in
 * `dataDir` for each that is not given.
 */
export async function startServers(
  env: NodeJS.ProcessEnv,
  dataDir: string,
  log: (line: string) => void,
): Promise<Servers> {
  const own: OwnServer[] = []
  const { NATS_URL, DATABASE_URL, DATABASE_URL_FILE } = env
  let natsUrl = NATS_URL ?? ''
  let databaseUrl = DATABASE_URL_FILE ? readDatabaseUrl(DATABASE_URL_FILE) : (DATABASE_URL ?? '')
  try {
    if (natsUrl === '') {
      const nats = await startPrivateNats({ dataDir, port: await freePort(4222), log })
      own.push({ name: 'NATS', stop: nats.stop, ended: nats.ended })
      natsUrl = nats.url
    }
    if (databaseUrl === '') {
      const postgres = await startPrivatePostgres({ dataDir, port: await freePort(5432), log })
      own.push({ name: 'PostgreSQL', stop: postgres.stop, ended: postgres.ended })
      databaseUrl = postgres.url
    }
  } catch (error) {
    for (const server of own.reverse()) await server.stop()
    throw error
  }
  return { natsUrl, databaseUrl, own }
}
