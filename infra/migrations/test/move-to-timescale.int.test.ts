import { infrastructure } from '@drawbridge/test-kit'
import type pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createHistoryPartitions,
  createTimescale,
  detectStorage,
  type MoveOptions,
  maintainHistory,
  moveToTimescale,
  surveyMove,
} from '../src/index.ts'
import { DAY_MS, MigratedDatabase } from './migrated-database.ts'

const { timescale } = infrastructure()
const hasTimescale = timescale !== 'none'
const DIGEST = `SELECT count(*)::int, sum(hashtextextended(event::text, 0)) FROM risk_state_history AS event`

let database: MigratedDatabase
beforeEach(async () => {
  database = await MigratedDatabase.open({ prepare: refuseExtensions })
  await database.client.query('DROP EVENT TRIGGER IF EXISTS refuse_extensions')
})
afterEach(() => database.close())

/** So the history is kept as plain PostgreSQL does, on a server that has TimescaleDB too. */
async function refuseExtensions(client: pg.Client): Promise<void> {
  await client.query(`CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql
    AS 'BEGIN RAISE EXCEPTION ''no extensions here''; END'`)
  await client.query(`CREATE EVENT TRIGGER refuse_extensions ON ddl_command_start WHEN TAG IN ('CREATE EXTENSION')
    EXECUTE FUNCTION refuse()`)
}

/** An event of each of two traders on each day that is named, versions from 1 up. */
async function storeEvents(daysAgo: readonly number[]): Promise<void> {
  const today = await database.daysAgo(0)
  const events = daysAgo.flatMap((days, index) =>
    ['bot1', 'bot2'].map((trader) => ({
      trader,
      version: index + 1,
      recordedAt: new Date(today.getTime() - days * DAY_MS),
      equity: `${1000 + index}.10`,
    })),
  )
  await createHistoryPartitions(database.client, [
    ...new Set(events.map((event) => event.recordedAt.toISOString().slice(0, 7))),
  ])
  await database.store(events)
}

async function move(options: Partial<MoveOptions> = {}) {
  const client = await database.connect()
  try {
    return await moveToTimescale(client, {
      createExtension: () => createTimescale(database.url),
      dropOld: false,
      onCopied: () => {},
      onExchange: () => {},
      ...options,
    })
  } finally {
    await client.end()
  }
}

const indexes = () =>
  database.rows("SELECT indexname FROM pg_indexes WHERE tablename = 'risk_state_history' ORDER BY 1")

test.skipIf(hasTimescale)('a server without TimescaleDB is told so, and nothing is changed', async () => {
  await storeEvents([40, 1])

  await expect(move()).rejects.toThrow('this server has no TimescaleDB')

  expect(await detectStorage(database.client)).toBe('postgresql')
})

test.skipIf(!hasTimescale)(
  'a history of partitions becomes a hypertable that holds every event as it was',
  async () => {
    await storeEvents([400, 200, 100, 99, 40, 1])
    const [before, names] = [await database.rows(DIGEST), await indexes()]
    const equity = await database.rows('SELECT * FROM risk_equity_1d ORDER BY trader_id, bucket')
    const days = await database.rows('SELECT * FROM risk_daily_pnl ORDER BY trader_id, last_reset_time')

    expect(await move()).toEqual({
      kind: 'moved',
      storage: `timescaledb-${timescale}`,
      rows: 12,
      copied: 12,
      old: 'risk_state_history_partitioned',
    })

    expect(await database.rows(DIGEST)).toEqual(before)
    expect(await indexes()).toEqual(names)
    expect(await database.rows('SELECT * FROM risk_equity_1d ORDER BY trader_id, bucket')).toEqual(equity)
    expect(await database.rows('SELECT * FROM risk_daily_pnl ORDER BY trader_id, last_reset_time')).toEqual(days)
    expect(await database.rows('SELECT count(*)::int FROM risk_state_history_partitioned')).toEqual([{ count: 12 }])
  },
)

test.skipIf(!hasTimescale)('afterwards the history is like one that began as a hypertable', async () => {
  await storeEvents([400, 1])
  await move({ dropOld: true })
  const today = await database.daysAgo(0)
  const event = { trader: 'bot1', version: 3, recordedAt: new Date(today.getTime() + 90 * DAY_MS) }

  await database.migrate()
  await database.store([event])

  await expect(database.store([event])).rejects.toMatchObject({
    code: '23505',
    table: expect.stringContaining('chunk'),
  })
  expect(await maintainHistory(database.client, 100)).toMatchObject({ kind: 'done', dropped: { length: 1 } })
  expect(await database.rows('SELECT DISTINCT version FROM risk_state_history ORDER BY 1')).toEqual([
    { version: '2' },
    { version: '3' },
  ])
  expect(await database.rows("SELECT to_regclass('risk_state_history_partitioned') AS old")).toEqual([{ old: null }])
})

test.skipIf(!hasTimescale)("an operator's views, indexes and rights move too", async () => {
  await storeEvents([40, 1])
  const { client } = database
  const reader = `reader_${database.url.slice(-8)}`
  await client.query(`CREATE ROLE ${reader}`)
  try {
    await client.query('CREATE VIEW mine WITH (security_barrier = true) AS SELECT count(*) FROM risk_state_history')
    await client.query('CREATE VIEW over_mine AS SELECT * FROM mine')
    await client.query('CREATE INDEX by_trace ON risk_state_history (trace_id) WHERE trace_id IS NOT NULL')
    await client.query(`GRANT SELECT ON risk_state_history, over_mine TO ${reader}`)

    await move({ dropOld: true })

    expect(await indexes()).toContainEqual({ indexname: 'by_trace' })
    expect(await database.rows("SELECT reloptions FROM pg_class WHERE relname = 'mine'")).toEqual([
      { reloptions: ['security_barrier=true'] },
    ])
    await client.query(`SET ROLE ${reader}`)
    expect(await database.rows('SELECT * FROM over_mine')).toEqual([{ count: '4' }])
    expect(await database.rows('SELECT count(*) FROM risk_state_history')).toEqual([{ count: '4' }])
  } finally {
    await client.query('RESET ROLE')
    await client.query(`DROP OWNED BY ${reader}`)
    await client.query(`DROP ROLE ${reader}`)
  }
})

test.skipIf(!hasTimescale)('what comes while the history is copied is there afterwards', async () => {
  await storeEvents([100, 40])
  const today = await database.daysAgo(0)
  let version = 2
  const late = async (daysAgo: number) => {
    version += 1
    const recordedAt = new Date(today.getTime() - daysAgo * DAY_MS)
    await createHistoryPartitions(database.client, [recordedAt.toISOString().slice(0, 7)])
    await database.store([{ trader: 'bot1', version, recordedAt }])
  }

  const moved = await move({
    // When everything was copied and compared: into a part that was, and into one that is new.
    onExchange: async () => {
      await late(39)
      await late(300)
    },
  })

  expect(moved).toMatchObject({ kind: 'moved', rows: 6, copied: 6 })
  expect(
    await database.rows('SELECT version FROM risk_state_history WHERE trader_id = $1 ORDER BY 1', ['bot1']),
  ).toEqual(['1', '2', '3', '4'].map((text) => ({ version: text })))
})

test.skipIf(!hasTimescale)('a move that was interrupted goes on where it was', async () => {
  await storeEvents([400, 200, 100, 40])
  const interrupt = (rows: number) => {
    if (rows === 4) throw new Error('interrupted')
  }
  await expect(move({ onCopied: interrupt })).rejects.toThrow('interrupted')
  expect(await detectStorage(database.client)).toBe('postgresql')
  const before = await database.rows(DIGEST)

  expect(await move()).toMatchObject({ kind: 'moved', rows: 8, copied: 4 })

  expect(await database.rows(DIGEST)).toEqual(before)
})

test.skipIf(!hasTimescale)('what the retention drops between two attempts does not come back', async () => {
  await storeEvents([400, 200, 40])
  const interrupt = (rows: number) => {
    if (rows === 4) throw new Error('interrupted')
  }
  await expect(move({ onCopied: interrupt })).rejects.toThrow('interrupted')
  const maintaining = await database.connect()
  await maintainHistory(maintaining, 100)
  await maintaining.end()

  expect(await move()).toMatchObject({ kind: 'moved', rows: 2 })
})

test.skipIf(!hasTimescale)(
  'a copy that differs from the history in a single value is refused, and nothing is exchanged',
  async () => {
    await storeEvents([100, 40])
    const interrupt = (rows: number) => {
      if (rows === 4) throw new Error('interrupted')
    }
    await expect(move({ onCopied: interrupt })).rejects.toThrow('interrupted')
    await database.client.query(
      "UPDATE risk_state_history_hypertable SET current_equity = current_equity + 0.00000001 WHERE trader_id = 'bot1' AND version = 1",
    )

    await expect(move()).rejects.toThrow('is not what it holds')

    expect(await detectStorage(database.client)).toBe('postgresql')
    await database.client.query('DROP TABLE risk_state_history_hypertable')
    expect(await move()).toMatchObject({ kind: 'moved', rows: 4 })
  },
)

test.skipIf(!hasTimescale)('a copy that has an event too many is refused', async () => {
  await storeEvents([100, 40])
  await expect(
    move({
      onExchange: () => {
        throw new Error('interrupted')
      },
    }),
  ).rejects.toThrow('interrupted')
  await database.client.query(`INSERT INTO risk_state_history_hypertable
    SELECT (jsonb_populate_record(event, jsonb_build_object('recorded_at', now() + INTERVAL '2 years'))).*
    FROM risk_state_history AS event WHERE trader_id = 'bot1' AND version = 1`)

  await expect(move()).rejects.toThrow('is not what it holds')

  expect(await detectStorage(database.client)).toBe('postgresql')
})

test.skipIf(!hasTimescale)('what cannot move is named, and nothing is changed', async () => {
  await storeEvents([40])
  await database.client.query('CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM risk_state_history')
  await database.client.query(`CREATE FUNCTION newest() RETURNS bigint LANGUAGE sql
    BEGIN ATOMIC SELECT max(version) FROM risk_state_history; END`)
  await database.client.query('CREATE PUBLICATION elsewhere FOR TABLE risk_state_history')
  await database.client.query('CREATE TABLE the_rest PARTITION OF risk_state_history DEFAULT')

  await expect(move()).rejects.toThrow(
    /publication elsewhere.*materialized view counted.*function newest\(\).*partition public.the_rest/s,
  )

  expect(await surveyMove(database.client)).toMatchObject({ storage: 'postgresql', obstacles: { length: 4 } })
  expect(await database.rows("SELECT to_regclass('risk_state_history_hypertable') AS shadow")).toEqual([
    { shadow: null },
  ])
})

test.skipIf(!hasTimescale)('a hypertable is left as it is', async () => {
  await storeEvents([40])
  await move({ dropOld: true })

  expect(await move()).toEqual({ kind: 'nothing-to-do', storage: `timescaledb-${timescale}` })
})

test.skipIf(!hasTimescale)('nobody moves what somebody else is moving', async () => {
  await storeEvents([40])
  const both = await Promise.all([move(), move()])

  expect(both.map(({ kind }) => kind).sort()).toEqual(['moved', 'nothing-to-do'])
})
