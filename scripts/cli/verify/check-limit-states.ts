import { LIMIT_STATES, limitStatesOf } from '@drawbridge/history'
import { type ColumnDifference, type Comparison, placeOf } from './finding.ts'
import { eachChunk, textIn } from './tables.ts'

const { name: TABLE, key } = LIMIT_STATES
const typeOf: Readonly<Record<string, string>> = LIMIT_STATES.columns
const columns = Object.keys(typeOf).filter((column) => !(key as readonly string[]).includes(column))
const all = (side: string) => columns.map((column) => `${side}."${column}"`).join(', ')
const texts = (side: string) => `ARRAY[${columns.map((column) => textIn(side, column, typeOf[column])).join(', ')}]`

interface Compared {
  readonly trader_id: string
  readonly limit_name: string
  readonly version: string
  readonly stream_seq: string
  readonly is_missing: boolean
  readonly is_extra: boolean
  readonly differs: readonly boolean[]
  readonly said: readonly (string | null)[]
  readonly had: readonly (string | null)[]
}

/** One statement, so that both tables are seen between the same two transactions of persisters. */
const QUERY = `SELECT trader_id, limit_name, coalesce(said.version, had.version) AS version,
  coalesce(said.stream_seq, had.stream_seq) AS stream_seq, had.version IS NULL AS is_missing, said.version IS NULL AS is_extra,
  ARRAY[${columns.map((column) => `said."${column}" IS DISTINCT FROM had."${column}"`).join(', ')}] AS differs,
  ${texts('said')} AS said, ${texts('had')} AS had
FROM (${limitStatesOf('risk_state')}) AS said FULL JOIN ${TABLE} AS had USING (trader_id, limit_name)
WHERE (${all('said')}) IS DISTINCT FROM (${all('had')})
ORDER BY trader_id, limit_name`

/**
 * Compares the limits with those of the snapshot, which is compared with the log: a persister changes both in one
 * transaction.
 * @param wrong traders whose snapshot is not as the log says; their limits are not looked at
 */
export async function checkLimitStates({ client, report }: Comparison, wrong: ReadonlySet<string>): Promise<void> {
  for await (const chunk of eachChunk<Compared>(client, QUERY)) {
    for (const { trader_id: trader, limit_name: limit, is_missing: isMissing, is_extra: isExtra, ...found } of chunk) {
      if (wrong.has(trader)) continue
      const place = placeOf(TABLE, trader, { version: Number(found.version), stream_seq: Number(found.stream_seq) })
      const says = `limit ${limit}`
      if (isMissing || isExtra) report({ finding: isMissing ? 'missing' : 'extra', ...place, says })
      else report({ finding: 'different', ...place, columns: differencesOf(found), says })
    }
  }
}

function differencesOf({
  differs,
  said,
  had,
}: Pick<Compared, 'differs' | 'said' | 'had'>): readonly ColumnDifference[] {
  return columns.flatMap((column, index) =>
    differs[index] === true ? { column, log: said[index] ?? null, table: had[index] ?? null } : [],
  )
}
