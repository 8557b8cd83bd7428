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
import { withPreset } from './limit-settings.ts'
import { isObject, type Source } from './read-settings.ts'
import { integer } from './setting.ts'

/** Where a trader's equity comes from. */
export type TraderSource =
  /** Posted by the bot to `/api/traders/<id>/equity`, or published on NATS by any program. */
  | { readonly kind: 'http' }
  /** A file of daily bars through a paper account. */
  | { readonly kind: 'replay'; readonly strategy: 'hold' | 'sma'; readonly file: string | null; readonly units: number }

export interface TraderConfig {
  readonly source: TraderSource
  readonly limits: LimitOverrides
}

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

/** One of `traders` in config.json. */
export const TraderSchema = Type.Object(
  {
    source: Type.Optional(Type.Enum(['http', 'replay'], { description: '"http" or "replay"' })),
    strategy: Type.Optional(Type.Enum(['hold', 'sma'], { description: '"hold" or "sma"' })),
    file: Type.Optional(
      Type.String({ minLength: 1, description: 'the path of a CSV file of date,open,high,low,close' }),
    ),
    units: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'a whole number, 1 to 1000000' })),
    preset: Type.Optional(Type.String({ minLength: 1, description: 'the name of a preset like "topstep-50k"' })),
    limits: Type.Optional(Type.Object({}, { description: 'an object of limits' })),
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
  return Object.fromEntries(traders)
}

function readTrader(message: unknown): Parsed<TraderConfig | null> {
  const checked = checkTrader(message)
  if (!checked.ok) return checked
  const { source = 'http', strategy, file, units, limits: limitsMessage = {} } = checked.value
  const limits = parseLimits(limitsMessage as LimitsMessage)
  if (!limits.ok) return refused(inLimits(limits.reason))
  if (source === 'http') {
    if (strategy !== undefined || file !== undefined || units !== undefined) {
      return refused('strategy, file and units belong to the source "replay"')
    }
    return parsed({ source: { kind: 'http' }, limits: limits.value })
  }
  if (strategy === undefined) return refused('strategy is missing; a replay needs "hold" or "sma"')
  return parsed({
    source: { kind: 'replay', strategy, file: file ?? null, units: units ?? 100 },
    // A replay that is finished is silent for good.
    limits: { staleAfterSeconds: null, ...limits.value },
  })
}

/** Says of each fault that it is one of the limits. */
function inLimits(reason: string): string {
  return reason
    .split('; ')
    .map((fault) => `limits: ${fault}`)
    .join('; ')
}
