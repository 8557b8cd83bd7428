import {
  authorOf,
  type ConfigEvent,
  encodeConfigEvent,
  type FlagsBefore,
  type FlagsChange,
  type GlobalLimitsChange,
  type Instant,
  type LimitOverrides,
  type Limits,
  type LimitsBefore,
  mergeLimits,
  type Parsed,
  type PendingChange,
  parsed,
  refused,
  type TraderId,
  total,
} from '@drawbridge/contracts'
import { type Configuration, inForceAt, unresolved } from './configuration.ts'
import { definitionsOf, tooManyLimits } from './limits/definitions.ts'
import { isEmpty, loosenedAt, splitChange, valuesOf, without } from './loosening.ts'
import { pauseOfAllAfter, pauseOfAllRefusal } from './pause-of-all.ts'

/** An event holds the limits of all traders; NATS takes messages of 1 MiB with their headers. A longer event is refused. */
export const CONFIG_EVENT_BYTES_MAX = 1_000_000

/**
 * The event of a change of flags or limits: everything that is then in force or pending, and the previous values of what
 * the change names. If these make it too long, they are omitted: whether a change is accepted does not depend on them.
 */
export function decideConfiguration(
  configuration: Configuration,
  change: FlagsChange | GlobalLimitsChange,
  seq: number,
  time: Instant,
): ConfigEvent {
  const envelope = { inputSeq: seq, recordedAt: time, reason: change.reason, ...authorOf(change) }
  const before = inForceAt(configuration, time)
  switch (change.kind) {
    case 'flags': {
      const pauseOfAll = pauseOfAllAfter(before.pauseOfAll, change, time)
      return {
        ...envelope,
        kind: 'flags',
        enforcement: change.enforcement ?? before.enforcement,
        persistence: change.persistence ?? before.persistence,
        ...(pauseOfAll === null ? {} : { pauseOfAll }),
        previous: flagsBefore(before, change),
      }
    }
    case 'limits': {
      const event = { ...envelope, kind: 'limits', ...changeLimits(before, change, time), previous: null } as const
      const whole = { ...event, previous: limitsBefore(before, change) }
      return encodeConfigEvent(whole).length <= CONFIG_EVENT_BYTES_MAX ? whole : event
    }
    default:
      return change satisfies never
  }
}

/** As {@link decideConfiguration}. If the event is too long, or the rules throw, every guardian refuses the change. */
export const decideChange = total(decideWithinBounds)

function decideWithinBounds(...args: Parameters<typeof decideConfiguration>): Parsed<ConfigEvent> {
  const refusal = refusalOf(...args)
  if (refusal !== null) return refused(refusal)
  const event = decideConfiguration(...args)
  const { length } = encodeConfigEvent(event)
  if (length <= CONFIG_EVENT_BYTES_MAX) return parsed(event)
  return refused(`all limits would take ${length} bytes; ${CONFIG_EVENT_BYTES_MAX} are possible`)
}

/** Why a change cannot be, as for too many limits, or the first that it names and that would lack a part; null: it can. */
function refusalOf(
  configuration: Configuration,
  change: FlagsChange | GlobalLimitsChange,
  _seq: number,
  time: Instant,
): string | null {
  if (change.kind === 'flags') return pauseOfAllRefusal(configuration.pauseOfAll, change, time)
  const before = inForceAt(configuration, time)
  const defaults = mergeLimits(unresolved(before.defaults), change.limits)
  const ofAll = faultOf(unresolved(before.defaults), defaults, change.limits)
  if (ofAll !== null) return ofAll
  for (const [trader, limits] of Object.entries(change.traders)) {
    const known = before.traderOverrides[trader] ?? {}
    const fault = faultOf(mergeLimits(defaults, known), mergeLimits(defaults, mergeLimits(known, limits)), limits)
    if (fault !== null) return `traders.${trader}: ${fault}`
  }
  return null
}

function faultOf(before: Limits, after: Limits, change: LimitOverrides): string | null {
  const definitions = definitionsOf(after)
  const tooMany = tooManyLimits(definitionsOf(before), definitions)
  if (tooMany !== null) return tooMany
  for (const name of Object.keys(change.named ?? {})) {
    const missing = definitions.incomplete.get(name)
    if (missing !== undefined) return `limits.${name}: ${missing}`
  }
  return null
}

function flagsBefore({ enforcement, persistence, pauseOfAll }: Configuration, change: FlagsChange): FlagsBefore {
  return {
    ...(change.enforcement === null ? {} : { enforcement }),
    ...(change.persistence === null ? {} : { persistence }),
    ...(change.pauseAll === undefined ? {} : { pauseOfAll }),
  }
}

function limitsBefore(before: Configuration, { limits, traders, maxTraders }: GlobalLimitsChange): LimitsBefore {
  return {
    defaults: valuesOf(before.defaults, limits),
    traders: Object.fromEntries(
      Object.entries(traders).map(([trader, named]) => [
        trader,
        valuesOf(before.traders.get(trader) ?? before.defaults, named),
      ]),
    ),
    maxTraders: maxTraders === null ? null : before.maxTraders,
  }
}

type LimitsContent = Pick<Extract<ConfigEvent, { kind: 'limits' }>, 'defaults' | 'traders' | 'maxTraders' | 'pending'>

/** What tightens takes effect at once, what loosens after a wait; both are judged by what was in force before the change. */
function changeLimits(before: Configuration, change: GlobalLimitsChange, time: Instant): LimitsContent {
  const defaults = unresolved(before.defaults)
  const pending = new PendingChanges(before.pending, change)
  const forAll = splitChange(change.limits, defaults)
  pending.addDefaults(loosenedAt(time, defaults), forAll.pending)
  const traders = new Map(Object.entries(before.traderOverrides))
  for (const [trader, limits] of Object.entries(change.traders)) {
    const own = traders.get(trader)
    const from = mergeLimits(defaults, own ?? {})
    const split = splitChange(limits, from)
    traders.set(trader, mergeLimits(own ?? {}, split.now))
    pending.addTrader(loosenedAt(time, from), trader, split.pending)
  }
  return {
    defaults: mergeLimits(defaults, forAll.now),
    traders: Object.fromEntries(traders),
    maxTraders: change.maxTraders ?? before.maxTraders,
    pending: pending.all(),
  }
}

/** Pending changes, by their time. */
class PendingChanges {
  readonly #changes = new Map<Instant, { defaults: LimitOverrides; readonly traders: Map<TraderId, LimitOverrides> }>()

  /** @param change replaces pending changes of the same fields */
  constructor(before: readonly PendingChange[], change: GlobalLimitsChange) {
    for (const { at, defaults, traders } of before) {
      this.addDefaults(at, without(defaults, change.limits))
      const named = new Map(Object.entries(change.traders))
      for (const [trader, limits] of Object.entries(traders)) {
        this.addTrader(at, trader, without(limits, named.get(trader) ?? {}))
      }
    }
  }

  addDefaults(at: Instant, limits: LimitOverrides): void {
    if (isEmpty(limits)) return
    const known = this.#of(at)
    known.defaults = mergeLimits(known.defaults, limits)
  }

  addTrader(at: Instant, trader: TraderId, limits: LimitOverrides): void {
    if (isEmpty(limits)) return
    const { traders } = this.#of(at)
    traders.set(trader, mergeLimits(traders.get(trader) ?? {}, limits))
  }

  all(): PendingChange[] {
    return [...this.#changes]
      .sort(([a], [b]) => a - b)
      .map(([at, { defaults, traders }]) => ({ at, defaults, traders: Object.fromEntries(traders) }))
  }

  #of(at: Instant) {
    const known = this.#changes.get(at)
    if (known !== undefined) return known
    const made = { defaults: {}, traders: new Map<TraderId, LimitOverrides>() }
    this.#changes.set(at, made)
    return made
  }
}
