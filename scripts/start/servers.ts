import { freePort, type PrivateServer, startPrivateNats, startPrivatePostgres } from '@drawbridge/dev-stack'
import { namesDatabase } from '@drawbridge/settings'

interface OwnServer extends Pick<PrivateServer, 'stop' | 'ended'> {
  readonly name: string
}

/** The servers that a run uses, and how to stop its private ones. */
export interface Servers {
  readonly natsUrl: string
  /** The folder of the private server; null: the environment names one. */
  readonly databaseUrl: string | null
  readonly own: readonly OwnServer[]
}

/**
 * Uses the servers that the environment names; starts a private one in `dataDir` for each that it does not.
 */
export async function startServers(
  env: NodeJS.ProcessEnv,
  dataDir: string,
  log: (line: string) => void,
): Promise<Servers> {
  const own: OwnServer[] = []
  let natsUrl = env.NATS_URL ?? ''
  let databaseUrl: string | null = null
  try {
    if (natsUrl === '') {
      const nats = await startPrivateNats({ dataDir, port: await freePort(4222), log })
      own.push({ name: 'NATS', stop: nats.stop, ended: nats.ended })
      natsUrl = nats.url
    }
    if (!namesDatabase(env)) {
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
