export { type PersisterLooks, startPersister } from './start-persister.ts'
