import { type LimitOverrides, type Parsed, parsed, refused, type TraderId } from '@drawbridge/contracts'
import type { NatsAccess } from '@drawbridge/nats-kit'
import { databaseSettings } from './config/database-settings.ts'
import { type DatabaseConfig, readDatabase } from './config/database-url.ts'
import { Faults } from './config/faults.ts'
import { readFile } from './config/file-check.ts'
import { flagSettings } from './config/flag-settings.ts'
import { type HttpSettings, httpSettings } from './config/http-settings.ts'
import { readLimits } from './config/limit-settings.ts'
import { logSettings } from './config/log-settings.ts'
import { readNats } from './config/nats-settings.ts'
import { persisterSettings } from './config/persister-settings.ts'
import { type Environment, readSettings, type Secrets, type Source } from './config/read-settings.ts'
import {
  type HttpAddress,
  leaseSettings,
  operatorSettings,
  riskGuardianSettings,
  traderSettings,
} from './config/service-settings.ts'
import type { Values } from './config/setting.ts'
import { readTraders, type TraderConfig, tradersSettings } from './config/trader-settings.ts'
import { checkVariables } from './config/variables.ts'
import { type MetricsSettings, metricsSettings } from './telemetry/metrics-settings.ts'
import { type TracingSettings, tracingOf, tracingSettings } from './telemetry/tracing-settings.ts'

export type { HttpAddress } from './config/service-settings.ts'
export type { TraderConfig, TraderSource } from './config/trader-settings.ts'

/** All settings of all services: `config.json`, overridden by the environment. */
export interface Config extends DatabaseConfig {
  readonly natsUrl: string
  /** That address, and who we are there. */
  readonly nats: NatsAccess
  readonly logLevel: string
  readonly metrics: MetricsSettings
  /** Null: off. */
  readonly tracing: TracingSettings | null
  /** Initial values; the log holds what is in force. */
  readonly enforcement: boolean
  readonly persistence: boolean
  readonly limits: LimitOverrides
  readonly maxTraders: number | null
  readonly traders: Readonly<Record<TraderId, TraderConfig>>
  /** Without a heartbeat for so long, gates close for entries; milliseconds. */
  readonly leaseMs: number
  /** How all services serve HTTP. */
  readonly http: HttpSettings
  /** Whether the trader service serves the operators' API. */
  readonly operatorApi: boolean
  readonly trader: HttpAddress
  readonly riskGuardian: HttpAddress
  readonly persister: Values<typeof persisterSettings>
}

/**
 * Reads the settings from the environment and the text of `config.json` (null: there is none). A refusal lists every
 * fault of both, one a line. Touches nothing but its arguments: `secrets` are what the files of `*_FILE` variables hold.
 */
export function loadConfig(env: Environment, fileText: string | null, secrets: Secrets = {}): Parsed<Config> {
  const faults = new Faults()
  const source: Source = { env, file: readFile(fileText, faults), secrets, faults }
  checkVariables(env, faults)
  const nats = readNats(source)
  const config: Config = {
    natsUrl: nats.url,
    nats,
    ...readDatabase(readSettings(databaseSettings, source), source),
    logLevel: readSettings(logSettings, source).level,
    metrics: readSettings(metricsSettings, source),
    tracing: tracingOf(readSettings(tracingSettings, source)),
    ...readSettings(flagSettings, source),
    limits: readLimits(source),
    maxTraders: readSettings(tradersSettings, source).max,
    traders: readTraders(source),
    leaseMs: 1000 * readSettings(leaseSettings, source).seconds,
    http: readSettings(httpSettings, source),
    operatorApi: readSettings(operatorSettings, source).isServed,
    trader: readSettings(traderSettings, source),
    riskGuardian: readSettings(riskGuardianSettings, source),
    persister: readSettings(persisterSettings, source),
  }
  return faults.all.length === 0 ? parsed(config) : refused(faults.all.join('\n'))
}
