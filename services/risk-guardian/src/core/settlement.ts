/** An input that has been read. */
export interface Settling {
  readonly seq: number
  readonly since: number
  /** To be called once for each thing that the input caused, when it is stored. */
  stored(): void
}

/** Knows up to which input everything is decided and stored. Inputs begin in stream order and end in any order. */
export class Settlement {
  #settled: number
  #open: Open[] = []
  #onAdvance: () => void = () => undefined
  #first = 0
  /** Sequences beyond the settled one that nobody decides. */
  readonly #passed = new Set<number>()

  /** @param settled every input up to this stream sequence is settled already */
  constructor(settled = 0) {
    this.#settled = settled
  }

  /** Every input up to this stream sequence was settled before any began. */
  beginAfter(settled: number): void {
    this.#settled = settled
  }

  /** Calls the listener whenever more is settled. */
  onAdvance(listener: () => void): void {
    this.#onAdvance = listener
  }

  /** Every input up to this stream sequence is decided, and what it caused is stored. */
  get settled(): number {
    return this.#settled
  }

  /** When the oldest input that is not settled was read; null: all are settled. */
  get oldestSince(): number | null {
    return this.#open[this.#first]?.since ?? null
  }

  /** How many inputs are remembered, from the oldest that is not settled. */
  get open(): number {
    return this.#open.length - this.#first
  }

  /**
   * An input has been read that waits for `parts` things to be stored; with 0 parts it is settled as soon as the inputs
   * before it are.
   * @param since when it was read
   */
  begin(seq: number, parts: number, since: number): Settling {
    const open = new Open(this, seq, parts, since)
    this.#open.push(open)
    if (parts === 0) this.advance()
    return open
  }

  /** Nobody decides this input, unless it has begun already: it is settled as soon as the inputs before it are. */
  pass(seq: number): void {
    if (seq <= this.#settled) return
    this.#passed.add(seq)
    this.advance()
  }

  /** Moves forward over what is settled by now. */
  advance(): void {
    const before = this.#settled
    for (;;) {
      const oldest = this.#open[this.#first]
      if (oldest?.waiting === 0) {
        this.#settled = oldest.seq
        this.#first += 1
      } else if (this.#passed.has(this.#settled + 1) && oldest?.seq !== this.#settled + 1) this.#settled += 1
      else break
      this.#passed.delete(this.#settled)
    }
    if (this.#first > 1_024 && this.#first * 2 > this.#open.length) {
      this.#open = this.#open.slice(this.#first)
      this.#first = 0
    }
    if (this.#settled > before) this.#onAdvance()
  }
}

class Open implements Settling {
  readonly seq: number
  readonly since: number
  /** How many things that the input caused are not yet stored. */
  waiting: number
  readonly #settlement: Settlement

  constructor(settlement: Settlement, seq: number, parts: number, since: number) {
    this.#settlement = settlement
    this.seq = seq
    this.waiting = parts
    this.since = since
  }

  stored(): void {
    this.waiting -= 1
    if (this.waiting === 0) this.#settlement.advance()
  }
}

/** The sequences `from` to `to` without those that are known to be gone, as ranges in ascending order, ends included. */
export function rangesWithout(
  from: number,
  to: number,
  known: Iterable<number>,
): { readonly from: number; readonly to: number }[] {
  const ranges = []
  let next = from
  for (const seq of [...known].filter((seq) => seq >= from && seq <= to).sort((a, b) => a - b)) {
    if (seq > next) ranges.push({ from: next, to: seq - 1 })
    next = seq + 1
  }
  if (next <= to) ranges.push({ from: next, to })
  return ranges
}
