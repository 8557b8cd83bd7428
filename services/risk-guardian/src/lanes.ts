import type { RiskEvent, TraderId } from '@drawbridge/contracts'
import { type KeptEvent, KeptEvents } from './kept-events.ts'
import { type LaneServices, TraderLane } from './trader-lane.ts'

/** The lanes of all traders that have an event, or an input that makes one. */
export class Lanes {
  readonly #services: LaneServices
  readonly #lanes = new Map<TraderId, TraderLane>()
  /** The newest events of traders that have no lane yet. */
  readonly #kept = new KeptEvents()
  /** Made by events of the log whose inputs may not have been read yet. */
  readonly #ahead = new Set<TraderLane>()

  constructor(services: LaneServices) {
    this.#services = services
  }

  get size(): number {
    return this.#lanes.size + this.#kept.size
  }

  *all(): Iterable<TraderLane> {
    yield* this.#lanes.values()
    for (const trader of this.#kept.traders()) {
      const lane = this.#find(trader)
      if (lane !== undefined) yield lane
    }
  }

  /**
   * The lane of a trader that had an event before the input of this stream sequence; null: it had none. What the log
   * says of later inputs must not count: a guardian that reads the input once more decides as the first one did.
   */
  before(inputSeq: number, trader: TraderId): TraderLane | null {
    const lane = this.#find(trader)
    return lane !== undefined && lane.firstInputSeq < inputSeq ? lane : null
  }

  /** Whether there were so many traders before the input of this stream sequence; sequences never go back. */
  wereFullBefore(inputSeq: number, maxTraders: number): boolean {
    if (this.size < maxTraders) return false
    for (const trader of this.#kept.traders()) this.#find(trader)
    for (const lane of this.#ahead) if (lane.firstInputSeq < inputSeq) this.#ahead.delete(lane)
    return this.#lanes.size - this.#ahead.size >= maxTraders
  }

  /** The lane of a trader of whom the input log brings an input that makes an event. */
  of(trader: TraderId, inputSeq: number): TraderLane {
    return this.#find(trader) ?? this.#make(trader, inputSeq)
  }

  /** Stream sequence of the last event of a trader that is known; 0: none is. */
  lastSeqOf(trader: TraderId): number {
    return this.#find(trader)?.lastSeq ?? 0
  }

  /** Keeps a trader's event that the log holds, to be read when it is needed; the newest of a trader comes last. */
  keep(trader: TraderId, event: KeptEvent): void {
    this.#kept.keep(trader, event)
  }

  /**
   * Takes over an event that the log holds.
   * @param isNext whether it must follow the trader's last one
   */
  hear(event: RiskEvent, seq: number, isNext: boolean): void {
    let lane = this.#find(event.trader)
    if (lane === undefined) {
      lane = this.#make(event.trader, event.state.firstInputSeq)
      this.#ahead.add(lane)
    }
    lane.hear(event, seq, isNext)
  }

  #find(trader: TraderId): TraderLane | undefined {
    const lane = this.#lanes.get(trader)
    if (lane !== undefined || this.#kept.size === 0) return lane
    const kept = this.#kept.take(trader)
    return kept === null ? undefined : this.#makeOfKept(trader, kept)
  }

  #makeOfKept(trader: TraderId, { data, seq }: KeptEvent): TraderLane {
    const lane = this.#make(trader, null)
    this.#ahead.add(lane)
    lane.keep(data, seq)
    return lane
  }

  #make(trader: TraderId, firstInputSeq: number | null): TraderLane {
    const lane = new TraderLane(trader, firstInputSeq, this.#services)
    this.#lanes.set(trader, lane)
    return lane
  }

  /** This guardian has become active. */
  lookAgain(): void {
    for (const lane of this.#lanes.values()) lane.lookAgain()
  }

  /** Traders that are paused, or may be once their waiting inputs are decided. */
  thatMayHold(): TraderLane[] {
    return [...this.all()].filter((lane) => lane.busy || lane.state.pause !== null)
  }
}
