// Programs other than the test runner may use these: nothing here needs a running test.
export { type Finished, spawnProgram } from './call-program.ts'
export { createDatabaseOn, type TestDatabase } from './database.ts'
export type { DatabaseServer } from './database-server.ts'
export { startEmbeddedDatabaseServer } from './embedded-database-server.ts'
export { eventually } from './eventually.ts'
export { type ServiceName, type ServiceProcess, spawnService } from './service-process.ts'
export { mountSmallDisk, type SmallDisk, unmountSmallDisk } from './small-disk.ts'
