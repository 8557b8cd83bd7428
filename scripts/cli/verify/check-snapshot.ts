import { headerNames, streams, type TraderId } from '@drawbridge/contracts'
import { databaseReason, type HistoryRow, inHalves, readMessage, SNAPSHOT } from '@drawbridge/history'
import { lastSeqOf } from '@drawbridge/nats'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { ClientBase } from 'pg'
import { eachChunk } from '../each-chunk.ts'
import { type LoggedTrader, OF_THE_LOG } from './check-history.ts'
import { compareRows } from './compare-rows.ts'
import type { Finding, Report } from './finding.ts'

export interface SnapshotSearch {
  readonly client: ClientBase
  readonly connection: NatsConnection
  readonly traders: ReadonlyMap<TraderId, LoggedTrader>
  /** The last sequence of RISK that was looked at. */
  readonly end: number
  readonly report: Report
}

interface Place {
  readonly trader_id: string
  readonly version: string
  readonly stream_seq: string
}

/** Messages that are asked for at a time. */
const ASKED_MAX = 500

/** Compares the snapshot with the last event of each trader, or with a later one that came meanwhile. */
export async function checkSnapshot(search: SnapshotSearch): Promise<void> {
  const { client, connection, traders, report } = search
  const manager = await jetstreamManager(connection, { timeout: 10_000, checkAPI: false })
  const absent = new Set(traders.keys())
  const query = 'SELECT trader_id, version, stream_seq FROM risk_state ORDER BY trader_id'
  for await (const places of eachChunk<Place>(client, query)) {
    for (const { trader_id: id } of places) absent.delete(id)
    const endNow = await lastSeqOf(connection, streams.risk)
    for (let from = 0; from < places.length; from += ASKED_MAX) {
      const some = places.slice(from, from + ASKED_MAX)
      const rows = await Promise.all(some.map((place) => eventOf(search, manager, place, endNow)))
      await compare(
        search,
        rows.filter((row) => row !== null),
      )
    }
  }
  for (const id of [...absent].sort()) {
    const { lastVersion: version = null, lastSeq: streamSeq = null } = traders.get(id) ?? {}
    report({ finding: 'missing', where: SNAPSHOT.name, of: id, version, streamSeq })
  }
}

/** What the log says of the event that a row of the snapshot says it is; null: there is no such event, which is reported. */
async function eventOf(
  search: SnapshotSearch,
  manager: JetStreamManager,
  place: Place,
  endNow: number,
): Promise<HistoryRow | null> {
  const seq = eventSeqOf(search, place, endNow)
  if (seq === null) return null
  const row = await rowAt(manager, seq)
  if (row?.trader_id === place.trader_id && row.version === Number(place.version)) return row
  reportPlace(search, 'ahead', place, 'no event of the log has this version')
  return null
}

/** Where in RISK the event must be that a row of the snapshot says; null: nowhere, which is reported. */
function eventSeqOf(search: SnapshotSearch, place: Place, endNow: number): number | null {
  const logged = search.traders.get(place.trader_id)
  const [version, seq] = [Number(place.version), Number(place.stream_seq)]
  if (version === logged?.lastVersion) return logged.lastSeq
  if (logged !== undefined && version < logged.lastVersion) {
    reportPlace(search, 'behind', place, `the log is at version ${logged.lastVersion}`)
    return null
  }
  if (seq > search.end && seq <= endNow) return seq
  if (logged === undefined) reportPlace(search, 'extra', place, 'the log has no event of this trader')
  else reportPlace(search, 'ahead', place, `the log is at version ${logged.lastVersion}`)
  return null
}

async function rowAt(manager: JetStreamManager, seq: number): Promise<HistoryRow | null> {
  const message = await manager.streams.getMessage(streams.risk, { seq })
  if (message === null) return null
  const traceparent = message.header.get(headerNames.traceparent)
  const reading = readMessage({ subject: message.subject, data: message.data, seq, traceparent })
  return reading.kind === 'event' ? reading.row : null
}

async function compare(search: SnapshotSearch, rows: readonly HistoryRow[]): Promise<void> {
  const { client, traders, report } = search
  const refused = (row: HistoryRow, error: unknown) => {
    report({ ...placeOf(row), finding: 'unreadable', says: databaseReason(error) })
    return []
  }
  const lookUp = (some: readonly HistoryRow[]) => compareRows(client, SNAPSHOT, some)
  for (const fault of await inHalves(rows, lookUp, refused)) {
    if (fault.kind === 'missing') continue
    const isCarried = traders.get(fault.row.trader_id)?.carriedVersion === fault.row.version
    const columns = isCarried ? fault.columns.filter(({ column }) => !OF_THE_LOG.has(column)) : fault.columns
    if (columns.length > 0) report({ ...placeOf(fault.row), finding: 'different', columns })
  }
}

function reportPlace({ report }: SnapshotSearch, finding: Finding['finding'], place: Place, says: string): void {
  const { trader_id, version, stream_seq } = place
  report({ ...placeOf({ trader_id, version: Number(version), stream_seq: Number(stream_seq) }), finding, says })
}

function placeOf(row: Pick<HistoryRow, 'trader_id' | 'version' | 'stream_seq'>): Omit<Finding, 'finding'> {
  return { where: SNAPSHOT.name, of: row.trader_id, version: row.version, streamSeq: row.stream_seq }
}
