export type { HistoryRow } from './core/history-row.ts'
