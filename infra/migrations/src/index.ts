export { migrate, type SchemaStatus, schemaStatus } from './migrate.ts'
export { createHistoryPartitions, type Month, monthsFrom } from './partitions.ts'
export { riskConfigHistory, riskDailyPnl, riskLogEpoch, riskState, riskStateHistory } from './schema.ts'
export { detectStorage, ensureStorage, type Storage } from './storage.ts'
