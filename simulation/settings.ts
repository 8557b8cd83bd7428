import type { TraderId } from '@drawbridge/contracts'
import { Random } from '@drawbridge/testing/random'

/** The settings of a run, derived from its seed. */
export interface Settings {
  readonly seed: number
  readonly guardians: number
  readonly persisters: number
  /** The traders of each process of bots. */
  readonly bots: readonly (readonly TraderId[])[]
  /** Traders that are judged by the time of their ticks. */
  readonly eventTime: ReadonlySet<TraderId>
  /** The lease of the gates, milliseconds. */
  readonly leaseMs: number
  /** The most that a frame takes without a fault, milliseconds. */
  readonly networkMaxMs: number
  /** How long there is traffic, milliseconds. */
  readonly trafficMs: number
  /** Mean time between faults, milliseconds. */
  readonly faultEveryMs: number
  /** Mean time between actions of operators, milliseconds. */
  readonly operatorEveryMs: number
  /** Mean time between ticks of a trader, milliseconds. */
  readonly tickEveryMs: number
  readonly batchSize: number
  readonly flushIntervalMs: number
  /** The database refuses each event with a version that is a multiple of it; null: none. */
  readonly refusedEvery: number | null
  /** Milliseconds since 1970. */
  readonly startsAt: number
  readonly maxTraders: number
  /** A trader without a tick for this long is silent; null: silence is not judged. */
  readonly staleAfterSeconds: number | null
  /** How long a loosening of limits waits, minutes; the initial setting. */
  readonly loosenAfterMinutes: number
  /** How long the run goes on after the traffic, without input from outside, milliseconds. */
  readonly restMs: number
  /** How many of the newest events a guardian reads before it judges. */
  readonly readAtOnce: number
  /** So many inputs of a trader wait: their events are stored in batches. */
  readonly batchFrom: number
}

const MORNING = Date.UTC(2026, 2, 12, 9)
const BEFORE_MIDNIGHT = Date.UTC(2026, 2, 12, 23, 59)
const DAY_MS = 24 * 3_600_000

export function settingsOf(seed: number): Settings {
  const random = Random.of(seed, 'settings')
  const traders = Array.from({ length: random.between(2, 5) }, (_, index) => `bot${index + 1}`)
  const bots = [traders.slice(0, 2), traders.slice(2)].filter((some) => some.length > 0)
  const crosses = random.chance(0.2)
  return {
    seed,
    guardians: random.between(1, 3),
    persisters: random.between(1, 2),
    bots,
    eventTime: new Set(traders.filter(() => random.chance(0.15))),
    leaseMs: random.pick([3_000, 5_000, 10_000]),
    networkMaxMs: random.pick([1, 2, 2, 5, 25]),
    trafficMs: random.between(12, 45) * 1_000,
    faultEveryMs: random.pick([60_000, 10_000, 5_000, 2_500, 1_200]),
    operatorEveryMs: random.pick([400, 1_500, 5_000]),
    tickEveryMs: random.pick([300, 900, 2_000]),
    batchSize: random.pick([1, 5, 100, 1_000]),
    flushIntervalMs: random.pick([20, 200]),
    refusedEvery: random.chance(0.2) ? random.between(3, 12) : null,
    startsAt: (crosses ? BEFORE_MIDNIGHT : MORNING) + random.between(0, 300) * DAY_MS + random.between(0, 50_000),
    maxTraders: random.chance(0.3) ? random.between(1, traders.length) : 1_000,
    readAtOnce: random.pick([0, 3, 1_000]),
    staleAfterSeconds: random.pick([null, 1, 2, 5]),
    loosenAfterMinutes: random.pick([0, 0, 1]),
    // Sometimes long enough for a loosening to take effect.
    restMs: random.chance(0.2) ? 70_000 : 8_000,
    batchFrom: random.pick([2, 3, 64]),
  }
}
