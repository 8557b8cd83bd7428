// For programs other than the test runner: nothing here needs a running test.
export { type Finished, spawnProgram } from './call-program.ts'
export {
  createDatabaseOn,
  type DatabaseServer,
  mountSmallDisk,
  type SmallDisk,
  type TestDatabase,
  unmountSmallDisk,
} from './databases.ts'
export { startEmbeddedDatabaseServer } from './embedded-database-server.ts'
export { eventually } from './eventually.ts'
export { type ServiceName, type ServiceProcess, spawnService } from './service-process.ts'
