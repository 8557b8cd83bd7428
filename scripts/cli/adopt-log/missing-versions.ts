import type { TraderId } from '@drawbridge/contracts'
import type { ClientBase } from 'pg'

export interface VersionRange {
  readonly from: number
  readonly to: number
}

/** Versions of a trader whose events are not known. */
export interface MissingVersions extends VersionRange {
  readonly trader: TraderId
}

/** So many are looked for. */
const RANGES_MAX = 1_000

const SQL = `
  SELECT trader_id AS trader, previous + 1 AS "from", version - 1 AS "to"
  FROM (
    SELECT history.trader_id, history.version,
           coalesce(lag(history.version) OVER (PARTITION BY history.trader_id ORDER BY history.version), cut.version, 0) AS previous
    FROM risk_state_history AS history LEFT JOIN risk_state_at_cut AS cut USING (trader_id)
  ) AS versions
  WHERE version > previous + 1
  ORDER BY trader_id, version LIMIT ${RANGES_MAX}`

/** What the history lacks between the versions that it has, by trader. What retention has given up is not missing. */
export async function missingInHistory(client: ClientBase): Promise<readonly MissingVersions[]> {
  const { rows } = await client.query<{ trader: TraderId; from: string; to: string }>(SQL)
  return rows.map(({ trader, from, to }) => ({ trader, from: Number(from), to: Number(to) }))
}

/** What is left of a range without the ranges that are known, which ascend. */
export function without(range: VersionRange, known: readonly VersionRange[]): readonly VersionRange[] {
  const left: VersionRange[] = []
  let { from } = range
  for (const { from: first, to: last } of known) {
    if (last < from || first > range.to) continue
    if (first > from) left.push({ from, to: first - 1 })
    from = last + 1
  }
  return from > range.to ? left : [...left, { from, to: range.to }]
}
