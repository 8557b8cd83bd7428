import type { TraderId } from '@drawbridge/contracts'

/** A trader's newest event in the log, unread. */
export interface KeptEvent {
  readonly data: Uint8Array
  /** Stream sequence. */
  readonly seq: number
}

const PAGE_BYTES = 1 << 20

/**
 * The newest events of traders, unread. Their bytes are copied together and nothing is made for a single one: to keep what
 * the server sent, 64 kB at a time, in memory that is new each time, takes a restart with 100,000 traders 100 ms more.
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

  /** Gives the event away. */
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
