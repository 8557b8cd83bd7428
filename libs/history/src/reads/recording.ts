import { type ConfigEvent, decodeConfigEvent, type TraderId } from '@drawbridge/contracts'
import type { RecordedRow } from '../core/recorded-row.ts'
import type { Select } from './history-reader.ts'
import { millis } from './span.ts'

const ROWS = `
  SELECT version::float8 AS version, input_seq::float8 AS "inputSeq", ${millis('recorded_at')} AS "recordedAt",
    ${millis('effective_at')} AS "effectiveAt", tick_seq::float8 AS "tickSeq", current_equity::text AS equity,
    balance::text AS balance, undo #>> '{reading,at}' AS at, detail, CASE WHEN detail IS NOT NULL THEN undo - 'limitStates' END AS undo
  FROM risk_state_history
  WHERE trader_id = $1 AND version > $2
  ORDER BY version
  LIMIT $3`

/** The next rows of a trader, in the order of its log. @param after the version of the last one before */
export function readRecordedRows(
  select: Select,
  trader: TraderId,
  after: number,
  max: number,
): Promise<readonly RecordedRow[]> {
  return select<RecordedRow>(ROWS, [trader, after, max])
}

/** The limits of one trader in an object of limits by trader: there may be thousands. */
const ownOf = (limits: string) =>
  `CASE WHEN ${limits} ? $1 THEN jsonb_build_object($1::text, ${limits} -> $1) ELSE '{}' END`

const CONFIGURATIONS = `
  SELECT kind, (CASE WHEN kind <> 'limits' THEN detail ELSE detail - 'previous' || jsonb_build_object(
    'traders', ${ownOf("detail -> 'traders'")},
    'pending', (
      SELECT coalesce(jsonb_agg(change || jsonb_build_object('traders', ${ownOf("change -> 'traders'")})), '[]')
      FROM jsonb_array_elements(coalesce(detail -> 'pending', '[]')) AS change
    )) END)::text AS detail
  FROM risk_config_history
  WHERE input_seq > $2
  ORDER BY input_seq
  LIMIT $3`

/** The next configurations in the order of their inputs. @param after the input sequence of the last one before */
export async function readConfigurations(
  select: Select,
  trader: TraderId,
  after: number,
  max: number,
): Promise<readonly ConfigEvent[]> {
  const rows = await select<{ kind: 'flags' | 'limits'; detail: string }>(CONFIGURATIONS, [trader, after, max])
  return rows.map(({ kind, detail }) => {
    const event = decodeConfigEvent(kind, new TextEncoder().encode(detail))
    if (!event.ok) throw new Error(`risk_config_history has a configuration that cannot be read: ${event.reason}`)
    return event.value
  })
}

const EXTENT = `
  SELECT min(version)::float8 AS first, max(version)::float8 AS last, ${millis('min(effective_at)')} AS "from",
    ${millis('max(effective_at)')} AS "to"
  FROM (
    (SELECT version, effective_at FROM risk_state_history WHERE trader_id = $1 ORDER BY version LIMIT 1)
    UNION ALL
    (SELECT version, effective_at FROM risk_state_history WHERE trader_id = $1 ORDER BY version DESC LIMIT 1)
  ) AS ends`

/** The first and the last event that the history has of a trader. */
export interface RecordingExtent {
  readonly first: number
  readonly last: number
  readonly from: number
  readonly to: number
}

/** Null: the history has no event of the trader. */
export async function readRecordingExtent(select: Select, trader: TraderId): Promise<RecordingExtent | null> {
  const [row] = await select<{ [K in keyof RecordingExtent]: number | null }>(EXTENT, [trader])
  if (row === undefined || row.first === null || row.last === null || row.from === null || row.to === null) return null
  return { first: row.first, last: row.last, from: row.from, to: row.to }
}
