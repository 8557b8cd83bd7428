/**
 * One direction of a connection: things come out in the order in which they went in, each after its delay or with what
 * went in before it. One timer, however many are under way.
 */
export class Pipe<T> {
  readonly #deliver: (item: T) => void
  #underWay: { readonly item: T; readonly dueMs: number }[] = []
  #scheduled = false
  #cut = false

  constructor(deliver: (item: T) => void) {
    this.#deliver = deliver
  }

  /** @param delayMs 0: as soon as what runs now has ended */
  push(item: T, delayMs: number): void {
    if (this.#cut) return
    const earliestMs = this.#underWay.at(-1)?.dueMs ?? 0
    this.#underWay.push({ item, dueMs: Math.max(performance.now() + delayMs, earliestMs) })
    if (!this.#scheduled) this.#schedule()
  }

  /** What is under way is lost, and what is put in from now on. */
  cut(): void {
    this.#cut = true
    this.#underWay = []
  }

  #schedule(): void {
    const [first] = this.#underWay
    if (first === undefined) return
    this.#scheduled = true
    const waitMs = Math.ceil(first.dueMs - performance.now())
    if (waitMs <= 0) void Promise.resolve().then(() => this.#arrive())
    else setTimeout(() => this.#arrive(), waitMs)
  }

  #arrive(): void {
    this.#scheduled = false
    const nowMs = performance.now()
    let count = 0
    for (const { dueMs } of this.#underWay) {
      if (dueMs > nowMs) break
      count += 1
    }
    const arrived = this.#underWay.splice(0, count)
    for (const { item } of arrived) if (!this.#cut) this.#deliver(item)
    if (!this.#scheduled) this.#schedule()
  }
}
