import type {
  ConfigEvent,
  FlagsChange,
  GlobalLimitsChange,
  Instant,
  LimitOverrides,
  PendingChange,
  TraderId,
} from '@drawbridge/contracts'
import { type Configuration, inForceAt } from './configuration.ts'
import { isEmpty, loosenedAt, splitChange, without } from './loosening.ts'
import { unresolved } from './resolved-limits.ts'

/** An event holds the limits of all traders; NATS takes messages of 1 MiB with their headers. What makes a longer one is refused. */
export const CONFIG_EVENT_BYTES_MAX = 1_000_000

/** The event that a change of flags or limits makes: the whole of what is then in force, and of what waits. */
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
    case 'limits':
      return { ...envelope, kind: 'limits', ...changeLimits(inForceAt(configuration, time), change, time) }
    default:
      return change satisfies never
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
