import {
  authorOf,
  type ConfigEvent,
  encodeConfigEvent,
  type FlagsBefore,
  type FlagsChange,
  type GlobalLimitsChange,
  type Instant,
  type LimitOverrides,
  type LimitsBefore,
  type Parsed,
  type PendingChange,
  parsed,
  refused,
  type TraderId,
  total,
} from '@drawbridge/contracts'
import { type Configuration, inForceAt, unresolved } from './configuration.ts'
import { isEmpty, loosenedAt, splitChange, valuesOf, without } from './loosening.ts'

/** An event holds the limits of all traders; NATS takes messages of 1 MiB with their headers. What makes a longer one is refused. */
export const CONFIG_EVENT_BYTES_MAX = 1_000_000

/**
 * The event that a change of flags or limits makes: the whole of what is then in force and of what waits, and what was
 * in force before of what the change names. Where that makes it too long, it is left out: a change is taken or refused
 * as it was before events said it.
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
    case 'flags':
      return {
        ...envelope,
        kind: 'flags',
        enforcement: change.enforcement ?? before.enforcement,
        persistence: change.persistence ?? before.persistence,
        previous: flagsBefore(before, change),
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

/** As {@link decideConfiguration}. What is too long is refused, and so is what the rules throw at: by all guardians alike. */
export const decideChange = total(decideWithinBounds)

function decideWithinBounds(...args: Parameters<typeof decideConfiguration>): Parsed<ConfigEvent> {
  const event = decideConfiguration(...args)
  const { length } = encodeConfigEvent(event)
  if (length <= CONFIG_EVENT_BYTES_MAX) return parsed(event)
  return refused(`all limits would take ${length} bytes; ${CONFIG_EVENT_BYTES_MAX} are possible`)
}

function flagsBefore({ enforcement, persistence }: Configuration, change: FlagsChange): FlagsBefore {
  return {
    ...(change.enforcement === null ? {} : { enforcement }),
    ...(change.persistence === null ? {} : { persistence }),
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

/** What tightens takes force at once, what loosens when it has waited; each judged by what was in force before all of it. */
function changeLimits(before: Configuration, change: GlobalLimitsChange, time: Instant): LimitsContent {
  const defaults = unresolved(before.defaults)
  const pending = new PendingChanges(before.pending, change)
  const forAll = splitChange(change.limits, defaults)
  pending.addDefaults(loosenedAt(time, defaults), forAll.pending)
  const traders = new Map(Object.entries(before.traderOverrides))
  for (const [trader, limits] of Object.entries(change.traders)) {
    const own = traders.get(trader)
    const from = { ...defaults, ...own }
    const split = splitChange(limits, from)
    traders.set(trader, { ...own, ...split.now })
    pending.addTrader(loosenedAt(time, from), trader, split.pending)
  }
  return {
    defaults: { ...defaults, ...forAll.now },
    traders: Object.fromEntries(traders),
    maxTraders: change.maxTraders ?? before.maxTraders,
    pending: pending.all(),
  }
}

/** What waits, by its time. */
class PendingChanges {
  readonly #changes = new Map<Instant, { defaults: LimitOverrides; readonly traders: Map<TraderId, LimitOverrides> }>()

  /** @param change takes the place of what waited of the same fields */
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
    known.defaults = { ...known.defaults, ...limits }
  }

  addTrader(at: Instant, trader: TraderId, limits: LimitOverrides): void {
    if (isEmpty(limits)) return
    const { traders } = this.#of(at)
    traders.set(trader, { ...traders.get(trader), ...limits })
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
