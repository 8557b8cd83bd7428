export { type Batch, batchOf, inHalves } from './core/batch.ts'
export { CopyText } from './core/copy-text.ts'
export { codeOf, databaseFault, databaseReason, hasAdvice, isTransient } from './core/database-fault.ts'
export { historyRow } from './core/history-row.ts'
export { type Reading, type RiskMessage, readMessage } from './core/read-message.ts'
export { runTransaction } from './outbound/copy-transaction.ts'
export { ADOPT, boundTo, claimEpoch, knownLogOf, OtherEpochError } from './outbound/epoch.ts'
export { makeHistoryBlocks } from './outbound/history-blocks.ts'
export { HistoryStore, type Opened } from './outbound/history-store.ts'
export { CONTRADICTION } from './outbound/statements.ts'
export { riskMessage } from './risk-message.ts'
export {
  CONFIGS,
  type ConfigRow,
  HISTORY,
  type HistoryRow,
  LIMIT_STATES,
  type LimitStateRow,
  limitStatesOf,
  SNAPSHOT,
  type Table,
} from './tables.ts'
export { untilTaken } from './until-taken.ts'
