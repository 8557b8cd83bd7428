export {
  type HistoryCondition,
  type HistoryPart,
  historyCondition,
  keptFrom,
  type Maintained,
  maintainHistory,
  maintenanceLockOfTransaction,
} from './maintain-history.ts'
export { migrate, type SchemaStatus, schemaFault, schemaStatus } from './migrate.ts'
export { createHistoryPartitions, type Month, monthOf, monthsFrom } from './partitions.ts'
export { DATABASE_ROLES } from './roles.ts'
export { detectStorage, ensureStorage, type Storage } from './storage.ts'
