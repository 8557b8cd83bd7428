import {
  compileCheck,
  describe,
  nearestName,
  type Parsed,
  parsed,
  parseTraderId,
  refused,
  type TraderId,
} from '@drawbridge/contracts'
import Type from 'typebox'
import { byName } from './by-name.ts'
import { type Environment, isObject, type Source, variable } from './read-settings.ts'
import { address } from './service-settings.ts'
import { flag, type Settings, text } from './setting.ts'
import type { TraderConfig } from './trader-settings.ts'

/** Whom a connector can speak to. The folder of that name in services/connector/src/adapters has the rest. */
export const ADAPTERS = [
  'alpaca',
  'ccxt',
  'freqtrade',
  'generic',
  'hummingbot',
  'interactive-brokers',
  'nofx',
  'tradingview',
] as const
export type AdapterName = (typeof ADAPTERS)[number]

/** One of `connectors` in config.json. */
export interface ConnectorConfig {
  readonly adapter: AdapterName
  readonly trader: TraderId
  /** Seconds from one reading to the next; null: as the adapter does. */
  readonly everySeconds: number | null
  /** Whether it reports the equity. */
  readonly reads: boolean
  /** Whether it blocks entries on the other side. */
  readonly acts: boolean
  /** Whether it may close positions where a decision asks for that. */
  readonly mayClose: boolean
  /** Only says what it would do. */
  readonly dryRun: boolean
  /** All that is written, for the adapter's own schema. */
  readonly written: Readonly<Record<string, unknown>>
  /** Paths of the files of secrets that variables name, by the name of the secret. */
  readonly secretFiles: Readonly<Record<string, string>>
}

export const connectorSettings = {
  ...address('connector', 'CONNECTOR', 'connector', 8084),
  dryRun: flag({
    file: 'connector.dry_run',
    variable: 'CONNECTOR_DRY_RUN',
    about: 'Whether connectors only say what they would report and do.',
    fallback: false,
  }),
  notesFolder: text({
    file: null,
    variable: 'CONNECTOR_NOTES_FOLDER',
    about: 'Where connectors remember what they blocked on other sides that cannot tell who did.',
    must: 'the path of a folder',
    fallback: 'data/connector',
    fallbackWords: '`data/connector`; `npm start` and Compose keep it with the data',
  }),
} as const satisfies Settings

const yesOrNo = Type.Optional(Type.Boolean({ description: 'true or false' }))

/** Fields of every connector; an adapter adds its own. */
export const COMMON_FIELDS = {
  adapter: Type.Enum([...ADAPTERS], { description: `one of ${ADAPTERS.map((one) => `"${one}"`).join(', ')}` }),
  trader: Type.Optional(Type.String({ description: 'the id of a trader like "bot1"' })),
  every_seconds: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 3600, description: 'a whole number of seconds, 1 to 3600' }),
  ),
  reads: yesOrNo,
  acts: yesOrNo,
  may_close: yesOrNo,
  dry_run: yesOrNo,
} as const

const CommonSchema = Type.Object(COMMON_FIELDS)
const checkCommon = compileCheck<Type.Static<typeof CommonSchema>>(CommonSchema)

/** The connectors of config.json. What an adapter's own fields say is checked by that adapter. */
export function readConnectors(
  source: Source,
  traders: Readonly<Record<TraderId, TraderConfig>>,
): Readonly<Record<string, ConnectorConfig>> {
  const { file, faults, env } = source
  const connectors: [string, ConnectorConfig][] = []
  for (const [name, message] of Object.entries(isObject(file.connectors) ? file.connectors : {})) {
    const where = `config.json, connectors.${name}`
    const connector = faults.take(where, readConnector(name, message, env), null)
    if (connector === null) continue
    const trader = traders[connector.trader]
    if (trader !== undefined && trader.source.kind !== 'http') {
      faults.add(where, `trader "${connector.trader}" has the source "${trader.source.kind}", which tells its equity`)
    }
    connectors.push([name, connector])
  }
  for (const fault of twiceRead(connectors)) faults.add('config.json, connectors', fault)
  return byName(connectors)
}

function readConnector(name: string, message: unknown, env: Environment): Parsed<ConnectorConfig | null> {
  const id = parseTraderId(name)
  if (!id.ok) return refused(id.reason.replace('trader id', 'the name of a connector,'))
  if (isObject(message) && typeof message.adapter === 'string') {
    const fault = adapterFault(message.adapter)
    if (fault !== null) return refused(fault)
  }
  const checked = checkCommon(message)
  if (!checked.ok) return checked
  const common = checked.value
  const trader = parseTraderId(common.trader ?? name)
  if (!trader.ok) return refused(`trader: ${trader.reason}`)
  const { reads = true, acts = true } = common
  if (!reads && !acts) return refused('reads and acts are both false, so that it would do nothing: remove one of them')
  return parsed({
    adapter: common.adapter,
    trader: trader.value,
    everySeconds: common.every_seconds ?? null,
    reads,
    acts,
    mayClose: common.may_close ?? false,
    dryRun: common.dry_run ?? false,
    written: message as Readonly<Record<string, unknown>>,
    secretFiles: secretFilesOf(name, env),
  })
}

/** Names that people try, of whom needs no connector. */
const METATRADER: readonly string[] = ['metatrader', 'metatrader5', 'mt5']
const NO_METATRADER =
  'MetaTrader 5 needs no connector: its Expert Advisor reports and asks by itself, as docs/connect/metatrader5.md shows; remove these lines'

function adapterFault(adapter: string): string | null {
  if ((ADAPTERS as readonly string[]).includes(adapter)) return null
  if (METATRADER.includes(adapter.toLowerCase())) return NO_METATRADER
  const near = nearestName(adapter, ADAPTERS)
  const known = `known adapters: ${ADAPTERS.join(', ')}`
  return near === null
    ? `adapter ${describe(adapter)} is not known (${known})`
    : `adapter ${describe(adapter)} is not known, did you mean "${near}"? (${known})`
}

/** A trader has one account, so one connector tells its equity; any number of them may act. */
function twiceRead(connectors: readonly (readonly [string, ConnectorConfig])[]): readonly string[] {
  const readers = new Map<TraderId, string>()
  const faults: string[] = []
  for (const [name, { trader, reads }] of connectors) {
    if (!reads) continue
    const first = readers.get(trader)
    if (first === undefined) readers.set(trader, name)
    else {
      const mend = 'set "reads": false for one of them, or another trader'
      faults.push(`"${first}" and "${name}" both report the equity of trader "${trader}": ${mend}`)
    }
  }
  return faults
}

/** The beginning of the variables of a connector: its name in capitals, with `_` in place of other characters. */
export function connectorPrefix(name: string): string {
  return `CONNECTOR_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_`
}

function secretFilesOf(name: string, env: Environment): Readonly<Record<string, string>> {
  const prefix = connectorPrefix(name)
  const suffix = '_FILE'
  return Object.fromEntries(
    Object.keys(env).flatMap((one) => {
      const path = variable(env, one)
      if (path === undefined || !one.startsWith(prefix) || !one.endsWith(suffix)) return []
      return [[one.slice(prefix.length, -suffix.length).toLowerCase(), path]]
    }),
  )
}
