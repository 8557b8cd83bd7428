import { decodeRiskEvent, parseTraderId, streams, subjects, type TraderId } from '@drawbridge/contracts'
import { HISTORY } from '@drawbridge/history'
import { lastSeqOf, readStream } from '@drawbridge/nats'
import type { LoggedTrader } from './check-history.ts'
import { type Comparison, placeOf } from './finding.ts'
import { eachChunk } from './tables.ts'

type Traders = ReadonlyMap<TraderId, LoggedTrader>

interface Counted {
  readonly trader_id: string
  readonly rows: string
  readonly last_seq: string
}

/** How many rows each trader has with a sequence in the part of the log that was read, without those of an earlier log. */
const COUNT = `SELECT
  trader_id,
  count(*) FILTER (WHERE stream_seq <= $1 AND version >= first) AS rows,
  coalesce(max(stream_seq) FILTER (WHERE version > first), 0) AS last_seq
FROM (
  SELECT history.trader_id, version, stream_seq, coalesce(first_version, $4) AS first
  FROM risk_state_history AS history
  LEFT JOIN unnest($2::text[], $3::bigint[]) AS carried (trader_id, first_version) USING (trader_id)
) AS counted
GROUP BY trader_id`

/**
 * Reports the rows of the history that no event of the log has made. All rows of the log's events were found by their key, so
 * a trader with more rows in the table has some that the log does not know; only these traders are read again. A persister
 * that stores late can also cause a higher count; then nothing is reported.
 */
export async function findExtras(comparison: Comparison, traders: Traders): Promise<void> {
  const { client, connection, end } = comparison
  const carried = [...traders].filter(([, { carriedVersion }]) => carriedVersion !== null)
  const firsts = [carried.map(([trader]) => trader), carried.map(([, { carriedVersion }]) => carriedVersion)]
  const suspects: string[] = []
  const last: { trader: string; seq: number }[] = []
  for await (const chunk of eachChunk<Counted>(client, COUNT, [end, ...firsts, BEFORE_ALL])) {
    for (const { trader_id: trader, rows, last_seq: seq } of chunk) {
      if (Number(rows) > (traders.get(trader)?.found ?? 0)) suspects.push(trader)
      else if (Number(seq) > end) last.push({ trader, seq: Number(seq) })
    }
  }
  // Read after the rows: a row beyond this belongs to no log.
  const endNow = await lastSeqOf(connection, streams.risk)
  for (const { trader, seq } of last) if (seq > endNow) suspects.push(trader)
  for (const trader of suspects.sort()) {
    await searchTrader(comparison, trader, traders.get(trader)?.carriedVersion ?? null)
  }
}

/** Smaller than any version. */
const BEFORE_ALL = Number.MIN_SAFE_INTEGER

interface Key {
  readonly version: string
  /** `recorded_at` since 1970; with a fraction in a row that nobody should have written. */
  readonly ms: string
  readonly recorded_at: Date
  readonly stream_seq: string
}

const ROWS = `SELECT version, recorded_at, extract(epoch FROM recorded_at) * 1000 AS ms, stream_seq FROM risk_state_history
WHERE trader_id = $1 AND version > $2 AND version <= $3 ORDER BY version, recorded_at`

/** Compares a trader's rows with its part of the log, read again. @param carried version carried over from another log */
async function searchTrader(comparison: Comparison, trader: string, carried: number | null): Promise<void> {
  const { connection } = comparison
  const id = parseTraderId(trader)
  if (!id.ok) return reportUnknown(comparison, trader, BEFORE_ALL, Number.MAX_SAFE_INTEGER, () => false)
  let done = carried === null ? BEFORE_ALL : carried - 1
  const filterSubjects = [subjects.traderLog(id.value)]
  const to = await lastSeqOf(connection, streams.risk)
  for await (const messages of readStream(connection, { stream: streams.risk, from: 1, to, filterSubjects })) {
    const recordedAt = new Map<number, number>()
    for (const { data } of messages) {
      const event = decodeRiskEvent(data)
      if (event.ok) recordedAt.set(event.value.state.version, event.value.recordedAt)
    }
    const upTo = Math.max(done, ...recordedAt.keys())
    const isKnown = ({ version, ms }: Key) => recordedAt.get(Number(version)) === Number(ms)
    await reportUnknown(comparison, trader, done, upTo, isKnown)
    done = upTo
  }
  // Later versions: a row with a sequence up to `to` was never stored there.
  const beyond: Key[] = []
  await reportUnknown(comparison, trader, done, Number.MAX_SAFE_INTEGER, (key) => {
    if (Number(key.stream_seq) > to) beyond.push(key)
    return Number(key.stream_seq) > to
  })
  const endNow = beyond.length === 0 ? 0 : await lastSeqOf(connection, streams.risk)
  for (const key of beyond) if (Number(key.stream_seq) > endNow) reportExtra(comparison, trader, key)
}

async function reportUnknown(
  comparison: Comparison,
  trader: string,
  after: number,
  upTo: number,
  isKnown: (key: Key) => boolean,
): Promise<void> {
  for await (const keys of eachChunk<Key>(comparison.client, ROWS, [trader, after, upTo])) {
    for (const key of keys) if (!isKnown(key)) reportExtra(comparison, trader, key)
  }
}

function reportExtra({ report }: Comparison, trader: string, key: Key): void {
  const place = placeOf(HISTORY.name, trader, { version: Number(key.version), stream_seq: Number(key.stream_seq) })
  report({ finding: 'extra', ...place, says: `recorded_at ${key.recorded_at.toISOString()}` })
}
