import { databaseSettings } from './database-settings.ts'
import { flagSettings } from './flag-settings.ts'
import { httpSettings } from './http-settings.ts'
import { limitSettings } from './limit-settings.ts'
import { logSettings } from './log-settings.ts'
import { metricsSettings } from './metrics-settings.ts'
import { natsSettings } from './nats-settings.ts'
import { persisterSettings } from './persister-settings.ts'
import { consoleSettings, leaseSettings, riskGuardianSettings, traderSettings } from './service-settings.ts'
import type { Setting, Settings } from './setting.ts'
import { tracingSettings } from './tracing-settings.ts'
import { tradersSettings } from './trader-settings.ts'

/** Every group of settings, by its title in docs/configuration.md. */
export const SECTIONS: Readonly<Record<string, Settings>> = {
  NATS: natsSettings,
  Database: databaseSettings,
  Log: logSettings,
  Metrics: metricsSettings,
  Tracing: tracingSettings,
  Flags: flagSettings,
  Limits: limitSettings,
  Traders: tradersSettings,
  HTTP: httpSettings,
  Console: consoleSettings,
  'Trader service': traderSettings,
  'Risk guardian': riskGuardianSettings,
  Persister: persisterSettings,
  Lease: leaseSettings,
}

export const ALL_SETTINGS: readonly Setting<unknown>[] = Object.values(SECTIONS).flatMap((section) =>
  Object.values(section),
)
