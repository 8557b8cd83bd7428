import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers'
import images from '../images.json' with { type: 'json' }

export interface WantedServers {
  readonly nats: boolean
  readonly database: boolean
}

/** Addresses of what was started; null for what was not wanted. */
export interface StartedServers {
  readonly natsUrl: string | null
  readonly databaseUrl: string | null
  readonly stop: () => Promise<void>
}

/** Of the superuser. */
export const DATABASE_PASSWORD = 'drawbridge'
const STARTED_WITHIN_MS = 180_000

/** Starts the containers that are wanted. @throws when one does not come up; nothing is left running then. */
export async function startDocker(wanted: WantedServers): Promise<StartedServers> {
  const [nats, database] = await Promise.allSettled([
    wanted.nats ? natsContainer().start() : null,
    wanted.database ? databaseContainer().start() : null,
  ])
  const stop = async () => {
    for (const started of [nats, database]) {
      if (started.status === 'fulfilled') await started.value?.stop({ remove: true, removeVolumes: true })
    }
  }
  if (nats.status === 'rejected' || database.status === 'rejected') {
    await stop()
    throw nats.status === 'rejected' ? nats.reason : (database as PromiseRejectedResult).reason
  }
  const natsUrl = nats.value === null ? null : `nats://${addressOf(nats.value, 4222)}`
  const databaseUrl =
    database.value === null
      ? null
      : `postgres://postgres:${DATABASE_PASSWORD}@${addressOf(database.value, 5432)}/postgres`
  return { natsUrl, databaseUrl, stop }
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
 * While the image sets itself up, its first server listens on a Unix socket only; so TCP is what tells.
 * @param port of the container; on the host it is any free one where that does not say otherwise
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
