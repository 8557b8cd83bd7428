import pg from 'pg'
import { shortest } from './decimal.ts'
import type { ConfigEvent, EventFacts, Evidence } from './evidence.ts'

interface Row {
  readonly trader_id: string
  readonly version: string
  readonly event_type: string
  readonly input_seq: string
  readonly tick_seq: string | null
  readonly recorded_at: Date
  readonly current_equity: string | null
  readonly trading_paused: boolean
}

const COLUMNS =
  'trader_id, version::text, event_type, input_seq::text, tick_seq::text, recorded_at, current_equity::text, trading_paused'

/** Reads the whole tables. */
export async function readTables(url: string): Promise<Pick<Evidence, 'history' | 'snapshot' | 'configHistory'>> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, query_timeout: 60_000 })
  await client.connect()
  try {
    const rows = async (table: string) => (await client.query<Row>(`SELECT ${COLUMNS} FROM ${table}`)).rows.map(factsOf)
    const configured = await client.query<ConfigEvent>(
      'SELECT kind, input_seq::float8 AS "inputSeq" FROM risk_config_history',
    )
    return {
      history: await rows('risk_state_history'),
      snapshot: await rows('risk_state'),
      configHistory: configured.rows,
    }
  } finally {
    await client.end()
  }
}

function factsOf(row: Row): EventFacts {
  return {
    trader: row.trader_id,
    version: Number(row.version),
    type: row.event_type,
    inputSeq: Number(row.input_seq),
    tickSeq: row.tick_seq === null ? null : Number(row.tick_seq),
    recordedAt: row.recorded_at.toISOString(),
    equity: row.current_equity === null ? null : shortest(row.current_equity),
    paused: row.trading_paused,
  }
}
