/** The parts that the simulation runs on virtual time and a simulated network. */
export { DatabaseWatch } from './database-watch.ts'
export { PersistenceSwitch } from './inbound/persistence-switch.ts'
export { watchLag } from './inbound/risk-consumer.ts'
export { Persister } from './persister.ts'
export { persisterMetrics } from './persister-metrics.ts'
