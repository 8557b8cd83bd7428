import { parsed, refused } from '@drawbridge/contracts'
import { choice, flag, integer, port, type Setting, type Settings, text, type Values } from './setting.ts'

/** Where a service serves HTTP. */
export interface HttpAddress {
  readonly host: string
  readonly port: number
}

export function address(section: string, prefix: string, service: string, defaultPort: number) {
  return {
    host: text({
      file: `${section}.host`,
      variable: `${prefix}_HOST`,
      about: `The address on which the ${service} serves HTTP.`,
      must: 'an address like "127.0.0.1"',
      fallback: '127.0.0.1',
    }),
    port: port({
      file: `${section}.port`,
      variable: `${prefix}_PORT`,
      about: `The port on which the ${service} serves HTTP; 0 takes a free one.`,
      fallback: defaultPort,
    }),
  } as const
}

/** A secret with enough chance in it. */
export function randomKey(key: Pick<Setting<string | null>, 'variable' | 'about' | 'fallbackWords'>) {
  const must = 'at least 32 characters, randomly generated, as by: openssl rand -hex 32'
  return {
    ...text<string | null>({ ...key, file: null, must, fallback: null }),
    secret: true,
    fromText: (given: string) => (given.length >= 32 ? parsed(given) : refused(`must be ${must}`)),
  } as const
}

export const consoleSettings = {
  ...address('console', 'CONSOLE', 'console', 8080),
  sessionKey: randomKey({
    variable: 'CONSOLE_SESSION_KEY',
    about: 'Encrypts the cookies of people who log in to the console; the same for all consoles of an installation.',
    fallbackWords:
      'a new one at each start, so that everybody logs in again; `npm start` and Compose keep one with the data',
  }),
  sessionHours: integer<number>({
    file: 'console.session_hours',
    variable: 'CONSOLE_SESSION_HOURS',
    about: 'How long a login to the console lasts, whatever is done in it.',
    unit: 'whole hours',
    min: 1,
    max: 168,
    fallback: 12,
  }),
} as const satisfies Settings
export const traderSettings = {
  ...address('trader', 'TRADER', 'trader', 8081),
  undecidedAfterMs: integer<number>({
    file: 'trader.undecided_after_ms',
    variable: 'TRADER_UNDECIDED_AFTER_MS',
    about: 'Gates close for entries while a reading that was reported here is not judged for this time.',
    unit: 'milliseconds',
    min: 100,
    max: 60_000,
    fallback: 1_000,
  }),
  unconfiguredMax: integer<number>({
    file: 'trader.unconfigured_max',
    variable: 'TRADER_UNCONFIGURED_MAX',
    about: 'How many traders that are not in config.json have a gate here at a time; 0 refuses them.',
    min: 0,
    max: 100_000,
    fallback: 1_000,
  }),
} as const
export const riskGuardianSettings = address('risk_guardian', 'RISK_GUARDIAN', 'risk guardian', 8082)

export const leaseSettings = {
  seconds: integer({
    file: 'lease_seconds',
    variable: 'LEASE_SECONDS',
    about: 'Gates close for entries after this time without a heartbeat; the same for trader and guardian.',
    unit: 'whole seconds',
    min: 2,
    max: 3600,
    fallback: 10,
  }),
} as const

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

/** Initial values of the flags; those in force are in the log. */
export const flagSettings = {
  enforcement: flag({
    file: 'enable_risk_enforcement',
    original: 'feature_flags.enable_risk_enforcement',
    variable: 'ENABLE_RISK_ENFORCEMENT',
    about: 'Whether a broken limit pauses trading; initial value.',
    fallback: true,
  }),
  persistence: flag({
    file: 'enable_persistence',
    original: 'feature_flags.enable_persistence',
    variable: 'ENABLE_PERSISTENCE',
    about: 'Whether events are written to the database; initial value.',
    fallback: true,
  }),
} as const

export const logSettings = {
  level: choice<string>({
    file: 'log_level',
    variable: 'LOG_LEVEL',
    about: 'The lowest level that is logged.',
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    fallback: 'info',
  }),
} as const

export const metricsSettings = {
  enabled: flag({
    file: 'metrics.enabled',
    variable: 'METRICS_ENABLED',
    about: 'Whether metrics are collected and shown at `/metrics`.',
    fallback: true,
  }),
  tradersMax: integer<number>({
    file: 'metrics.traders_max',
    variable: 'METRICS_TRADERS_MAX',
    about: 'How many traders have their own series in the metrics of a process.',
    min: 0,
    max: 100_000,
    fallback: 200,
  }),
} as const

export type MetricsSettings = Values<typeof metricsSettings>

export const DEFAULT_METRICS: MetricsSettings = {
  enabled: metricsSettings.enabled.fallback,
  tradersMax: metricsSettings.tradersMax.fallback,
}
