import { integer } from './kinds.ts'
import { address } from './service-settings.ts'

export const persisterSettings = {
  ...address('persister', 'PERSISTER', 'persister', 8083),
  batchSize: integer({
    file: 'persister.batch_size',
    variable: null,
    about: 'Events that are written in one transaction, at most.',
    min: 1,
    max: 10_000,
    fallback: 1_000,
  }),
  flushIntervalMs: integer({
    file: 'persister.flush_interval_ms',
    variable: null,
    about: 'An event waits for others so long, at most.',
    unit: 'milliseconds',
    min: 1,
    max: 10_000,
    fallback: 50,
  }),
  riskLogWarnAtPercent: integer({
    file: 'persister.risk_log_warn_at_percent',
    variable: null,
    about: 'The percentage of a limit of RISK or its disk from which on the persister warns.',
    min: 1,
    max: 95,
    fallback: 80,
  }),
  /** At least as long as INPUTS keeps what may be judged anew; the longest trading day, of 25 hours, is far below. */
  retentionDays: integer<number | null>({
    file: 'persister.retention_days',
    variable: 'RETENTION_DAYS',
    about: 'So long the history is kept in the database; the same for all persisters.',
    unit: 'whole days',
    orNull: 'for good',
    min: 7,
    max: 36_500,
    fallback: null,
    fallbackWords: 'for good',
  }),
} as const
