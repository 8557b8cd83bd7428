import { BlockReader, type RecordingBlock, type RecordingHead } from '@drawbridge/risk-engine/what-if'

/** Blocks of one recording, kept so that other limits need no second transfer: about seven bytes an event. */
export class Recording {
  readonly trader: string
  readonly #blocks: RecordingBlock[] = []
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #parts = new BlockReader()
  #isWhole = false

  private constructor(trader: string, reader: ReadableStreamDefaultReader<Uint8Array>) {
    this.trader = trader
    this.#reader = reader
  }

  /** @throws with words for the reader where the console refuses */
  static async open(trader: string): Promise<Recording> {
    const answer = await fetch(`/api/history/traders/${encodeURIComponent(trader)}/recording`)
    if (!answer.ok || answer.body === null) throw new Error(await wordsOf(answer))
    return new Recording(trader, answer.body.getReader())
  }

  /** Ends the transfer. */
  close(): void {
    void this.#reader.cancel().catch(() => undefined)
  }

  /** The block at a place, as soon as it has come; null: the recording has ended before. @throws if it was cut off */
  async block(at: number): Promise<RecordingBlock | null> {
    while (this.#blocks.length <= at && !this.#isWhole) await this.#more()
    return this.#blocks[at] ?? null
  }

  /** Nothing follows; once that has been read, the transfer is over and was not broken off. */
  #finish(): void {
    this.#isWhole = true
    void this.#reader.read().catch(() => undefined)
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#reader.read()
    if (done) throw new Error('the recording was cut off on its way: load it again')
    for (const block of this.#parts.push(value)) {
      if (block.kind === 'end') this.#finish()
      else this.#blocks.push(block)
    }
  }
}

export function headOf(block: RecordingBlock | null): RecordingHead {
  if (block?.kind !== 'head') throw new Error('these bytes are no recording')
  return block.head
}

async function wordsOf(answer: Response): Promise<string> {
  const told: unknown = await answer.json().catch(() => null)
  const { error } = (told ?? {}) as { readonly error?: { readonly message?: string } }
  return error?.message ?? `the console answered ${answer.status}`
}
