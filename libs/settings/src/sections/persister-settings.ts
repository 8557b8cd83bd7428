import { integer } from './kinds.ts'
import { address } from './service-settings.ts'

export const persisterSettings = {
  ...address('persister', 'PERSISTER', 'persister', 8083),
  batchSize: integer({
    file: 'persister.batch_size',
    variable: null,
    about: 'Maximum of events that are written in one transaction.',
    min: 1,
    max: 10_000,
    fallback: 1_000,
  }),
  flushIntervalMs: integer({
    file: 'persister.flush_interval_ms',
    variable: null,
    about: 'Maximum time that an event waits for others.',
    unit: 'milliseconds',
    min: 1,
    max: 10_000,
    fallback: 50,
  }),
  riskLogWarnAtPercent: integer({
    file: 'persister.risk_log_warn_at_percent',
    variable: null,
    about: 'The percentage of a limit of RISK or its disk at which the persister warns.',
    min: 1,
    max: 95,
    fallback: 80,
  }),
  /** At least as long as INPUTS keeps inputs that may be judged again; far above the longest trading day of 25 hours. */
  retentionDays: integer<number | null>({
    file: 'persister.retention_days',
    variable: 'RETENTION_DAYS',
    about: 'How long the history is kept in the database; the same for all persisters.',
    unit: 'whole days',
    orNull: 'forever',
    min: 7,
    max: 36_500,
    fallback: null,
    fallbackWords: 'forever',
  }),
} as const
