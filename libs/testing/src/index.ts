import { afterAll, inject } from 'vitest'
import { createDatabaseOn, type DatabaseServer, type TestDatabase } from './databases.ts'
import type {} from './global-setup.ts'
import { stopServicesHere } from './service-here.ts'
import { killServices } from './service-process.ts'

export { callProgram, type Finished, spawnProgram } from './call-program.ts'
export { type Certificates, makeCertificates } from './certificates.ts'
export {
  createDatabaseOn,
  type DatabaseServer,
  mountSmallDisk,
  type SmallDisk,
  type TestDatabase,
  unmountSmallDisk,
} from './databases.ts'
export { EventListener, type Logged } from './event-listener.ts'
export { eventually } from './eventually.ts'
export { randomOfTest } from './random.ts'
export { type ServiceHere, type StartService, startHere } from './service-here.ts'
export { type ServiceName, type ServiceProcess, spawnService } from './service-process.ts'
export { freshStreams, resetStreams, validConfig } from './streams.ts'
export { type Inspector, TcpProxy } from './tcp-proxy.ts'

// Whatever a test file started or spawned ends with it, even if the file failed.
afterAll(stopServicesHere)
afterAll(killServices)

/** The servers of this test file. No other file uses its NATS meanwhile; it creates its own databases. */
export function infrastructure() {
  const { natsUrls, ...shared } = inject('infrastructure')
  const worker = Number(process.env.VITEST_POOL_ID ?? 1)
  const natsUrl = natsUrls[worker - 1]
  if (natsUrl === undefined) {
    throw new Error(`worker ${worker} has no NATS of its own; set DRAWBRIDGE_TEST_WORKERS instead of --maxWorkers`)
  }
  return { ...shared, natsUrl }
}

/** Makes an empty database for this test file; call `drop` at its end. */
export function createDatabase(): Promise<TestDatabase> {
  return createDatabaseOn(infrastructure().databaseUrl)
}

/**
 * Starts a database server for one test file; call `close` at its end. It is of the same kind as the servers of this
 * run: a container, or PostgreSQL from the npm package.
 */
export async function startDatabaseServer(): Promise<DatabaseServer> {
  // Loaded only when needed: it takes a second.
  if (infrastructure().kind === 'docker') {
    return (await import('./docker-database-server.ts')).startDockerDatabaseServer()
  }
  return (await import('./embedded-database-server.ts')).startEmbeddedDatabaseServer()
}
