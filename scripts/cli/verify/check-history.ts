import { HISTORY, type HistoryRow } from '@drawbridge/history'
import { keptFrom } from '@drawbridge/migrations'
import type { LogItem } from '../risk-log.ts'
import { type Comparison, placeOf } from './finding.ts'
import { compareRows, type Fault, reportFault } from './tables.ts'

/** The events of a trader in the log, as far as it was read. */
export interface LoggedTrader {
  /** Version of its event that was carried over from another log; null: it begins in this one. */
  readonly carriedVersion: number | null
  lastVersion: number
  /** Sequence in RISK of its last event. */
  lastSeq: number
  /** Rows found in the history by their key whose sequence is in the part of the log that was read. */
  found: number
}

type EventItem = Extract<LogItem, { kind: 'event' }>

/** Compares the events of the log, in their order, with the history, and remembers what other checks need. */
export class HistoryCheck {
  readonly traders = new Map<string, LoggedTrader>()
  /** `dropped`: events before what the history keeps. */
  readonly counts = { events: 0, dropped: 0 }
  readonly #comparison: Comparison

  constructor(comparison: Comparison) {
    this.#comparison = comparison
  }

  async take(items: readonly EventItem[]): Promise<void> {
    const { client, report } = this.#comparison
    this.counts.events += items.length
    const ordered = items.filter((item) => this.#follow(item)).map(({ row }) => row)
    for (const { trader_id: trader } of ordered) this.#addFound(trader, 1)
    const faults = await compareRows(client, HISTORY, ordered, 'recorded_at')
    const isMissing = faults.some(({ finding }) => finding === 'missing')
    // Asked afterwards: it moves forward only, and events before it may have been dropped in the meantime.
    const kept = isMissing ? await keptFrom(client) : Number.NEGATIVE_INFINITY
    for (const fault of faults) {
      const { finding, row } = fault
      if (!this.#hasRow(fault)) this.#addFound(row.trader_id, -1)
      const isCarried = this.traders.get(row.trader_id)?.carriedVersion === row.version
      if (finding === 'missing' && Date.parse(row.recorded_at) < kept) this.counts.dropped += 1
      else reportFault(report, placeOf(HISTORY.name, row.trader_id, row), fault, isCarried)
    }
  }

  /** Takes the trader's next event; false: it is none, and a row with its key belongs to another event. */
  #follow({ row, isCarried }: EventItem): boolean {
    const { trader_id: id, version, stream_seq: seq } = row
    const trader = this.traders.get(id)
    const isNext = trader === undefined ? isCarried || version === 1 : version === trader.lastVersion + 1
    if (!isNext) {
      const says = `the event before it ${trader === undefined ? 'is none' : `has version ${trader.lastVersion}`}`
      this.#comparison.report({ finding: 'disordered', ...placeOf('RISK', id, row), says })
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

  /** Whether a row was found whose sequence is in the part of the log that is read. */
  #hasRow({ finding, columns = [] }: Fault<HistoryRow>): boolean {
    const seq = columns.find(({ column }) => column === 'stream_seq')
    return finding === 'different' && (seq === undefined || Number(seq.table) <= this.#comparison.end)
  }

  #addFound(id: string, count: number): void {
    const trader = this.traders.get(id)
    if (trader !== undefined) trader.found += count
  }
}
