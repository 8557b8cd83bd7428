import { migrate } from '@drawbridge/migrations'
import { createLogger } from '@drawbridge/service-kit'
import { createDatabase, type TestDatabase } from '@drawbridge/testing'
import pg from 'pg'
import type { HistoryRow } from '../src/index.ts'
import { HistoryReader, type Select } from '../src/reads.ts'

/** A migrated database that holds given rows, and a reader of it. */
export class HistoryScene {
  readonly #database: TestDatabase
  readonly pool: pg.Pool
  readonly reader: HistoryReader

  private constructor(database: TestDatabase) {
    this.#database = database
    this.pool = new pg.Pool({ connectionString: database.url, max: 2 })
    this.reader = new HistoryReader(this.pool)
  }

  static async open(): Promise<HistoryScene> {
    const database = await createDatabase()
    await migrate(database.url, createLogger('test', 'silent'))
    return new HistoryScene(database)
  }

  async close(): Promise<void> {
    await this.pool.end()
    await this.#database.drop()
  }

  /** Puts the events of one trader into history and snapshot, as a persister does. */
  async store(rows: readonly HistoryRow[]): Promise<void> {
    const months = new Set(rows.map((row) => row.recorded_at.slice(0, 7)))
    const { rows: found } = await this.pool.query(
      "SELECT FROM pg_class WHERE relname = 'risk_state_history' AND relkind = 'p'",
    )
    if (found.length > 0) {
      for (const month of months) await this.pool.query('SELECT risk_create_history_partition($1)', [month])
    }
    const told = rows.map((row) => ({ ...row, ...documentsOf(row), updated_at: row.recorded_at }))
    await this.#insert('risk_state_history', told)
    await this.#insert('risk_state', told.slice(-1))
  }

  async #insert(table: string, rows: readonly object[]): Promise<void> {
    const insert = `INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1)`
    await this.pool.query(insert, [JSON.stringify(rows)])
  }

  read<T>(work: (select: Select) => Promise<T>): Promise<T> {
    return this.reader.read(work)
  }
}

function documentsOf({ detail, limit_states, undo }: HistoryRow): object {
  const read = (text: string | null) => (text === null ? null : JSON.parse(text))
  return { detail: read(detail), limit_states: read(limit_states), undo: read(undo) }
}
