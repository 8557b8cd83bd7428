export { type HistoryCondition, historyCondition, type Maintained, maintainHistory } from './maintain-history.ts'
export { maintenanceLockOfTransaction, tryMaintenanceLock } from './maintenance-lock.ts'
export { createTimescale, migrate, type SchemaStatus, schemaStatus } from './migrate.ts'
export { type Moved, type MoveOptions, moveToTimescale } from './move/move-to-timescale.ts'
export { type MoveSurvey, surveyMove } from './move/survey.ts'
export { createHistoryPartitions, type Month, monthOf, monthsFrom } from './partitions.ts'
export { type HistoryPart, isHistoryCut } from './retention.ts'
export { DATABASE_ROLES } from './roles.ts'
export {
  riskConfigHistory,
  riskDailyPnl,
  riskEquity1d,
  riskEquity1h,
  riskEquity1m,
  riskLogAdoption,
  riskLogEpoch,
  riskRetention,
  riskState,
  riskStateAtCut,
  riskStateHistory,
} from './schema.ts'
export { detectStorage, ensureStorage, type Storage } from './storage.ts'
