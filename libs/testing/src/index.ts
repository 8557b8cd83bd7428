import { afterAll, inject } from 'vitest'
import { createDatabaseOn, type TestDatabase } from './database.ts'
import type { DatabaseServer } from './database-server.ts'
import type {} from './global-setup.ts'
import type { Infrastructure } from './infrastructure.ts'
import { stopServicesHere } from './service-here.ts'
import { killServices } from './service-process.ts'
import { startDatabaseServerLike } from './start-database-server.ts'

export { callProgram, type Finished, spawnProgram } from './call-program.ts'
export { type Certificate, type Certificates, makeCertificates } from './certificates.ts'
export { createDatabaseOn, type TestDatabase } from './database.ts'
export type { DatabaseServer } from './database-server.ts'
export { EventListener, type Logged } from './event-listener.ts'
export { type EventuallyOptions, eventually } from './eventually.ts'
export type { Infrastructure } from './infrastructure.ts'
export type { LogLine } from './log-line.ts'
export { randomOfTest } from './random-of-test.ts'
export { type ServiceHere, type StartService, startHere } from './service-here.ts'
export {
  type ServiceExit,
  type ServiceName,
  type ServiceProcess,
  spawnService,
} from './service-process.ts'
export { mountSmallDisk, type SmallDisk, unmountSmallDisk } from './small-disk.ts'
export { resetStreams } from './streams.ts'
export { type Inspector, TcpProxy } from './tcp-proxy.ts'
export type { Timescale } from './timescale.ts'

// Whatever a test file started or spawned ends with it, even if the file failed.
afterAll(stopServicesHere)
afterAll(killServices)

/** The servers of a test file. No other file uses its NATS meanwhile; it creates its own databases. */
export interface TestServers extends Omit<Infrastructure, 'natsUrls'> {
  readonly natsUrl: string
}

/** The servers that this test file uses. */
export function infrastructure(): TestServers {
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

/** Starts a database server for one test file; call `close` at its end. */
export function startDatabaseServer(): Promise<DatabaseServer> {
  return startDatabaseServerLike(infrastructure().kind)
}
