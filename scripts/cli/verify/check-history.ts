import { databaseReason, HISTORY, type HistoryRow, inHalves } from '@drawbridge/history'
import { keptFrom } from '@drawbridge/migrations'
import type { ClientBase } from 'pg'
import type { LogItem } from '../log-item.ts'
import { compareRows, type Fault } from './compare-rows.ts'
import type { Report } from './finding.ts'

/** What the log says of a trader, as far as it was read. */
export interface LoggedTrader {
  /** Of its event that was carried over from another log; null: it begins in this one. */
  readonly carriedVersion: number | null
  lastVersion: number
  /** Sequence in RISK of its last event. */
  lastSeq: number
  /** Rows that were found in the history by their key and that say of themselves that they are of this part of the log. */
  found: number
}

export interface HistoryCounts {
  events: number
  /** Events before what the history keeps. */
  dropped: number
}

type EventItem = Extract<LogItem, { kind: 'event' }>

/** Compares the events of the log, in their order, with the history, and remembers what else can be told by that. */
export class HistoryCheck {
  readonly traders = new Map<string, LoggedTrader>()
  readonly counts: HistoryCounts = { events: 0, dropped: 0 }
  readonly #client: ClientBase
  readonly #end: number
  readonly #report: Report

  /** @param end the last sequence of RISK that is looked at */
  constructor(client: ClientBase, end: number, report: Report) {
    this.#client = client
    this.#end = end
    this.#report = report
  }

  async take(items: readonly EventItem[]): Promise<void> {
    this.counts.events += items.length
    const ordered = items.filter((item) => this.#follow(item)).map(({ row }) => row)
    for (const { trader_id: trader } of ordered) this.#addFound(trader, 1)
    const compare = (some: readonly HistoryRow[]) => compareRows(this.#client, HISTORY, some, 'recorded_at')
    const faults = await inHalves(ordered, compare, (row, error) => {
      this.#addFound(row.trader_id, -1)
      this.#reportRow('unreadable', row, { says: databaseReason(error) })
      return []
    })
    const isMissing = faults.some(({ kind }) => kind === 'missing')
    // Asked afterwards: it moves forward only, and what it has passed may have been dropped before.
    const kept = isMissing ? await keptFrom(this.#client) : Number.NEGATIVE_INFINITY
    for (const fault of faults) {
      if (!this.#hasRow(fault)) this.#addFound(fault.row.trader_id, -1)
      this.#judge(fault, kept)
    }
  }

  /** Takes an event for the trader's next one; false where it is none, and its row, if any, another event's. */
  #follow({ row, isCarried }: EventItem): boolean {
    const { trader_id: id, version, stream_seq: seq } = row
    const trader = this.traders.get(id)
    const isNext = trader === undefined ? isCarried || version === 1 : version === trader.lastVersion + 1
    if (!isNext) {
      const says = `the event before it ${trader === undefined ? 'is none' : `has version ${trader.lastVersion}`}`
      this.#reportRow('disordered', row, { where: 'RISK', says })
    }
    if (trader === undefined) {
      this.traders.set(id, { carriedVersion: isCarried ? version : null, lastVersion: version, lastSeq: seq, found: 0 })
    } else if (version > trader.lastVersion) {
      trader.lastVersion = version
      trader.lastSeq = seq
    } else {
      return false
    }
    return true
  }

  /** Whether a row was found that says of itself that it is of the part of the log that is looked at. */
  #hasRow(fault: Fault<HistoryRow>): boolean {
    if (fault.kind === 'missing') return false
    const seq = fault.columns.find(({ column }) => column === 'stream_seq')
    return seq === undefined || Number(seq.table) <= this.#end
  }

  #judge(fault: Fault<HistoryRow>, kept: number): void {
    const { row } = fault
    if (fault.kind === 'missing') {
      if (Date.parse(row.recorded_at) >= kept) this.#reportRow('missing', row)
      else this.counts.dropped += 1
      return
    }
    const isCarried = this.traders.get(row.trader_id)?.carriedVersion === row.version
    const columns = isCarried ? fault.columns.filter(({ column }) => !OF_THE_LOG.has(column)) : fault.columns
    if (columns.length > 0) this.#reportRow('different', row, { columns })
  }

  #addFound(id: string, count: number): void {
    const trader = this.traders.get(id)
    if (trader !== undefined) trader.found += count
  }

  #reportRow(
    finding: Parameters<Report>[0]['finding'],
    row: HistoryRow,
    more: Partial<Parameters<Report>[0]> = {},
  ): void {
    const { trader_id: of, version, stream_seq: streamSeq } = row
    this.#report({ finding, where: HISTORY.name, of, version, streamSeq, ...more })
  }
}

/** Columns that say in which log, and under which trace, an event was stored: what is carried over comes without them. */
export const OF_THE_LOG: ReadonlySet<string> = new Set(['stream_seq', 'trace_id'])
