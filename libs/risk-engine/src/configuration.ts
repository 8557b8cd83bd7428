import {
  type Amount,
  type ConfigEvent,
  DEFAULT_LIMITS,
  type Instant,
  type LimitOverrides,
  type Limits,
  mergeLimits,
  type PauseOfAll,
  type PendingChange,
  type TraderId,
} from '@drawbridge/contracts/pure'
import { exactText } from './exact-text.ts'
import { type Definitions, definitionsOf } from './limits/definitions.ts'
import { definitionOf } from './limits/judged-limit.ts'
import { type Share, shareOf } from './share.ts'

/** Limits with what the rules need at hand. */
export interface ResolvedLimits extends Limits {
  /** Names the time base and the daily reset; a trader whose state names another finds its next reset again. */
  readonly clock: string
  readonly definitions: Definitions
  /** Names the definitions and the initial balance: other limits have another key. */
  readonly key: string
  /** The percentage of `confirmJump` in lowest terms; null: every reading counts at once. */
  readonly jump: Share | null
  /** Whether a limit needs the balance of readings. */
  readonly usesBalance: boolean
}

export function resolve(limits: Limits): ResolvedLimits {
  const definitions = definitionsOf(limits)
  return {
    ...limits,
    clock: clockOf(limits),
    definitions,
    key: keyOf(definitions, limits.initialBalance),
    jump: limits.confirmJump === null ? null : shareOf(limits.confirmJump.percent),
    usesBalance: definitions.limits.some((limit) => limit.usesBalance),
  }
}

/** A short text that differs where limits do: an FNV-1a hash of 64 bits of all their parameters, in two halves. */
function keyOf({ limits, incomplete }: Definitions, initialBalance: Amount | null): string {
  const text = exactText([limits.map(definitionOf), [...incomplete], initialBalance])
  let low = 0x811c9dc5
  let high = 0xcbf29ce4
  for (let at = 0; at < text.length; at += 1) {
    low = Math.imul(low ^ text.charCodeAt(at), 0x01000193)
    high = Math.imul(high ^ text.charCodeAt(text.length - 1 - at), 0x01000193)
  }
  return [high, low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}

function clockOf({ timeBase, resetTime, resetTimeZone, weekStarts }: Limits): string {
  const week = weekStarts === 'monday' ? '' : ` ${weekStarts}`
  return `${timeBase} ${resetTime} ${resetTimeZone}${week}`
}

/** The limits alone. */
export function unresolved(resolved: ResolvedLimits): Limits {
  const {
    clock: _clock,
    definitions: _definitions,
    key: _key,
    jump: _jump,
    usesBalance: _usesBalance,
    ...limits
  } = resolved
  return limits
}

/** What holds for all traders from one configuration input to the next. */
export interface Configuration {
  /** Stream sequence of the input that made it; 0: built in. */
  readonly version: number
  readonly enforcement: boolean
  readonly persistence: boolean
  /** Null: not all traders are paused. One whose end has passed holds nobody. */
  readonly pauseOfAll: PauseOfAll | null
  readonly defaults: ResolvedLimits
  readonly traders: ReadonlyMap<TraderId, ResolvedLimits>
  readonly traderOverrides: Readonly<Record<TraderId, LimitOverrides>>
  /** Changes that take effect later without another input, in order of time. */
  readonly pending: readonly PendingChange[]
  /** Ticks of new traders beyond this many are refused. */
  readonly maxTraders: number
}

const DEFAULT_MAX_TRADERS = 10_000

/** In force until the log brings another. */
export const BUILT_IN_CONFIGURATION: Configuration = {
  version: 0,
  enforcement: true,
  persistence: true,
  pauseOfAll: null,
  defaults: resolve(DEFAULT_LIMITS),
  traders: new Map(),
  traderOverrides: {},
  pending: [],
  maxTraders: DEFAULT_MAX_TRADERS,
}

/** The configuration after an event. */
export function applyConfiguration(configuration: Configuration, event: ConfigEvent): Configuration {
  const version = Math.max(configuration.version, event.inputSeq)
  switch (event.kind) {
    case 'flags':
      return { ...withFlags(configuration, event), version }
    case 'limits': {
      const { defaults, traders, pending, maxTraders } = event
      return { ...configuration, version, ...limitsInForce(defaults, traders), pending, maxTraders }
    }
    default:
      return event satisfies never
  }
}

/** The configuration with the flags of an event, of the version that it had. */
export function withFlags(
  configuration: Configuration,
  { enforcement, persistence, pauseOfAll }: Extract<ConfigEvent, { kind: 'flags' }>,
): Configuration {
  return { ...configuration, enforcement, persistence, pauseOfAll: pauseOfAll ?? null }
}

type LimitsInForce = Pick<Configuration, 'defaults' | 'traders' | 'traderOverrides'>

function limitsInForce(defaults: Limits, traderOverrides: Configuration['traderOverrides']): LimitsInForce {
  const traders = new Map<TraderId, ResolvedLimits>()
  for (const [trader, overrides] of Object.entries(traderOverrides)) {
    traders.set(trader, resolve(mergeLimits(defaults, overrides)))
  }
  return { defaults: resolve(defaults), traders, traderOverrides }
}

/** The latest results for a configuration, by the number of its pending changes that are due. */
const advanced = new WeakMap<Configuration, Map<number, Configuration>>()
/** All traders are judged at nearly the same time: before or after one change. */
const ADVANCED_MAX = 2

/** The same configuration at a JetStream time: with the pending changes that are due by then in force. */
export function inForceAt(configuration: Configuration, time: Instant): Configuration {
  const { pending } = configuration
  let due = 0
  for (const { at } of pending) if (at <= time) due += 1
  if (due === 0) return configuration
  const known = advanced.get(configuration) ?? new Map<number, Configuration>()
  let advancedBy = known.get(due)
  if (advancedBy === undefined) {
    advancedBy = advance(configuration, due)
    if (known.size >= ADVANCED_MAX) known.clear()
    known.set(due, advancedBy)
    advanced.set(configuration, known)
  }
  return advancedBy
}

function advance(configuration: Configuration, due: number): Configuration {
  let defaults: Limits = unresolved(configuration.defaults)
  const traders = new Map(Object.entries(configuration.traderOverrides))
  for (const change of configuration.pending.slice(0, due)) {
    defaults = mergeLimits(defaults, change.defaults)
    for (const [trader, limits] of Object.entries(change.traders)) {
      traders.set(trader, mergeLimits(traders.get(trader) ?? {}, limits))
    }
  }
  return {
    ...configuration,
    ...limitsInForce(defaults, Object.fromEntries(traders)),
    pending: configuration.pending.slice(due),
  }
}

/** Remembers the last merge of a trader's own limits; the answer depends on nothing else. */
const merged = new WeakMap<LimitOverrides, { readonly base: Limits; readonly limits: ResolvedLimits }>()

/**
 * What a trader is judged by at a JetStream time: its own limits over the configured ones of this trader over the
 * defaults.
 */
export function limitsOf(
  configuration: Configuration,
  trader: TraderId,
  own: LimitOverrides | null,
  time: Instant,
): ResolvedLimits {
  const { traders, defaults } = configuration.pending.length === 0 ? configuration : inForceAt(configuration, time)
  const base = traders.get(trader) ?? defaults
  if (own === null) return base
  const known = merged.get(own)
  if (known !== undefined && known.base === base) return known.limits
  const limits = resolve(mergeLimits(unresolved(base), own))
  merged.set(own, { base, limits })
  return limits
}
