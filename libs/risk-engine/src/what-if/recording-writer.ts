import type { Amount } from '@drawbridge/contracts/pure'
import { ByteWriter, WRITTEN_MAX } from './byte-writer.ts'
import { toExactJson } from './exact-json.ts'
import type { RecordedInput, RecordedReading } from './recorded.ts'
import { BLOCKS, CENT, FLAGS, OTHER, type RecordingHead } from './recording-format.ts'

const encoder = new TextEncoder()

/** Writes a recording, see `recording-format.ts`. */
export class RecordingWriter {
  readonly #body = new ByteWriter()
  #time = 0
  #equity = 0
  #balance = 0
  #ahead = 0

  head(head: RecordingHead): Uint8Array {
    return block(BLOCKS.head, encoder.encode(toExactJson(head)))
  }

  inputs(inputs: readonly RecordedInput[]): Uint8Array {
    this.#time = 0
    this.#equity = 0
    this.#balance = 0
    this.#ahead = 0
    for (const input of inputs) if (!(input.kind === 'reading' && this.#reading(input))) this.#other(input)
    return block(BLOCKS.inputs, this.#body.take())
  }

  end(): Uint8Array {
    return block(BLOCKS.end, new Uint8Array())
  }

  #other(input: RecordedInput): void {
    const text = encoder.encode(toExactJson(input))
    this.#body.byte(OTHER)
    this.#body.whole(text.length)
    this.#body.bytes(text)
  }

  /** @returns whether the short form can say it */
  #reading(reading: RecordedReading): boolean {
    const { time, equity, balance, at } = reading
    if (!isPlain(reading)) return false
    const [equityUnits, balanceUnits] = [units(equity), balance === null ? 0 : units(balance)]
    if (equityUnits === null || balanceUnits === null) return false
    const inCents = equityUnits % CENT === 0 && balanceUnits % CENT === 0
    const scale = inCents ? CENT : 1
    this.#body.byte(
      (inCents ? FLAGS.cents : 0) | (balance === null ? 0 : FLAGS.balance) | (at === null ? 0 : FLAGS.ownTime),
    )
    this.#body.signed(time - this.#time)
    this.#body.signed(equityUnits / scale - Math.trunc(this.#equity / scale))
    if (balance !== null) this.#body.signed(balanceUnits / scale - Math.trunc(this.#balance / scale))
    if (at !== null) this.#body.signed(at - time - this.#ahead)
    this.#time = time
    this.#equity = equityUnits
    if (balance !== null) this.#balance = balanceUnits
    if (at !== null) this.#ahead = at - time
    return true
  }
}

/** Whether a reading says nothing but amounts and times. */
function isPlain({ netDeposits, closed, currency, seq, run, unrealizedPnl, faults }: RecordedReading): boolean {
  if (netDeposits !== null || closed.length > 0 || currency !== null || seq !== null) return false
  return run === null && unrealizedPnl === null && faults === null
}

/** An amount as a double; null: none holds it, or its difference to another one. */
function units(amount: Amount): number | null {
  const value = Number(amount)
  return Math.abs(value) < WRITTEN_MAX / 2 ? value : null
}

function block(kind: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(5 + body.length)
  new DataView(bytes.buffer).setUint32(0, body.length + 1, true)
  bytes[4] = kind
  bytes.set(body, 5)
  return bytes
}
