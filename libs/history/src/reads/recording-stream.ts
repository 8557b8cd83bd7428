import type { ConfigEvent, TraderId } from '@drawbridge/contracts'
import { type RecordedInput, RecordingWriter } from '@drawbridge/risk-engine/what-if'
import { RecordedInputs } from '../core/recorded-inputs.ts'
import type { RecordedRow } from '../core/recorded-row.ts'
import type { Select } from './history-reader.ts'
import { type RecordingExtent, readConfigurations, readRecordedRows } from './recording.ts'

/** So many events are in memory at a time, and in one block of a recording. */
const ROWS = 5_000
const CONFIGURATIONS = 50

/** Reads with one statement after the other, each in a transaction of its own. */
export type Read = <T>(work: (select: Select) => Promise<T>) => Promise<T>

/** What was recorded of a trader, in blocks; the next one is read when the one before has been taken. */
export async function* recordingOf(
  read: Read,
  trader: TraderId,
  extent: RecordingExtent,
): AsyncGenerator<Uint8Array, void, void> {
  const writer = new RecordingWriter()
  const { first, last, from, to } = extent
  yield writer.head({ format: 1, trader, from, to, events: last - first + 1, isCut: first > 1 })
  const configurations = new Configurations(read, trader)
  const inputs = new RecordedInputs(trader)
  let after = first - 1
  while (after < last) {
    const rows = await read((select) => readRecordedRows(select, trader, after, ROWS))
    if (rows.length === 0) break
    yield writer.inputs(
      await inputsOf(
        rows.filter(({ version }) => version <= last),
        inputs,
        configurations,
      ),
    )
    after = rows.at(-1)?.version ?? last
  }
  yield writer.end()
}

/** The inputs of some rows, with the configurations between them. */
async function inputsOf(
  rows: readonly RecordedRow[],
  recorded: RecordedInputs,
  configurations: Configurations,
): Promise<RecordedInput[]> {
  const inputs: RecordedInput[] = []
  for (const row of rows) {
    let isOfFlags = false
    for (let next = configurations.next; ; next = configurations.next) {
      if (next === undefined && !configurations.isOver) await configurations.more()
      if (next === undefined && configurations.isOver) break
      if (next === undefined) continue
      if (next.inputSeq > row.inputSeq) break
      inputs.push({ kind: 'configuration', time: next.recordedAt, event: next })
      isOfFlags = next.inputSeq === row.inputSeq
      configurations.take()
    }
    const input = recorded.inputOf(row, isOfFlags)
    if (input !== null) inputs.push(input)
  }
  return inputs
}

/** The configurations of a log, one after the other. */
class Configurations {
  readonly #read: Read
  readonly #trader: TraderId
  #known: readonly ConfigEvent[] = []
  #at = 0
  #after = 0
  #isOver = false

  constructor(read: Read, trader: TraderId) {
    this.#read = read
    this.#trader = trader
  }

  /** Undefined: {@link more} must be read, unless it is over. */
  get next(): ConfigEvent | undefined {
    return this.#known[this.#at]
  }

  get isOver(): boolean {
    return this.#isOver && this.#at >= this.#known.length
  }

  take(): void {
    this.#at += 1
  }

  async more(): Promise<void> {
    this.#known = await this.#read((select) => readConfigurations(select, this.#trader, this.#after, CONFIGURATIONS))
    this.#at = 0
    this.#after = this.#known.at(-1)?.inputSeq ?? this.#after
    this.#isOver = this.#known.length < CONFIGURATIONS
  }
}
