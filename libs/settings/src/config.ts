import { type LimitOverrides, type Parsed, parsed, refused, type TraderId } from '@drawbridge/contracts'
import type { NatsAccess } from '@drawbridge/nats'
import { NO_PRESETS, type Presets } from './presets.ts'
import { checkComplete } from './sections/complete-limits.ts'
import { type ConnectorConfig, connectorSettings, readConnectors } from './sections/connector-settings.ts'
import { type DatabaseConfig, databaseSettings, readDatabase } from './sections/database-settings.ts'
import { readFile } from './sections/file-check.ts'
import { checkGroups } from './sections/group-check.ts'
import { type HttpSettings, httpSettings } from './sections/http-settings.ts'
import { readLimits } from './sections/limit-settings.ts'
import { readNats } from './sections/nats-settings.ts'
import { type NotifyConfig, readNotify } from './sections/notify/notify-settings.ts'
import { type Environment, Faults, readSettings, type Secrets, type Source } from './sections/read-settings.ts'
import { checkVariables } from './sections/sections.ts'
import {
  consoleSettings,
  flagSettings,
  type HttpAddress,
  leaseSettings,
  logSettings,
  type MetricsSettings,
  metricsSettings,
  persisterSettings,
  riskGuardianSettings,
  traderSettings,
} from './sections/service-settings.ts'
import type { Values } from './sections/setting.ts'
import { type TracingSettings, tracingOf, tracingSettings } from './sections/tracing-settings.ts'
import { readTraders, type TraderConfig, tradersSettings } from './sections/trader-settings.ts'

export type { HttpAddress } from './sections/service-settings.ts'
export type { SumSource, TraderConfig, TraderSource } from './sections/trader-settings.ts'

/** All settings of all services: `config.json`, overridden by the environment. */
export interface Config extends DatabaseConfig {
  readonly natsUrl: string
  /** That address, and our identity there. */
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
  /** Gates close for entries after this time without a heartbeat; milliseconds. */
  readonly leaseMs: number
  /** How all services serve HTTP. */
  readonly http: HttpSettings
  readonly console: Values<typeof consoleSettings>
  readonly trader: Values<typeof traderSettings>
  readonly riskGuardian: HttpAddress
  readonly persister: Values<typeof persisterSettings>
  /** The service. */
  readonly connector: Values<typeof connectorSettings>
  /** What it connects, by name. */
  readonly connectors: Readonly<Record<string, ConnectorConfig>>
  readonly notify: NotifyConfig
}

/**
 * Reads the settings from the environment and the text of `config.json` (null: none). A refusal lists every fault of
 * both, one a line. A pure function: `secrets` are the contents of the files that `*_FILE` variables name, `presets` those
 * that a trader may have.
 */
export function loadConfig(
  env: Environment,
  fileText: string | null,
  secrets: Secrets = {},
  presets: Presets = NO_PRESETS,
): Parsed<Config> {
  const faults = new Faults()
  const source: Source = { env, file: readFile(fileText, faults), secrets, presets, faults }
  checkVariables(env, faults)
  const nats = readNats(source)
  const limits = readLimits(source)
  const traders = readTraders(source)
  const config: Config = {
    natsUrl: nats.url,
    nats,
    ...readDatabase(readSettings(databaseSettings, source), source),
    logLevel: readSettings(logSettings, source).level,
    metrics: readSettings(metricsSettings, source),
    tracing: tracingOf(readSettings(tracingSettings, source)),
    ...readSettings(flagSettings, source),
    limits,
    maxTraders: readSettings(tradersSettings, source).max,
    traders,
    leaseMs: 1000 * readSettings(leaseSettings, source).seconds,
    http: readSettings(httpSettings, source),
    console: readSettings(consoleSettings, source),
    trader: readSettings(traderSettings, source),
    riskGuardian: readSettings(riskGuardianSettings, source),
    persister: readSettings(persisterSettings, source),
    connector: readSettings(connectorSettings, source),
    connectors: readConnectors(source, traders),
    notify: readNotify(source, traders),
  }
  checkComplete(config.limits, config.traders, faults)
  checkGroups(source, config.limits, config.traders)
  return faults.all.length === 0 ? parsed(config) : refused(faults.all.join('\n'))
}
