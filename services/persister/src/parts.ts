/** What the simulation runs on a clock and a network of its own. */
export { DatabaseWatch } from './database-watch.ts'
export { PersistenceSwitch } from './inbound/persistence-switch.ts'
export { watchLag } from './inbound/watch-lag.ts'
export { Persister } from './persister.ts'
export { PersisterMetrics } from './persister-metrics.ts'
