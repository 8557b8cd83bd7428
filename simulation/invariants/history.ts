import { decodeRiskEvent, headerNames, traceIdOf } from '@drawbridge/contracts'
import { historyRow } from '@drawbridge/history'
import { type Commit, type Database, historyKey } from '../database.ts'
import type { StoredMessage } from '../nats/simulated-server.ts'
import type { Report } from '../trace.ts'
import type { RiskLogInvariants } from './risk-log.ts'

/** The history is the log, and the snapshot is the last of the history. */
export class HistoryInvariants {
  readonly #database: Database
  readonly #risk: RiskLogInvariants
  readonly #report: Report
  /** The newest version in the history, by trader. */
  readonly #newest = new Map<string, number>()

  /** Stream sequences of the events in REJECTS. */
  readonly #rejected = new Set<number>()

  constructor(database: Database, risk: RiskLogInvariants, report: Report) {
    this.#database = database
    this.#risk = risk
    this.#report = report
  }

  /** Checks the rows that a transaction wrote. */
  onCommit({ batch, by }: Commit): void {
    for (const row of batch.events) {
      const where = `row ${row.trader_id} v${row.version} of ${by}`
      const event = this.#eventAt(row.stream_seq)
      if (event === undefined) {
        this.#report('history', `${where} is of event ${row.stream_seq}, which RISK does not have`)
        continue
      }
      const same =
        event.trader === row.trader_id &&
        event.version === row.version &&
        event.inputSeq === row.input_seq &&
        event.type === row.event_type &&
        event.paused === row.trading_paused &&
        Date.parse(event.recordedAt) === Date.parse(row.recorded_at)
      if (!same) this.#report('history', `${where} is not what event ${row.stream_seq} says`)
      this.#newest.set(row.trader_id, Math.max(row.version, this.#newest.get(row.trader_id) ?? 0))
    }
    for (const { trader_id: trader } of batch.events) {
      const newest = this.#newest.get(trader)
      const version = this.#database.snapshot.get(trader)?.version
      if (version !== newest) {
        this.#report('snapshot', `the snapshot of ${trader} is v${version}; the last of its history is v${newest}`)
      }
    }
  }

  /** REJECTS has stored an event of RISK. */
  onReject({ headers }: StoredMessage): void {
    const seq = Number(headers.get(headerNames.rejectSequence))
    const event = this.#eventAt(seq)
    if (event === undefined || !this.#database.refuses(event.version)) {
      this.#report('rejects', `event ${seq} is rejected, though the database does not refuse it`)
    }
    this.#rejected.add(seq)
  }

  /** The number of events that neither the history nor REJECTS has yet. */
  get missing(): number {
    return this.#risk.log.length - this.#database.history.size - this.#rejected.size
  }

  /** Compares the whole history with the whole log, value by value. */
  compareAll(): void {
    const { history, snapshot } = this.#database
    const count = this.#risk.log.length - this.#rejected.size
    if (history.size !== count) this.#report('history', `it has ${history.size} rows instead of ${count}`)
    for (const { trader, version, message } of this.#risk.log) {
      if (this.#rejected.has(message.seq)) continue
      const event = decodeRiskEvent(message.data)
      if (!event.ok) throw new Error(event.reason)
      const traceId = traceIdOf(message.headers.get(headerNames.traceparent) ?? '')
      const expected = historyRow(event.value, message.seq, traceId)
      const row = history.get(historyKey(trader, version, expected.recorded_at))
      if (JSON.stringify(row) !== JSON.stringify(expected)) {
        this.#report(
          'history',
          `${trader} v${version} is ${JSON.stringify(row)} instead of ${JSON.stringify(expected)}`,
        )
      }
      if (version === this.#newest.get(trader) && snapshot.get(trader)?.stream_seq !== message.seq) {
        this.#report('snapshot', `the snapshot of ${trader} is not its event ${message.seq}`)
      }
    }
  }

  /** Events are in the order of their stream sequence. */
  #eventAt(streamSeq: number): RiskLogInvariants['log'][number] | undefined {
    const { log } = this.#risk
    let low = 0
    let high = log.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const event = log[middle]
      if (event === undefined || event.streamSeq === streamSeq) return event
      if (event.streamSeq < streamSeq) low = middle + 1
      else high = middle - 1
    }
    return undefined
  }
}
