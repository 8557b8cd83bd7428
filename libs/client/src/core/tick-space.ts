/** Ticks that wait in the order they came, in a space that several share. */
export interface SharedBuffer {
  readonly length: number
  /** When its oldest tick came. */
  readonly since: number
  /** Leaves out its oldest tick. */
  dropOldest(): void
}

/**
 * How many bytes may wait in all buffers that share it. When there are more, the oldest ticks are left out, whose ever they
 * are; the only tick of a trader last, because it says where the account stands.
 */
export class TickSpace {
  readonly #bytesMax: number
  readonly #buffers = new Set<SharedBuffer>()
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get bytes(): number {
    return this.#bytes
  }

  /** So many bytes more wait in this buffer. */
  add(buffer: SharedBuffer, bytes: number): void {
    this.#bytes += bytes
    this.#buffers.add(buffer)
  }

  /** So many bytes do not wait there any more. */
  remove(buffer: SharedBuffer, bytes: number): void {
    this.#bytes -= bytes
    if (buffer.length === 0) this.#buffers.delete(buffer)
  }

  /** The buffer is of no use any more, and the bytes that wait in it do not count. */
  forget(buffer: SharedBuffer, bytes: number): void {
    this.#bytes -= bytes
    this.#buffers.delete(buffer)
  }

  makeRoom(): void {
    while (this.#bytes > this.#bytesMax) {
      const oldest = this.#oldest(2) ?? this.#oldest(1)
      if (oldest === null) return
      oldest.dropOldest()
    }
  }

  /** @param least ticks that wait in it */
  #oldest(least: number): SharedBuffer | null {
    let oldest: SharedBuffer | null = null
    for (const buffer of this.#buffers) {
      if (buffer.length >= least && (oldest === null || buffer.since < oldest.since)) oldest = buffer
    }
    return oldest
  }
}
