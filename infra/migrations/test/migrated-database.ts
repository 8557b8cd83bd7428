import { createLogger } from '@drawbridge/service-kit'
import { createDatabase, type TestDatabase } from '@drawbridge/testing'
import pg from 'pg'
import { migrate } from '../src/index.ts'

export const DAY_MS = 86_400_000

/** What tests say of an event; the rest is the same in all. */
export interface Event {
  readonly trader: string
  readonly version: number
  readonly recordedAt: Date
  /** As recorded where it is not given. */
  readonly effectiveAt?: Date
  readonly equity?: string | null
  readonly drawdownPct?: string
  /** As the column has them; none where it is not given. */
  readonly limitStates?: readonly object[]
}

/** A database with tables, and the words in which the tests of this package are written. */
export class MigratedDatabase {
  readonly url: string
  readonly client: pg.Client
  readonly #database: TestDatabase
  readonly #others: pg.Client[] = []

  private constructor(database: TestDatabase, client: pg.Client) {
    this.#database = database
    this.url = database.url
    this.client = client
  }

  static async open({ prepare = async (_client: pg.Client) => {} } = {}): Promise<MigratedDatabase> {
    const database = await createDatabase()
    const scene = new MigratedDatabase(database, await connect(database.url))
    await prepare(scene.client)
    await scene.migrate()
    return scene
  }

  async close(): Promise<void> {
    for (const client of [...this.#others, this.client]) await client.end()
    await this.#database.drop()
  }

  async migrate(): Promise<void> {
    await migrate(this.url, createLogger('test', 'silent'))
  }

  /** Another connection; it ends with the scene. */
  async connect(): Promise<pg.Client> {
    const client = await connect(this.url)
    this.#others.push(client)
    return client
  }

  async rows<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return (await this.client.query<Row>(text, [...values])).rows
  }

  /** Midnight in UTC so many days ago, by the database's clock. */
  async daysAgo(days: number): Promise<Date> {
    const [row] = await this.rows<{ midnight: Date }>(
      "SELECT date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS midnight",
    )
    return new Date((row?.midnight.getTime() ?? 0) - days * DAY_MS)
  }

  /** Puts events into history and snapshot, as a persister would; on plain PostgreSQL the partitions must be there. */
  async store(events: readonly Event[]): Promise<void> {
    const values = (event: Event) => [
      event.trader,
      event.version,
      event.recordedAt,
      event.effectiveAt ?? event.recordedAt,
      event.equity === undefined ? '1000' : event.equity,
      event.drawdownPct ?? '0',
      event.limitStates === undefined ? null : JSON.stringify(event.limitStates),
    ]
    const insert = `(trader_id, version, recorded_at, effective_at, current_equity, drawdown_pct, limit_states,
      event_type, stream_seq, input_seq, trading_paused, config_version, rules_version, enforced)
      VALUES ($1, $2, $3, $4, $5, $6, $7, 'assessed', $2, $2, false, 0, 1, true)`
    for (const event of events) {
      await this.client.query(`INSERT INTO risk_state_history ${insert}`, values(event))
      await this.client.query(
        `INSERT INTO risk_state ${insert} ON CONFLICT (trader_id) DO UPDATE SET version = EXCLUDED.version,
         recorded_at = EXCLUDED.recorded_at, effective_at = EXCLUDED.effective_at, current_equity = EXCLUDED.current_equity`,
        values(event),
      )
    }
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  return client
}
