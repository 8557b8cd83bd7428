import type { ClosedTrade } from '@drawbridge/contracts/pure'
import { fromExactJson } from './exact-json.ts'
import type { RecordedInput } from './recorded.ts'
import { BLOCK_BYTES_MAX, BLOCKS, CENT, FLAGS, OTHER, type RecordingHead } from './recording-format.ts'

/** A part of a recording. */
export type RecordingBlock =
  | { readonly kind: 'head'; readonly head: RecordingHead }
  | { readonly kind: 'inputs'; readonly body: Uint8Array }
  | { readonly kind: 'end' }

const decoder = new TextDecoder()

/** Puts blocks together from the pieces in which bytes arrive. */
export class BlockReader {
  #rest = new Uint8Array()

  /** The blocks that these bytes complete. @throws if they are no recording */
  push(bytes: Uint8Array): RecordingBlock[] {
    const all = joined(this.#rest, bytes)
    const blocks: RecordingBlock[] = []
    let at = 0
    for (;;) {
      if (all.length - at < 4) break
      const length = new DataView(all.buffer, all.byteOffset + at, 4).getUint32(0, true)
      if (length === 0 || length > BLOCK_BYTES_MAX) throw new Error('these bytes are no recording')
      if (all.length - at - 4 < length) break
      blocks.push(blockOf(all.subarray(at + 4, at + 4 + length)))
      at += 4 + length
    }
    this.#rest = all.slice(at)
    return blocks
  }
}

function joined(rest: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (rest.length === 0) return bytes
  const all = new Uint8Array(rest.length + bytes.length)
  all.set(rest)
  all.set(bytes, rest.length)
  return all
}

function blockOf(bytes: Uint8Array): RecordingBlock {
  const body = bytes.subarray(1)
  switch (bytes[0]) {
    case BLOCKS.head:
      return { kind: 'head', head: fromExactJson(decoder.decode(body)) as RecordingHead }
    case BLOCKS.inputs:
      return { kind: 'inputs', body }
    case BLOCKS.end:
      return { kind: 'end' }
    default:
      throw new Error('these bytes are no recording')
  }
}

const NONE: readonly ClosedTrade[] = []

/** Reads the inputs of one block, one after the other. */
export class InputReader {
  readonly #bytes: Uint8Array
  #at = 0
  #time = 0
  #equity = 0
  #balance = 0
  #ahead = 0

  constructor(body: Uint8Array) {
    this.#bytes = body
  }

  /** The next input; null: that was the last one. */
  next(): RecordedInput | null {
    if (this.#at >= this.#bytes.length) return null
    const flags = this.#bytes[this.#at] ?? 0
    this.#at += 1
    return flags === OTHER ? this.#other() : this.#reading(flags)
  }

  #other(): RecordedInput {
    const length = this.#whole()
    const text = decoder.decode(this.#bytes.subarray(this.#at, this.#at + length))
    this.#at += length
    return fromExactJson(text) as RecordedInput
  }

  #reading(flags: number): RecordedInput {
    const scale = (flags & FLAGS.cents) === 0 ? 1 : CENT
    this.#time += this.#signed()
    this.#equity = (Math.trunc(this.#equity / scale) + this.#signed()) * scale
    let balance: bigint | null = null
    if ((flags & FLAGS.balance) !== 0) {
      this.#balance = (Math.trunc(this.#balance / scale) + this.#signed()) * scale
      balance = BigInt(this.#balance)
    }
    let at: number | null = null
    if ((flags & FLAGS.ownTime) !== 0) {
      this.#ahead += this.#signed()
      at = this.#time + this.#ahead
    }
    return {
      kind: 'reading',
      time: this.#time,
      equity: BigInt(this.#equity),
      balance,
      unrealizedPnl: null,
      netDeposits: null,
      currency: null,
      at,
      seq: null,
      run: null,
      closed: NONE,
      faults: null,
    }
  }

  #signed(): number {
    const value = this.#whole()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  #whole(): number {
    const bytes = this.#bytes
    let value = 0
    // Four bytes fit into the bits of a small number.
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = bytes[this.#at] ?? 0
      this.#at += 1
      value |= (byte & 127) << shift
      if (byte < 128) return value
    }
    for (let factor = 2 ** 28; ; factor *= 128) {
      const byte = bytes[this.#at] ?? 0
      this.#at += 1
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }
}
