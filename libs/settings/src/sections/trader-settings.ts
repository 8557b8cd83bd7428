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
import { byName } from './by-name.ts'
import { withPreset } from './limit-settings.ts'
import { isObject, type Source } from './read-settings.ts'
import { integer } from './setting.ts'

/** Where a trader's equity comes from. */
export type TraderSource =
  /** Posted by the bot to `/api/traders/<id>/equity`, or published on NATS by any program. */
  | { readonly kind: 'http' }
  /** A file of daily bars through a paper account. */
  | { readonly kind: 'replay'; readonly strategy: 'hold' | 'sma'; readonly file: string | null; readonly units: number }
  /** The sum of other traders. */
  | SumSource

export interface SumSource {
  readonly kind: 'sum'
  /** Its members. */
  readonly of: readonly TraderId[]
  /** The sum is taken so long after the first member that reported, if not all have by then; milliseconds. */
  readonly settleMs: number
}

/** What people sort accounts by; the rules know nothing of it. */
export interface AboutTrader {
  readonly group: string | null
  readonly tags: readonly string[]
  /** Whether its money is not real; of a replay it never is. */
  readonly paper: boolean
}

export interface TraderConfig {
  readonly source: TraderSource
  /** Its gate opens only while those of these traders are open. */
  readonly obeys: readonly TraderId[]
  readonly limits: LimitOverrides
  readonly about: AboutTrader
}

/** So many traders a sum may have, and a trader may obey. */
const GROUP_MAX = 100
const SETTLE_MS = 5_000

export const tradersSettings = {
  max: integer<number | null>({
    file: 'max_traders',
    variable: null,
    about: 'Maximum number of traders; initial value.',
    min: 1,
    max: 1_000_000,
    fallback: null,
    fallbackWords: '10000',
  }),
} as const

const groupList = Type.Array(Type.String(), {
  minItems: 1,
  maxItems: GROUP_MAX,
  description: `a list of 1 to ${GROUP_MAX} traders like ["bot1", "bot2"]`,
})

/** One of `traders` in config.json. */
export const TraderSchema = Type.Object(
  {
    source: Type.Optional(Type.Enum(['http', 'replay', 'sum'], { description: '"http", "replay" or "sum"' })),
    strategy: Type.Optional(Type.Enum(['hold', 'sma'], { description: '"hold" or "sma"' })),
    file: Type.Optional(
      Type.String({ minLength: 1, description: 'the path of a CSV file of date,open,high,low,close' }),
    ),
    units: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'a whole number, 1 to 1000000' })),
    of: Type.Optional(groupList),
    settle_ms: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 60_000, description: 'a whole number of milliseconds, 0 to 60000' }),
    ),
    obeys: Type.Optional(groupList),
    preset: Type.Optional(Type.String({ minLength: 1, description: 'the name of a preset like "topstep-50k"' })),
    limits: Type.Optional(Type.Object({}, { description: 'an object of limits' })),
    group: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'a name of 1 to 64 characters' })),
    tags: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
        maxItems: 16,
        description: 'a list of at most 16 names of 1 to 64 characters',
      }),
    ),
    paper: Type.Optional(Type.Boolean({ description: 'true or false' })),
  },
  { additionalProperties: false },
)

const checkTrader = compileCheck<Type.Static<typeof TraderSchema>>(TraderSchema)

/** The traders of config.json. */
export function readTraders(source: Source): Readonly<Record<TraderId, TraderConfig>> {
  const { file, faults } = source
  const traders: [TraderId, TraderConfig][] = []
  for (const [name, message] of Object.entries(isObject(file.traders) ? file.traders : {})) {
    const id = faults.take('config.json, traders', parseTraderId(name), '')
    const where = `config.json, traders.${name}`
    const trader = faults.take(where, readTrader(message), null)
    const preset = isObject(message) ? message.preset : null
    const limits = withPreset(source, where, preset, trader?.limits ?? {})
    if (id !== '' && trader !== null) traders.push([id, { ...trader, limits }])
  }
  return byName(traders)
}

function readTrader(message: unknown): Parsed<TraderConfig | null> {
  const checked = checkTrader(message)
  if (!checked.ok) return checked
  const { limits: limitsMessage = {}, obeys = [] } = checked.value
  const limits = parseLimits(limitsMessage as LimitsMessage)
  if (!limits.ok) return refused(inLimits(limits.reason))
  const fault = foreignFields(checked.value)
  if (fault !== null) return refused(fault)
  const source = readSource(checked.value)
  if (!source.ok) return source
  const { group = null, tags = [], paper = source.value.kind === 'replay' } = checked.value
  if (source.value.kind === 'replay' && !paper) return refused('paper must be true: the money of a replay is not real')
  const about = { group, tags, paper }
  return parsed({ source: source.value, obeys, limits: limitsFor(source.value, limits.value), about })
}

type TraderMessage = Type.Static<typeof TraderSchema>

/** Fields that belong to other sources; null: there are none. */
function foreignFields({ source = 'http', strategy, file, units, of, settle_ms: settleMs, obeys }: TraderMessage) {
  if (source !== 'replay' && (strategy !== undefined || file !== undefined || units !== undefined)) {
    return 'strategy, file and units belong to the source "replay"'
  }
  if (source !== 'sum' && (of !== undefined || settleMs !== undefined)) {
    return 'of and settle_ms belong to the source "sum"'
  }
  // A replay that starts again repeats what its own log says.
  return source === 'replay' && obeys !== undefined ? 'obeys belongs to the sources "http" and "sum"' : null
}

function readSource(message: TraderMessage): Parsed<TraderSource> {
  const { source = 'http', strategy, file, units, of, settle_ms: settleMs } = message
  switch (source) {
    case 'http':
      return parsed({ kind: 'http' })
    case 'replay':
      if (strategy === undefined) return refused('strategy is missing: a replay needs "hold" or "sma"')
      return parsed({ kind: 'replay', strategy, file: file ?? null, units: units ?? 100 })
    case 'sum':
      if (of === undefined) return refused('of is missing: a sum needs its traders, like ["bot1", "bot2"]')
      return parsed({ kind: 'sum', of, settleMs: settleMs ?? SETTLE_MS })
    default:
      return source satisfies never
  }
}

function limitsFor(source: TraderSource, limits: LimitOverrides): LimitOverrides {
  switch (source.kind) {
    case 'http':
      return limits
    case 'replay':
      // A replay that is finished is silent for good.
      return { staleAfterSeconds: null, ...limits }
    case 'sum':
      // A deposit of a member is no profit of the sum.
      return { netDeposits: true, ...limits }
    default:
      return source satisfies never
  }
}

/** Says of each fault that it is one of the limits. */
function inLimits(reason: string): string {
  return reason
    .split('; ')
    .map((fault) => `limits: ${fault}`)
    .join('; ')
}
