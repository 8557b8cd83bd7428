import {
  compileCheck,
  type LimitOverrides,
  type LimitsMessage,
  type Parsed,
  parsed,
  parseLimits,
  parseTraderId,
  refused,
  type TraderId,
} from '@drawbridge/contracts'
import Type from 'typebox'
import { booleanFrom, integerFrom, levelFrom, text } from './environment.ts'
import { type HttpMessage, HttpSchema, type HttpSettings, httpSettings } from './http-settings.ts'

/** Where a trader's equity comes from. */
export type TraderSource =
  /** Posted by the bot to `/api/traders/<id>/equity`, or published on NATS by anything. */
  | { readonly kind: 'http' }
  /** A file of daily bars through a paper account. */
  | { readonly kind: 'replay'; readonly strategy: 'hold' | 'sma'; readonly file: string | null; readonly units: number }

export interface TraderConfig {
  readonly source: TraderSource
  readonly limits: LimitOverrides
}

/** All settings of all services: `config.json`, overridden by the environment. */
export interface Config {
  readonly natsUrl: string
  /** As it was at the start. */
  readonly databaseUrl: string
  /** The file that the address was read from, and may be read from anew; null: none. */
  readonly databaseUrlFile: string | null
  readonly logLevel: string
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
  readonly persister: HttpAddress & {
    readonly batchSize: number
    readonly flushIntervalMs: number
    readonly riskLogWarnAtPercent: number
    /** Whole days for which the history is kept; null: for good. */
    readonly retentionDays: number | null
  }
}

export interface HttpAddress {
  readonly host: string
  readonly port: number
}

const port = (description = 'a port, 0 to 65535') =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535, description }))
const host = Type.Optional(Type.String({ minLength: 1, description: 'an address like "127.0.0.1"' }))
const flag = Type.Optional(Type.Boolean({ description: 'true or false' }))
const strict = { additionalProperties: false } as const
const anObject = (description: string) => Type.Optional(Type.Object({}, { description }))

const FileSchema = Type.Object(
  {
    nats_url: Type.Optional(Type.String({ minLength: 1, description: 'an address like "nats://127.0.0.1:4222"' })),
    database_url: Type.Optional(
      Type.String({ minLength: 1, description: 'an address like "postgres://user:password@host/db"' }),
    ),
    log_level: Type.Optional(
      Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
        description: '"trace", "debug", "info", "warn", "error", "fatal" or "silent"',
      }),
    ),
    enable_risk_enforcement: flag,
    enable_persistence: flag,
    limits: anObject('an object of limits'),
    max_traders: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'a whole number, 1 to 1000000' }),
    ),
    traders: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'an object of traders by id' })),
    lease_seconds: Type.Optional(Type.Integer({ minimum: 2, maximum: 3600, description: 'whole seconds, 2 to 3600' })),
    http: anObject('an object of settings of HTTP'),
    operator_api: flag,
    trader: anObject('an object {host, port}'),
    risk_guardian: anObject('an object {host, port}'),
    persister: anObject(
      'an object {host, port, batch_size, flush_interval_ms, risk_log_warn_at_percent, retention_days}',
    ),
  },
  strict,
)
type FileMessage = Type.Static<typeof FileSchema>

const TraderSchema = Type.Object(
  {
    source: Type.Optional(Type.Enum(['http', 'replay'], { description: '"http" or "replay"' })),
    strategy: Type.Optional(Type.Enum(['hold', 'sma'], { description: '"hold" or "sma"' })),
    file: Type.Optional(
      Type.String({ minLength: 1, description: 'the path of a CSV file of date,open,high,low,close' }),
    ),
    units: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'a whole number, 1 to 1000000' })),
    limits: anObject('an object of limits'),
  },
  strict,
)
const AddressSchema = Type.Object({ host, port: port() }, strict)
/** As long as INPUTS keeps what may be judged anew; the longest trading day, of 25 hours, is far below. */
const RETENTION_DAYS_MIN = 7
const RETENTION_DAYS_MAX = 36_500
const PersisterSchema = Type.Object(
  {
    host,
    port: port(),
    batch_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'a whole number, 1 to 10000' })),
    flush_interval_ms: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10_000, description: 'milliseconds, 1 to 10000' }),
    ),
    risk_log_warn_at_percent: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 95, description: 'a whole number, 1 to 95' }),
    ),
    retention_days: Type.Optional(
      Type.Union([Type.Null(), Type.Integer({ minimum: RETENTION_DAYS_MIN, maximum: RETENTION_DAYS_MAX })], {
        description: `null (for good) or whole days, ${RETENTION_DAYS_MIN} to ${RETENTION_DAYS_MAX}`,
      }),
    ),
  },
  strict,
)

const checkFile = compileCheck<FileMessage>(FileSchema)
const checkTrader = compileCheck<Type.Static<typeof TraderSchema>>(TraderSchema)
const checkAddress = compileCheck<Type.Static<typeof AddressSchema>>(AddressSchema)
const checkHttp = compileCheck<HttpMessage>(HttpSchema)
const checkPersister = compileCheck<Type.Static<typeof PersisterSchema>>(PersisterSchema)

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the settings from the environment and the text of `config.json` (null: there is none). A refusal lists every
 * fault of both, one a line. Touches nothing but its arguments: `secretUrl` is what the file of DATABASE_URL_FILE holds.
 */
export function loadConfig(env: Environment, fileText: string | null, secretUrl: string | null = null): Parsed<Config> {
  const faults: string[] = []
  const take = <T>(where: string, read: Parsed<T>, otherwise: T): T => {
    if (read.ok) return read.value
    for (const fault of read.reason.split('; ')) faults.push(`${where}: ${fault}`)
    return otherwise
  }
  const written = fileText === null ? {} : take('config.json', readJson(fileText), {})
  take('config.json', checkFile(written), {})
  // Read on where fields are at fault, to find the faults within the others too.
  const file = (isObject(written) ? written : {}) as FileMessage
  const limits = take('config.json, limits', parseLimits(file.limits ?? {}), {})
  const traders: [TraderId, TraderConfig][] = []
  for (const [name, message] of Object.entries(isObject(file.traders) ? file.traders : {})) {
    const id = take('config.json, traders', parseTraderId(name), '')
    const trader = take(`config.json, traders.${name}`, readTrader(message), null)
    if (id !== '' && trader !== null) traders.push([id, trader])
  }
  const address = (
    section: 'trader' | 'risk_guardian' | 'persister',
    prefix: string,
    defaultPort: number,
  ): HttpAddress => {
    const check = section === 'persister' ? checkPersister : checkAddress
    const message = take(`config.json, ${section}`, check(file[section] ?? {}), {})
    return {
      host: text(env[`${prefix}_HOST`]) ?? message.host ?? '127.0.0.1',
      port: take(`${prefix}_PORT`, integerFrom(env[`${prefix}_PORT`], 0, 65_535), null) ?? message.port ?? defaultPort,
    }
  }
  if (text(env.DATABASE_URL) !== undefined && text(env.DATABASE_URL_FILE) !== undefined) {
    faults.push('DATABASE_URL_FILE: DATABASE_URL is set too; set one of them')
  }
  const persister = take('config.json, persister', checkPersister(file.persister ?? {}), {})
  const flagFrom = (name: string, inFile: boolean | undefined) =>
    take(name, booleanFrom(env[name]), null) ?? inFile ?? true
  const config: Config = {
    natsUrl: text(env.NATS_URL) ?? file.nats_url ?? 'nats://127.0.0.1:4222',
    databaseUrl:
      secretUrl ??
      text(env.DATABASE_URL) ??
      file.database_url ??
      'postgres://postgres:postgres@127.0.0.1:5432/drawbridge',
    databaseUrlFile: text(env.DATABASE_URL_FILE) ?? null,
    logLevel: take('LOG_LEVEL', levelFrom(env.LOG_LEVEL), null) ?? file.log_level ?? 'info',
    enforcement: flagFrom('ENABLE_RISK_ENFORCEMENT', file.enable_risk_enforcement),
    persistence: flagFrom('ENABLE_PERSISTENCE', file.enable_persistence),
    limits,
    maxTraders: file.max_traders ?? null,
    traders: Object.fromEntries(traders),
    leaseMs: 1000 * (take('LEASE_SECONDS', integerFrom(env.LEASE_SECONDS, 2, 3600), null) ?? file.lease_seconds ?? 10),
    http: httpSettings(env, take('config.json, http', checkHttp(file.http ?? {}), {}), take),
    operatorApi: flagFrom('OPERATOR_API', file.operator_api),
    trader: address('trader', 'TRADER', 8080),
    riskGuardian: address('risk_guardian', 'RISK_GUARDIAN', 8081),
    persister: {
      ...address('persister', 'PERSISTER', 8082),
      batchSize: persister.batch_size ?? 1_000,
      flushIntervalMs: persister.flush_interval_ms ?? 50,
      riskLogWarnAtPercent: persister.risk_log_warn_at_percent ?? 80,
      retentionDays:
        take('RETENTION_DAYS', integerFrom(env.RETENTION_DAYS, RETENTION_DAYS_MIN, RETENTION_DAYS_MAX), null) ??
        persister.retention_days ??
        null,
    },
  }
  return faults.length === 0 ? parsed(config) : refused([...new Set(faults)].join('\n'))
}

function readJson(text: string): Parsed<unknown> {
  try {
    return parsed(JSON.parse(text))
  } catch (error) {
    return refused(`is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readTrader(message: unknown): Parsed<TraderConfig | null> {
  const checked = checkTrader(message)
  if (!checked.ok) return checked
  const { source = 'http', strategy, file, units, limits: limitsMessage = {} } = checked.value
  const limits = parseLimits(limitsMessage as LimitsMessage)
  if (!limits.ok) return refused(`limits: ${limits.reason}`)
  if (source === 'http') {
    if (strategy !== undefined || file !== undefined || units !== undefined) {
      return refused('strategy, file and units belong to the source "replay"')
    }
    return parsed({ source: { kind: 'http' }, limits: limits.value })
  }
  if (strategy === undefined) return refused('strategy is missing; a replay needs "hold" or "sma"')
  return parsed({ source: { kind: 'replay', strategy, file: file ?? null, units: units ?? 100 }, limits: limits.value })
}
