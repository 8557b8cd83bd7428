import {
  type ConfigEvent,
  DEFAULT_LIMITS,
  type FlagsChange,
  type GlobalLimitsChange,
  type Instant,
  type LimitOverrides,
  type Limits,
  type TraderId,
} from '@drawbridge/contracts'

/** Limits with what the rules need at hand of them. */
export interface ResolvedLimits extends Limits {
  /** Names the time base and the daily reset; a trader whose state names another works out its next reset anew. */
  readonly clock: string
}

/** What holds for all traders from one configuration input to the next. */
export interface Configuration {
  /** Stream sequence of the input that made it; 0: built in. */
  readonly version: number
  readonly enforcement: boolean
  readonly persistence: boolean
  readonly defaults: ResolvedLimits
  readonly traders: ReadonlyMap<TraderId, ResolvedLimits>
  readonly traderOverrides: Readonly<Record<TraderId, LimitOverrides>>
  /** Ticks of new traders beyond this many are refused. */
  readonly maxTraders: number
}

export const DEFAULT_MAX_TRADERS = 10_000
/** An event holds the limits of all traders; NATS takes messages of 1 MiB with their headers. What makes a longer one is refused. */
export const CONFIG_EVENT_BYTES_MAX = 1_000_000

/** In force until the log brings another. */
export const BUILT_IN_CONFIGURATION: Configuration = {
  version: 0,
  enforcement: true,
  persistence: true,
  defaults: resolve(DEFAULT_LIMITS),
  traders: new Map(),
  traderOverrides: {},
  maxTraders: DEFAULT_MAX_TRADERS,
}

/** The event that a change of flags or limits makes: the whole of what is then in force. */
export function decideConfiguration(
  configuration: Configuration,
  change: FlagsChange | GlobalLimitsChange,
  seq: number,
  time: Instant,
): ConfigEvent {
  const envelope = { inputSeq: seq, recordedAt: time, reason: change.reason, by: change.by }
  switch (change.kind) {
    case 'flags':
      return {
        ...envelope,
        kind: 'flags',
        enforcement: change.enforcement ?? configuration.enforcement,
        persistence: change.persistence ?? configuration.persistence,
      }
    case 'limits': {
      const { clock: _clock, ...defaults } = configuration.defaults
      const traders = new Map(Object.entries(configuration.traderOverrides))
      for (const [trader, limits] of Object.entries(change.traders)) {
        traders.set(trader, { ...traders.get(trader), ...limits })
      }
      return {
        ...envelope,
        kind: 'limits',
        defaults: { ...defaults, ...change.limits },
        traders: Object.fromEntries(traders),
        maxTraders: change.maxTraders ?? configuration.maxTraders,
      }
    }
    default:
      return change satisfies never
  }
}

/** The configuration after an event. */
export function applyConfiguration(configuration: Configuration, event: ConfigEvent): Configuration {
  const version = Math.max(configuration.version, event.inputSeq)
  switch (event.kind) {
    case 'flags':
      return { ...configuration, version, enforcement: event.enforcement, persistence: event.persistence }
    case 'limits': {
      const traders = new Map<TraderId, ResolvedLimits>()
      for (const [trader, overrides] of Object.entries(event.traders)) {
        traders.set(trader, resolve({ ...event.defaults, ...overrides }))
      }
      return {
        ...configuration,
        version,
        defaults: resolve(event.defaults),
        traders,
        traderOverrides: event.traders,
        maxTraders: event.maxTraders,
      }
    }
    default:
      return event satisfies never
  }
}

function resolve(limits: Limits): ResolvedLimits {
  return { ...limits, clock: `${limits.timeBase} ${limits.resetTime} ${limits.resetTimeZone}` }
}

/** Remembers the last merge of a trader's own limits; the answer depends on nothing else. */
const merged = new WeakMap<LimitOverrides, { readonly base: Limits; readonly limits: ResolvedLimits }>()

/** What a trader is judged by: its own limits over the configured ones of this trader over the defaults. */
export function limitsOf(configuration: Configuration, trader: TraderId, own: LimitOverrides | null): ResolvedLimits {
  const base = configuration.traders.get(trader) ?? configuration.defaults
  if (own === null) return base
  const known = merged.get(own)
  if (known !== undefined && known.base === base) return known.limits
  const limits = resolve({ ...base, ...own })
  merged.set(own, { base, limits })
  return limits
}
