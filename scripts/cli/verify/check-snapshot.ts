import { headerNames, streams, type TraderId } from '@drawbridge/contracts'
import { type HistoryRow, readMessage, SNAPSHOT } from '@drawbridge/history'
import { lastSeqOf } from '@drawbridge/nats'
import type { JetStreamManager } from '@nats-io/jetstream'
import { managerOf } from '../servers.ts'
import type { LoggedTrader } from './check-history.ts'
import { type Comparison, type Finding, placeOf } from './finding.ts'
import { compareRows, eachChunk, reportFault } from './tables.ts'

type Traders = ReadonlyMap<TraderId, LoggedTrader>

interface Place {
  readonly trader_id: string
  readonly version: string
  readonly stream_seq: string
}

/** Messages that are asked for at a time. */
const ASKED_MAX = 500

/**
 * Compares the snapshot with the last event of each trader, or with a later one that came meanwhile.
 * @returns the traders of whom it says something else
 */
export async function checkSnapshot(all: Comparison, traders: Traders): Promise<ReadonlySet<string>> {
  const wrong = new Set<string>()
  const report = (finding: Finding) => {
    wrong.add(finding.of)
    all.report(finding)
  }
  const comparison = { ...all, report }
  const { client, connection } = comparison
  const manager = await managerOf(connection)
  const absent = new Set(traders.keys())
  const query = 'SELECT trader_id, version, stream_seq FROM risk_state ORDER BY trader_id'
  for await (const places of eachChunk<Place>(client, query)) {
    for (const { trader_id: id } of places) absent.delete(id)
    const endNow = await lastSeqOf(connection, streams.risk)
    for (let from = 0; from < places.length; from += ASKED_MAX) {
      const some = places.slice(from, from + ASKED_MAX)
      const rows = await Promise.all(some.map((place) => eventOf(comparison, traders, manager, place, endNow)))
      const events = rows.filter((row) => row !== null)
      for (const fault of await compareRows(client, SNAPSHOT, events)) {
        const { finding, row } = fault
        const isCarried = traders.get(row.trader_id)?.carriedVersion === row.version
        if (finding !== 'missing') reportFault(report, placeOf(SNAPSHOT.name, row.trader_id, row), fault, isCarried)
      }
    }
  }
  for (const id of [...absent].sort()) {
    const { lastVersion: version = null, lastSeq: streamSeq = null } = traders.get(id) ?? {}
    report({ finding: 'missing', where: SNAPSHOT.name, of: id, version, streamSeq })
  }
  return wrong
}

/** The event of the log that a row of the snapshot belongs to; null: there is none, which is reported. */
async function eventOf(
  { end, report }: Comparison,
  traders: Traders,
  manager: JetStreamManager,
  { trader_id: id, ...place }: Place,
  endNow: number,
): Promise<HistoryRow | null> {
  const logged = traders.get(id)
  const [version, seq] = [Number(place.version), Number(place.stream_seq)]
  const reported = (finding: Finding['finding'], says: string) => {
    report({ finding, ...placeOf(SNAPSHOT.name, id, { version, stream_seq: seq }), says })
    return null
  }
  const isLast = version === logged?.lastVersion
  if (!isLast && (seq <= end || seq > endNow || version < (logged?.lastVersion ?? version))) {
    if (logged === undefined) return reported('extra', 'the log has no event of this trader')
    const finding = version < logged.lastVersion ? 'behind' : 'ahead'
    return reported(finding, `the log is at version ${logged.lastVersion}`)
  }
  const row = await rowAt(manager, isLast ? logged.lastSeq : seq)
  if (row?.trader_id === id && row.version === version) return row
  return reported('ahead', 'no event of the log has this version')
}

async function rowAt(manager: JetStreamManager, seq: number): Promise<HistoryRow | null> {
  const message = await manager.streams.getMessage(streams.risk, { seq })
  if (message === null) return null
  const traceparent = message.header.get(headerNames.traceparent)
  const reading = readMessage({ subject: message.subject, data: message.data, seq, traceparent })
  return reading.kind === 'event' ? reading.row : null
}
