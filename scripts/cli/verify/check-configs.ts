import { streams } from '@drawbridge/contracts'
import { CONFIGS, type ConfigRow } from '@drawbridge/history'
import { lastSeqOf } from '@drawbridge/nats'
import type { LogItem } from '../risk-log.ts'
import { type Comparison, placeOf } from './finding.ts'
import { compareRows, eachChunk, reportFault } from './tables.ts'

type Key = Pick<ConfigRow, 'kind' | 'input_seq' | 'stream_seq'>

/** Compares the configurations of the log with their history. There are as many as operators have made changes. */
export class ConfigCheck {
  readonly #comparison: Comparison
  readonly #keys = new Set<string>()
  /** Input sequence of the last configuration of each kind that was carried over from another log. */
  readonly #carried = new Map<string, number>()

  constructor(comparison: Comparison) {
    this.#comparison = comparison
  }

  get count(): number {
    return this.#keys.size
  }

  async take(items: readonly Extract<LogItem, { kind: 'config' }>[]): Promise<void> {
    for (const { row, isCarried } of items) {
      this.#keys.add(keyOf(row))
      if (isCarried) this.#carried.set(row.kind, row.input_seq)
    }
    const { client, report } = this.#comparison
    const rows = items.map(({ row }) => row)
    for (const fault of await compareRows(client, CONFIGS, rows)) {
      reportFault(report, placeOfConfig(fault.row), fault, this.#isFromBefore(fault.row))
    }
  }

  /** Reports the rows that no event of the log has made. */
  async findExtras(): Promise<void> {
    const { client, connection, end, report } = this.#comparison
    const unknown: Key[] = []
    const query = 'SELECT kind, input_seq, stream_seq FROM risk_config_history ORDER BY kind, input_seq'
    for await (const rows of eachChunk<Record<keyof Key, string>>(client, query)) {
      for (const { kind, input_seq: inputSeq, stream_seq: streamSeq } of rows) {
        const row = { kind, input_seq: Number(inputSeq), stream_seq: Number(streamSeq) }
        if (!this.#keys.has(keyOf(row)) && !this.#isFromBefore(row)) unknown.push(row)
      }
    }
    const endNow = await lastSeqOf(connection, streams.risk)
    for (const row of unknown) {
      if (row.stream_seq <= end || row.stream_seq > endNow) report({ finding: 'extra', ...placeOfConfig(row) })
    }
  }

  /** Whether it was in a log before this one. */
  #isFromBefore({ kind, input_seq: inputSeq }: Key): boolean {
    return inputSeq <= (this.#carried.get(kind) ?? 0)
  }
}

function placeOfConfig({ kind, input_seq: version, stream_seq }: Key) {
  return placeOf(CONFIGS.name, kind, { version, stream_seq })
}

function keyOf({ kind, input_seq: inputSeq }: Key): string {
  return `${kind} ${inputSeq}`
}
