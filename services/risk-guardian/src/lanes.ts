import type { FlagsEvent, RiskEvent, TraderId } from '@drawbridge/contracts'
import { isMovedByFlags } from '@drawbridge/risk-engine'
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
   * The lane of a trader that had an event before the input with this sequence; null: it had none. What the log says of
   * later inputs must not count: a guardian that reads the input again decides as the first one did.
   */
  before(inputSeq: number, trader: TraderId): TraderLane | null {
    const lane = this.#find(trader)
    return lane !== undefined && lane.record.firstInputSeq < inputSeq ? lane : null
  }

  /** Whether the log has an event of the trader by this input or a later one. */
  hasDecided(inputSeq: number, trader: TraderId): boolean {
    const lane = this.#find(trader)
    return lane !== undefined && lane.record.state.inputSeq >= inputSeq
  }

  /** Whether there were `maxTraders` traders before the input with this sequence; sequences never go back. */
  wereFullBefore(inputSeq: number, maxTraders: number): boolean {
    if (this.size < maxTraders) return false
    for (const trader of this.#kept.traders()) this.#find(trader)
    for (const lane of this.#ahead) if (lane.record.firstInputSeq < inputSeq) this.#ahead.delete(lane)
    return this.#lanes.size - this.#ahead.size >= maxTraders
  }

  /** The lane of a trader whose input makes an event. */
  of(trader: TraderId, inputSeq: number): TraderLane {
    return this.#find(trader) ?? this.#make(trader, inputSeq)
  }

  /** Stream sequence of the last known event of a trader; 0: none. */
  lastSeqOf(trader: TraderId): number {
    return this.#find(trader)?.record.lastSeq ?? 0
  }

  /** Keeps a trader's event from the log, to be read when it is needed; the newest of a trader comes last. */
  keep(trader: TraderId, event: KeptEvent): void {
    this.#kept.keep(trader, event)
  }

  /**
   * Takes over an event from the log.
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
    if (kept === null) return undefined
    const made = this.#make(trader, null)
    this.#ahead.add(made)
    made.record.keep(kept.data, kept.seq)
    return made
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

  /** Traders that a change of flags may move, or may once their waiting inputs are decided. */
  movedBy(flags: FlagsEvent): TraderLane[] {
    return [...this.all()].filter((lane) => lane.busy || isMovedByFlags(lane.record.state, flags))
  }
}

/** A trader's newest event in the log, unread. */
interface KeptEvent {
  readonly data: Uint8Array
  /** Stream sequence. */
  readonly seq: number
}

const PAGE_BYTES = 1 << 20

/**
 * The newest events of traders, unread. Their bytes are copied together, without an object per event: keeping the buffers
 * in which they arrive, 64 kB each and newly allocated, makes a restart with 100,000 traders 100 ms slower.
 */
export class KeptEvents {
  readonly #places = new Map<TraderId, number>()
  readonly #seqs: number[] = []
  /** From the beginning of the first page, as if all pages were of one size. */
  readonly #starts: number[] = []
  readonly #lengths: number[] = []
  readonly #pages: Buffer[] = []
  /** Bytes of the last page that are in use. */
  #used = PAGE_BYTES

  get size(): number {
    return this.#places.size
  }

  traders(): Iterable<TraderId> {
    return this.#places.keys()
  }

  /** The newest of a trader comes last. */
  keep(trader: TraderId, { data, seq }: KeptEvent): void {
    this.#places.set(trader, this.#seqs.length)
    this.#seqs.push(seq)
    this.#starts.push(this.#copy(data))
    this.#lengths.push(data.length)
  }

  /** Removes the event of a trader, and returns it. */
  take(trader: TraderId): KeptEvent | null {
    const place = this.#places.get(trader)
    if (place === undefined) return null
    this.#places.delete(trader)
    const start = this.#starts[place] ?? 0
    const offset = start % PAGE_BYTES
    const page = this.#pages[(start - offset) / PAGE_BYTES] ?? Buffer.alloc(0)
    const event = { data: page.subarray(offset, offset + (this.#lengths[place] ?? 0)), seq: this.#seqs[place] ?? 0 }
    if (this.#places.size === 0) this.#forget()
    return event
  }

  #copy(data: Uint8Array): number {
    if (this.#used + data.length > PAGE_BYTES) {
      this.#pages.push(Buffer.allocUnsafeSlow(Math.max(PAGE_BYTES, data.length)))
      this.#used = 0
    }
    const page = this.#pages.length - 1
    const offset = this.#used
    this.#pages[page]?.set(data, offset)
    this.#used += data.length
    return page * PAGE_BYTES + offset
  }

  #forget(): void {
    for (const list of [this.#seqs, this.#starts, this.#lengths, this.#pages]) list.length = 0
    this.#used = PAGE_BYTES
  }
}
