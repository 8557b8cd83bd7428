import type { ConfigEvent, TraderId, TraderState } from '@drawbridge/contracts'
import { applyConfiguration, BUILT_IN_CONFIGURATION } from '@drawbridge/risk-engine'
import { type RecordedInput, type RecordingHead, RecordingWriter } from '@drawbridge/risk-engine/what-if'
import { RecordedInputs } from '../core/recorded-inputs.ts'
import type { RecordedRow } from '../core/recorded-row.ts'
import type { Select } from './history-reader.ts'
import { type RecordingExtent, readConfigurations, readRecordedRows } from './recording.ts'
import { readCutRow, stateAtCut } from './state-at-cut.ts'

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
  const configurations = new Configurations(read, trader)
  const cut = first > 1 ? await beginningAt(read, trader, first - 1, configurations) : null
  const known = cut?.state ?? null
  yield writer.head({ format: 1, trader, from, to, events: last - first + 1, cut: wordOfCut(first, known) })
  if (cut !== null) yield writer.inputs(cut.inputs)
  const inputs = new RecordedInputs(trader, known ?? undefined)
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

function wordOfCut(first: number, known: TraderState | null): RecordingHead['cut'] {
  if (first === 1) return 'none'
  return known === null ? 'unknown' : 'known'
}

interface Beginning {
  /** The configurations up to the cut, and the state where it is known. */
  readonly inputs: readonly RecordedInput[]
  readonly state: TraderState | null
}

/** How a trader stood at its last event that is not kept. */
async function beginningAt(
  read: Read,
  trader: TraderId,
  version: number,
  configurations: Configurations,
): Promise<Beginning | null> {
  const row = await read((select) => readCutRow(select, trader, version))
  if (row === null) return null
  const { input_seq: inputSeq, recorded_at: recordedAt } = row.columns
  const before = await configurations.upTo(inputSeq)
  const state = stateAtCut(row, before.reduce(applyConfiguration, BUILT_IN_CONFIGURATION))
  const inputs: RecordedInput[] = before.map((event) => ({ kind: 'configuration', time: event.recordedAt, event }))
  if (state !== null) inputs.push({ kind: 'state', time: Date.parse(recordedAt), state })
  return { inputs, state }
}

/** The inputs of some rows, with the configurations between them. */
async function inputsOf(
  rows: readonly RecordedRow[],
  recorded: RecordedInputs,
  configurations: Configurations,
): Promise<RecordedInput[]> {
  const inputs: RecordedInput[] = []
  for (const row of rows) {
    const events = await configurations.upTo(row.inputSeq)
    inputs.push(...events.map((event) => ({ kind: 'configuration', time: event.recordedAt, event }) as const))
    const isOfFlags = events.at(-1)?.inputSeq === row.inputSeq
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

  /** Those up to an input, which have not been taken yet. */
  async upTo(inputSeq: number): Promise<readonly ConfigEvent[]> {
    const taken: ConfigEvent[] = []
    for (;;) {
      const next = this.#known[this.#at]
      if (next === undefined) {
        if (this.#isOver) return taken
        await this.#more()
      } else {
        if (next.inputSeq > inputSeq) return taken
        taken.push(next)
        this.#at += 1
      }
    }
  }

  async #more(): Promise<void> {
    this.#known = await this.#read((select) => readConfigurations(select, this.#trader, this.#after, CONFIGURATIONS))
    this.#at = 0
    this.#after = this.#known.at(-1)?.inputSeq ?? this.#after
    this.#isOver = this.#known.length < CONFIGURATIONS
  }
}
