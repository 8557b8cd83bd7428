import { streams } from '@drawbridge/contracts'
import { CONFIGS, type ConfigRow, databaseReason, inHalves } from '@drawbridge/history'
import { lastSeqOf } from '@drawbridge/nats'
import type { NatsConnection } from '@nats-io/transport-node'
import type { ClientBase } from 'pg'
import { eachChunk } from '../each-chunk.ts'
import type { LogItem } from '../log-item.ts'
import { OF_THE_LOG } from './check-history.ts'
import { compareRows, type Fault } from './compare-rows.ts'
import type { Finding, Report } from './finding.ts'

type ConfigItem = Extract<LogItem, { kind: 'config' }>

/** Compares the configurations of the log with their history. There are as many as operators have made changes. */
export class ConfigCheck {
  readonly #client: ClientBase
  readonly #report: Report
  readonly #keys = new Set<string>()
  /** Input sequence of the last configuration of each kind that was carried over from another log. */
  readonly #carried = new Map<string, number>()

  constructor(client: ClientBase, report: Report) {
    this.#client = client
    this.#report = report
  }

  get count(): number {
    return this.#keys.size
  }

  async take(items: readonly ConfigItem[]): Promise<void> {
    for (const { row, isCarried } of items) {
      this.#keys.add(keyOf(row.kind, row.input_seq))
      if (isCarried) this.#carried.set(row.kind, row.input_seq)
    }
    const rows = items.map(({ row }) => row)
    const refused = (row: ConfigRow, error: unknown) => {
      this.#reportRow('unreadable', row, { says: databaseReason(error) })
      return []
    }
    const compare = (some: readonly ConfigRow[]) => compareRows(this.#client, CONFIGS, some)
    for (const fault of await inHalves(rows, compare, refused)) {
      if (fault.kind === 'missing') this.#reportRow('missing', fault.row)
      else this.#reportDifferences(fault)
    }
  }

  #reportDifferences({ row, columns }: Extract<Fault<ConfigRow>, { kind: 'different' }>): void {
    const counting = this.#stoodBefore(row) ? columns.filter(({ column }) => !OF_THE_LOG.has(column)) : columns
    if (counting.length > 0) this.#reportRow('different', row, { columns: counting })
  }

  /**
   * Names the rows that no event of the log has made.
   * @param end the last sequence of RISK that was looked at
   */
  async findExtras(connection: NatsConnection, end: number): Promise<void> {
    const unknown: KeyOfConfig[] = []
    const query = 'SELECT kind, input_seq, stream_seq FROM risk_config_history ORDER BY kind, input_seq'
    for await (const rows of eachChunk<Record<keyof KeyOfConfig, string>>(this.#client, query)) {
      for (const { kind, input_seq: inputSeq, stream_seq: streamSeq } of rows) {
        const row = { kind, input_seq: Number(inputSeq), stream_seq: Number(streamSeq) }
        if (!this.#keys.has(keyOf(kind, row.input_seq)) && !this.#stoodBefore(row)) unknown.push(row)
      }
    }
    const endNow = await lastSeqOf(connection, streams.risk)
    for (const row of unknown) {
      if (row.stream_seq <= end || row.stream_seq > endNow) this.#reportRow('extra', row)
    }
  }

  /** Whether it stood in a log before this one. */
  #stoodBefore({ kind, input_seq: inputSeq }: KeyOfConfig): boolean {
    return inputSeq <= (this.#carried.get(kind) ?? 0)
  }

  #reportRow(finding: Finding['finding'], row: KeyOfConfig, more: Partial<Finding> = {}): void {
    const { kind: of, input_seq: version, stream_seq: streamSeq } = row
    this.#report({ finding, where: CONFIGS.name, of, version, streamSeq, ...more })
  }
}

type KeyOfConfig = Pick<ConfigRow, 'kind' | 'input_seq' | 'stream_seq'>

function keyOf(kind: string, inputSeq: number): string {
  return `${kind} ${inputSeq}`
}
