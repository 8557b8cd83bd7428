/**
 * Something that is done, looked at again later, and tried again after a failure: on its own, whatever becomes of other
 * duties. Times are milliseconds of `performance.now()`.
 */
export class Duty {
  readonly #work: () => Promise<number>
  #dueAt = 0
  #startedAt = Number.NEGATIVE_INFINITY
  /** No call is made before: the other side asked for patience. */
  #notBefore = 0
  #running: Promise<void> | null = null
  #failed: { readonly error: unknown } | null = null
  /** Somebody asked for it since the work began. */
  #isAsked = false

  /** @param work returns after how many milliseconds it is due again. One piece of work ends before the next begins. */
  constructor(work: () => Promise<number>) {
    this.#work = work
  }

  /** Makes it due at once, or so long after the last time it began. */
  ask(afterLastMs = 0): void {
    this.#isAsked = true
    this.#dueAt = Math.min(this.#dueAt, this.#startedAt + afterLastMs)
  }

  /** Has nothing done for so long, whoever asks. */
  waitFor(ms: number): void {
    this.#notBefore = performance.now() + ms
  }

  /** Begins the work if it is due. @throws what the work threw the last time */
  turn(): void {
    if (this.#failed !== null) {
      const { error } = this.#failed
      this.#failed = null
      throw error
    }
    const now = performance.now()
    if (this.#running !== null || now < Math.max(this.#dueAt, this.#notBefore)) return
    this.#isAsked = false
    this.#startedAt = now
    this.#dueAt = Number.POSITIVE_INFINITY
    this.#running = this.#run()
  }

  /** Returns once nothing of it runs. */
  async ended(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    try {
      const dueAt = performance.now() + (await this.#work())
      this.#dueAt = this.#isAsked ? Math.min(this.#dueAt, dueAt) : dueAt
    } catch (error) {
      this.#failed = { error }
      this.#dueAt = 0
    } finally {
      this.#running = null
    }
  }
}
