import { afterAll, inject } from 'vitest'
import { createDatabaseOn, type TestDatabase } from './database.ts'
import type { DatabaseServer } from './database-server.ts'
import type {} from './global-setup.ts'
import type { Infrastructure } from './infrastructure.ts'
import { stopServicesHere } from './service-here.ts'
import { killServices } from './service-process.ts'
import { startDatabaseServerLike } from './start-database-server.ts'

export { type Certificate, type Certificates, makeCertificates } from './certificates.ts'
export { createDatabaseOn, type TestDatabase } from './database.ts'
export type { DatabaseServer } from './database-server.ts'
export { type EventuallyOptions, eventually } from './eventually.ts'
export type { Infrastructure } from './infrastructure.ts'
export type { LogLine } from './log-line.ts'
export { type ServiceHere, type StartService, startHere } from './service-here.ts'
export {
  type ServiceExit,
  type ServiceName,
  type ServiceProcess,
  spawnService,
} from './service-process.ts'
export { resetStreams } from './streams.ts'
export { type Inspector, TcpProxy } from './tcp-proxy.ts'
export type { Timescale } from './timescale.ts'

// Whatever a test file started or spawned ends with it, also where the file failed.
afterAll(stopServicesHere)
afterAll(killServices)

/** The servers of this run. */
export function infrastructure(): Infrastructure {
  return inject('infrastructure')
}

/** Makes an empty database for this test file; call `drop` at its end. */
export function createDatabase(): Promise<TestDatabase> {
  return createDatabaseOn(infrastructure().databaseUrl)
}

/** Starts a database server that a test file has for itself; call `close` at its end. */
export function startDatabaseServer(): Promise<DatabaseServer> {
  return startDatabaseServerLike(infrastructure().kind)
}
