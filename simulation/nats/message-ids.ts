/** The ids of messages that were stored lately. */
export class MessageIds {
  readonly #windowMs: number
  readonly #ids = new Map<string, { readonly seq: number; readonly time: number }>()

  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  /** The sequence of the message that was stored with the id within the window; null: none. */
  find(id: string, now: number): number | null {
    this.#forget(now)
    const known = this.#ids.get(id)
    return known === undefined ? null : known.seq
  }

  add(id: string, seq: number, time: number): void {
    this.#ids.set(id, { seq, time })
  }

  /** In the order of storing: the first that is young enough ends it, as in the real server. */
  #forget(now: number): void {
    for (const [id, { time }] of this.#ids) {
      if (now - time < this.#windowMs) return
      this.#ids.delete(id)
    }
  }
}
