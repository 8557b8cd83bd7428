import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers'
import images from '../images.json' with { type: 'json' }

export interface WantedServers {
  /** How many NATS servers. */
  readonly nats: number
  readonly database: boolean
}

/** Addresses of the started servers; null for a database that was not requested. */
export interface StartedServers {
  readonly natsUrls: readonly string[]
  readonly databaseUrl: string | null
  readonly stop: () => Promise<void>
}

/** Password of the superuser. */
export const DATABASE_PASSWORD = 'drawbridge'
const STARTED_WITHIN_MS = 180_000

/** Starts the requested containers. @throws when one does not start; then none is left running. */
export async function startDocker(wanted: WantedServers): Promise<StartedServers> {
  const databases = wanted.database ? [databaseContainer()] : []
  const all = await Promise.allSettled([
    ...Array.from({ length: wanted.nats }, () => natsContainer().start()),
    ...databases.map((container) => container.start()),
  ])
  const running = all.filter((started) => started.status === 'fulfilled').map(({ value }) => value)
  const stop = async () => {
    for (const container of running) await container.stop({ remove: true, removeVolumes: true })
  }
  const failed = all.find((started) => started.status === 'rejected')
  if (failed !== undefined) {
    await stop()
    throw failed.reason
  }
  const natsUrls = running.slice(0, wanted.nats).map((container) => `nats://${addressOf(container, 4222)}`)
  const [database] = running.slice(wanted.nats)
  const databaseUrl =
    database === undefined ? null : `postgres://postgres:${DATABASE_PASSWORD}@${addressOf(database, 5432)}/postgres`
  return { natsUrls, databaseUrl, stop }
}

function addressOf(container: StartedTestContainer, port: number): string {
  return `${container.getHost()}:${container.getMappedPort(port)}`
}

function natsContainer(): GenericContainer {
  return new GenericContainer(images.nats)
    .withCommand(['-js'])
    .withExposedPorts(4222)
    .withWaitStrategy(Wait.forLogMessage('Server is ready'))
    .withStartupTimeout(STARTED_WITHIN_MS)
}

/**
 * While the image initializes, its first server listens on a Unix socket only; so the check uses TCP.
 * @param port of the container; on the host any free one, unless given
 */
export function databaseContainer(
  port: number | { readonly container: number; readonly host: number } = 5432,
): GenericContainer {
  return new GenericContainer(images.timescale)
    .withEnvironment({ POSTGRES_PASSWORD: DATABASE_PASSWORD })
    .withExposedPorts(port)
    .withWaitStrategy(Wait.forSuccessfulCommand('pg_isready -h 127.0.0.1 -U postgres'))
    .withStartupTimeout(STARTED_WITHIN_MS)
}
