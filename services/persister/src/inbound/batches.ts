/** Where items come from. */
export interface Source<T> {
  /** How many have come and were not taken yet. */
  readonly waiting: number
  /** Whether no more will come. */
  readonly ended: boolean
  /** Why it ended, where it was not asked to. */
  readonly error: Error | null
  /** Takes the first of those that have come. Whoever takes nothing is soon brought nothing more. */
  take(max: number): readonly T[]
  /** Calls the listener when something has come, and at the end. */
  onChange(listener: () => void): void
}

/** While one is written the next one is decoded, encoded and sent; a third one could only wait longer. */
const AT_A_TIME = 2

/**
 * Hands items on in batches: when there are `size` of them, or `ageMs` after the first. At most two batches are handled at
 * a time; meanwhile items gather until there are `size`, so that whoever brings them notices and waits. Ends when the
 * items end and all of them are handled.
 * @throws what `handle` throws, at once; what the items ended with, when those before are handled.
 */
export function inBatches<T>(
  source: Source<T>,
  size: number,
  ageMs: number,
  handle: (batch: readonly T[]) => Promise<void>,
): Promise<void> {
  return new Batching(source, size, ageMs, handle).done
}

class Batching<T> {
  readonly done: Promise<void>
  readonly #source: Source<T>
  readonly #size: number
  readonly #ageMs: number
  readonly #handle: (batch: readonly T[]) => Promise<void>
  readonly #resolve: () => void
  readonly #reject: (error: unknown) => void
  #handling = 0
  #isOver = false
  /** Runs since the first of those that wait has come; null: none waits. */
  #age: NodeJS.Timeout | null = null
  #isRipe = false

  constructor(source: Source<T>, size: number, ageMs: number, handle: (batch: readonly T[]) => Promise<void>) {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.done = promise
    this.#resolve = resolve
    this.#reject = reject
    this.#source = source
    this.#size = size
    this.#ageMs = ageMs
    this.#handle = handle
    source.onChange(() => this.#look())
    this.#look()
  }

  #look(): void {
    if (this.#isOver) return
    while (this.#handling < AT_A_TIME && this.#isDue) this.#take()
    const { waiting, ended, error } = this.#source
    if (waiting > 0) {
      this.#age ??= setTimeout(() => this.#ripen(), this.#ageMs)
    } else if (ended && this.#handling === 0) {
      this.#end()
      if (error === null) this.#resolve()
      else this.#reject(error)
    }
  }

  get #isDue(): boolean {
    const { waiting, ended } = this.#source
    return waiting >= this.#size || (waiting > 0 && (this.#isRipe || ended))
  }

  #take(): void {
    this.#forgetAge()
    this.#handling += 1
    this.#handle(this.#source.take(this.#size)).then(
      () => {
        this.#handling -= 1
        this.#look()
      },
      (error: unknown) => {
        this.#end()
        this.#reject(error)
      },
    )
  }

  #ripen(): void {
    this.#isRipe = true
    this.#look()
  }

  #forgetAge(): void {
    if (this.#age !== null) clearTimeout(this.#age)
    this.#age = null
    this.#isRipe = false
  }

  #end(): void {
    this.#isOver = true
    this.#forgetAge()
  }
}
