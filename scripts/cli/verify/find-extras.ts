import { decodeRiskEvent, parseTraderId, streams, subjects, type TraderId } from '@drawbridge/contracts'
import { lastSeqOf, readStream } from '@drawbridge/nats'
import type { NatsConnection } from '@nats-io/transport-node'
import type { ClientBase } from 'pg'
import { eachChunk } from '../each-chunk.ts'
import type { LoggedTrader } from './check-history.ts'
import type { Report } from './finding.ts'

export interface ExtrasSearch {
  readonly client: ClientBase
  readonly connection: NatsConnection
  /** What was found of each trader. */
  readonly traders: ReadonlyMap<TraderId, LoggedTrader>
  /** The last sequence of RISK that was looked at. */
  readonly end: number
  readonly report: Report
}

interface Counted {
  readonly trader_id: string
  readonly rows: string
  readonly last_seq: string
}

/** How many rows a trader has that say they are of the part of the log that was looked at; what stood in a log before it is not. */
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
 * Names the rows of the history that no event of the log has made. Every row was found by its key that the log knows of; so
 * a trader of whom the table counts more rows has some that it does not, and only such traders are read again, alone. A
 * persister that stores late makes a trader look like that too: then nothing comes of it.
 */
export async function findExtras(search: ExtrasSearch): Promise<void> {
  const { client, connection, traders, end } = search
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
  // Read after the rows: what is beyond this is of no log.
  const endNow = await lastSeqOf(connection, streams.risk)
  for (const { trader, seq } of last) if (seq > endNow) suspects.push(trader)
  for (const trader of suspects.sort()) await searchTrader(search, trader)
}

/** No version is as small. */
const BEFORE_ALL = Number.MIN_SAFE_INTEGER

interface Key {
  readonly version: string
  /** Of `recorded_at`, since 1970; of a row that nobody should have written, with a fraction. */
  readonly ms: string
  readonly recorded_at: Date
  readonly stream_seq: string
}

const ROWS = `SELECT version, recorded_at, extract(epoch FROM recorded_at) * 1000 AS ms, stream_seq FROM risk_state_history
WHERE trader_id = $1 AND version > $2 AND version <= $3 ORDER BY version, recorded_at`

/** Reads a trader's log again, beside its rows. */
async function searchTrader(search: ExtrasSearch, trader: string): Promise<void> {
  const { connection } = search
  const id = parseTraderId(trader)
  const carried = search.traders.get(trader)?.carriedVersion ?? null
  let done = carried === null ? BEFORE_ALL : carried - 1
  if (id.ok) {
    const filterSubjects = [subjects.traderLog(id.value)]
    const to = await lastSeqOf(connection, streams.risk)
    for await (const messages of readStream(connection, { stream: streams.risk, from: 1, to, filterSubjects })) {
      const recordedAt = new Map<number, number>()
      for (const { data } of messages) {
        const event = decodeRiskEvent(data)
        if (event.ok) recordedAt.set(event.value.state.version, event.value.recordedAt)
      }
      const upTo = Math.max(done, ...recordedAt.keys())
      await reportUnknown(search, trader, done, upTo, ({ version, ms }) => {
        return recordedAt.get(Number(version)) === Number(ms)
      })
      done = upTo
    }
    await reportBeyond(search, trader, done, to)
    return
  }
  await reportUnknown(search, trader, BEFORE_ALL, Number.MAX_SAFE_INTEGER, () => false)
}

/** After the last version that the log had when it ended at `to`: what says it was stored by then was not. */
async function reportBeyond(search: ExtrasSearch, trader: string, version: number, to: number): Promise<void> {
  const beyond: Key[] = []
  await reportUnknown(search, trader, version, Number.MAX_SAFE_INTEGER, (key) => {
    if (Number(key.stream_seq) > to) beyond.push(key)
    return Number(key.stream_seq) > to
  })
  if (beyond.length === 0) return
  const endNow = await lastSeqOf(search.connection, streams.risk)
  for (const key of beyond) if (Number(key.stream_seq) > endNow) reportExtra(search, trader, key)
}

async function reportUnknown(
  search: ExtrasSearch,
  trader: string,
  after: number,
  upTo: number,
  isKnown: (key: Key) => boolean,
): Promise<void> {
  for await (const keys of eachChunk<Key>(search.client, ROWS, [trader, after, upTo])) {
    for (const key of keys) if (!isKnown(key)) reportExtra(search, trader, key)
  }
}

function reportExtra({ report }: ExtrasSearch, trader: string, key: Key): void {
  report({
    finding: 'extra',
    where: 'risk_state_history',
    of: trader,
    version: Number(key.version),
    streamSeq: Number(key.stream_seq),
    says: `recorded_at ${key.recorded_at.toISOString()}`,
  })
}
