import type { GateFollower, TraderLink } from '@drawbridge/client'
import type { TraderId } from '@drawbridge/contracts'
import { HttpFault } from '@drawbridge/service-kit'
import type { Config } from '@drawbridge/settings'
import { type ConfiguredTraders, openTrader, type RunningTrader } from './traders.ts'

/** A gate that is asked again within this time keeps what it knows of readings that are not judged yet. */
const UNUSED_AFTER_MS = 60_000

interface Parts {
  readonly config: Config
  readonly configured: ConfiguredTraders
  readonly link: TraderLink
  readonly follower: Pick<GateFollower, 'add' | 'remove'>
}

/** A trader that came by a request, and when it was asked for last, of `performance.now()`. */
interface Guest {
  readonly trader: RunningTrader
  usedAt: number
}

/**
 * The traders of this process. One that config.json does not name is admitted when a request names it, as it would be by
 * NATS: guardians decide whether it may be one (`max_traders`), and tokens who may speak for it. A bounded number of
 * these has a gate here; beyond it, the one that was not asked for the longest time makes room.
 */
export class Traders {
  readonly #parts: Parts
  /** In the order in which they were asked for, the last one last. */
  readonly #guests = new Map<TraderId, Guest>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  *all(): Iterable<RunningTrader> {
    yield* this.#parts.configured.values()
    for (const { trader } of this.#guests.values()) yield trader
  }

  /** @throws {HttpFault} if it is not configured, and there is no room for it */
  find(id: TraderId): RunningTrader {
    return this.#parts.configured.get(id) ?? this.#guest(id)
  }

  #guest(id: TraderId): RunningTrader {
    const known = this.#guests.get(id)
    const trader = known?.trader ?? this.#admit(id)
    this.#guests.delete(id)
    this.#guests.set(id, { trader, usedAt: performance.now() })
    return trader
  }

  #admit(id: TraderId): RunningTrader {
    const { config, link, follower } = this.#parts
    const { unconfiguredMax } = config.trader
    if (unconfiguredMax === 0) {
      const way = 'add it to "traders" in config.json, or raise trader.unconfigured_max'
      throw new HttpFault(404, 'unknown-trader', `no trader "${id}" is configured; ${way}`)
    }
    if (this.#guests.size >= unconfiguredMax) this.#makeRoom(unconfiguredMax)
    const trader = openTrader(id, config, link)
    follower.add(trader.gate)
    return trader
  }

  /** One whose readings are all judged goes first, then one that nobody has asked for a minute. */
  #makeRoom(max: number): void {
    const sent = [...this.#guests.values()].filter(({ trader }) => trader.outbox?.waiting === 0)
    const now = performance.now()
    const leaving =
      sent.find(({ trader }) => trader.gate.undecided === 0) ??
      sent.find(({ usedAt }) => now - usedAt > UNUSED_AFTER_MS)
    if (leaving === undefined) {
      const way = 'add them to "traders" in config.json, or raise trader.unconfigured_max'
      throw new HttpFault(
        503,
        'too-many-traders',
        `${max} traders that are not configured have a gate already; ${way}`,
        1,
      )
    }
    const { trader } = leaving
    this.#guests.delete(trader.id)
    this.#parts.follower.remove(trader.gate)
    if (trader.outbox !== null) void this.#parts.link.closeOutbox(trader.outbox)
  }
}
