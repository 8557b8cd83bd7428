interface Open {
  readonly seq: number
  readonly since: number
  /** How many things that the input caused are not yet stored. */
  waiting: number
}

/**
 * Knows up to which input everything is decided and stored. Inputs begin in stream order and end in any.
 */
export class Settlement {
  #settled: number
  #open: Open[] = []
  #first = 0

  /** @param settled every input up to this stream sequence is settled already */
  constructor(settled: number) {
    this.#settled = settled
  }

  /** Every input up to this stream sequence is decided, and what it caused is stored. */
  get settled(): number {
    return this.#settled
  }

  /** When the oldest input that is not settled was read; null: all are settled. */
  get oldestSince(): number | null {
    return this.#open[this.#first]?.since ?? null
  }

  /** How many inputs, from the oldest that is not settled on, are remembered. */
  get open(): number {
    return this.#open.length - this.#first
  }

  /**
   * An input has been read that waits for `parts` things to be stored. Gives the function to call once for each;
   * with 0 parts the input is settled as soon as those before it are.
   */
  begin(seq: number, parts: number, since: number): () => void {
    const open: Open = { seq, since, waiting: parts }
    this.#open.push(open)
    this.#advance()
    return () => {
      open.waiting -= 1
      if (open.waiting === 0) this.#advance()
    }
  }

  #advance(): void {
    for (let oldest = this.#open[this.#first]; oldest?.waiting === 0; oldest = this.#open[this.#first]) {
      this.#settled = oldest.seq
      this.#first += 1
    }
    if (this.#first > 1_024 && this.#first * 2 > this.#open.length) {
      this.#open = this.#open.slice(this.#first)
      this.#first = 0
    }
  }
}
