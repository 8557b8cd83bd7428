import { eventually, infrastructure } from '@drawbridge/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createHistoryPartitions, historyCondition, maintainHistory } from '../src/index.ts'
import { DAY_MS, type Event, MigratedDatabase } from './migrated-database.ts'

const isPlain = infrastructure().timescale === 'none'

let database: MigratedDatabase
beforeEach(async () => {
  database = await MigratedDatabase.open()
})
afterEach(() => database.close())

/** An event at noon of each day that is named, versions from 1 up. */
async function eventsOf(trader: string, daysAgo: readonly number[]): Promise<readonly Event[]> {
  const today = await database.daysAgo(0)
  return daysAgo.map((days, index) => ({
    trader,
    version: index + 1,
    recordedAt: new Date(today.getTime() - (days - 0.5) * DAY_MS),
    equity: String(1000 + index),
  }))
}

async function store(events: readonly Event[]): Promise<void> {
  const months = new Set(events.map(({ recordedAt }) => recordedAt.toISOString().slice(0, 7)))
  await createHistoryPartitions(database.client, [...months])
  await database.store(events)
}

async function versionsOf(trader: string): Promise<readonly number[]> {
  const rows = await database.rows<{ version: string }>(
    'SELECT version FROM risk_state_history WHERE trader_id = $1 ORDER BY version',
    [trader],
  )
  return rows.map((row) => Number(row.version))
}

async function versionAt(trader: string, at: Date): Promise<number | null> {
  const [row] = await database.rows<{ version: string }>('SELECT version FROM risk_state_at($1) WHERE trader_id = $2', [
    at,
    trader,
  ])
  return row === undefined ? null : Number(row.version)
}

test('without a retention nothing is dropped', async () => {
  await store(await eventsOf('bot1', [4000, 400, 1]))

  expect(await maintainHistory(database.client, null)).toEqual({ kind: 'done', dropped: [] })
  expect(await versionsOf('bot1')).toEqual([1, 2, 3])
})

test('chunks or partitions without any kept event are dropped, and no event younger than the retention', async () => {
  await store(await eventsOf('bot1', [400, 300, 200, 99, 50, 1]))

  const maintained = await maintainHistory(database.client, 100)

  expect(maintained).toMatchObject({ kind: 'done', dropped: { length: 3 } })
  expect(await versionsOf('bot1')).toEqual([4, 5, 6])
})

test('a block of events that are dropped goes with them', async () => {
  await store(await eventsOf('bot1', [400, 300, 1]))
  const today = await database.daysAgo(0)
  for (const [block, days] of [400, 300, 1].entries()) {
    const at = new Date(today.getTime() - (days - 0.5) * DAY_MS)
    await database.client.query(
      `INSERT INTO risk_history_block (trader_id, block, effective_from, effective_until, recorded_from, recorded_until,
        low, high, at_peak, has_detail) VALUES ('bot1', $1, $2, $2, $2, $2, 1000, 1000, true, false)`,
      [block, at],
    )
  }

  await maintainHistory(database.client, 100)

  expect(await database.rows('SELECT block::int FROM risk_history_block')).toEqual([{ block: 2 }])
})

test('what was given up once stays given up when the retention becomes longer', async () => {
  const keptFrom = () => database.rows('SELECT kept_from FROM risk_retention')
  await maintainHistory(database.client, 100)
  const before = await keptFrom()
  expect(before).toEqual([{ kept_from: await database.daysAgo(100) }])

  await maintainHistory(database.client, 1000)

  expect(await keptFrom()).toEqual(before)
})

test('after the cut the state of every trader is known at every instant, also of one that was silent', async () => {
  const busy = await eventsOf('busy', [400, 300, 99, 50, 1])
  const silent = await eventsOf('silent', [410, 310])
  const late = await eventsOf('late', [320, 20])
  await store([...busy, ...silent, ...late])
  const today = await database.daysAgo(0)
  const instants = [100, 80, 49, 10, 0].map((days) => new Date(today.getTime() - days * DAY_MS))
  const ask = async () => {
    const answers = []
    for (const at of instants)
      answers.push([await versionAt('busy', at), await versionAt('silent', at), await versionAt('late', at)])
    return answers
  }
  const before = await ask()

  await maintainHistory(database.client, 100)

  expect(await versionsOf('silent')).toEqual([])
  expect(await ask()).toEqual(before)
  expect(before[0]).toEqual([2, 2, 1])
})

test('before the cut nothing is known of a trader but what is left', async () => {
  await store(await eventsOf('bot1', [400, 300, 200, 1]))

  await maintainHistory(database.client, 100)

  expect(await versionAt('bot1', await database.daysAgo(250))).toBeNull()
  expect(await versionAt('bot1', await database.daysAgo(150))).toBe(3)
})

test('a state at the cut never goes back when older parts are dropped later', async () => {
  await store(await eventsOf('bot1', [300, 200, 1]))
  await maintainHistory(database.client, 150)
  const [kept] = await database.rows("SELECT version FROM risk_state_at_cut WHERE trader_id = 'bot1'")
  expect(kept).toEqual({ version: '2' })

  await database.client.query("UPDATE risk_retention SET kept_from = '-infinity'")
  const [oldest] = await eventsOf('bot1', [310])
  if (oldest === undefined) throw new Error('no event')
  await createHistoryPartitions(database.client, [oldest.recordedAt.toISOString().slice(0, 7)])
  await database.client.query(
    `INSERT INTO risk_state_history
    SELECT (jsonb_populate_record(cut, jsonb_build_object('version', 1, 'recorded_at', $1::timestamptz))).*
    FROM risk_state_at_cut AS cut`,
    [oldest.recordedAt],
  )
  await maintainHistory(database.client, 150)

  expect(await database.rows("SELECT version FROM risk_state_at_cut WHERE trader_id = 'bot1'")).toEqual([kept])
})

test('a part that somebody reads is left for the next time, with all that is in it', async () => {
  await store(await eventsOf('bot1', [300, 1]))
  const reader = await database.connect()
  await reader.query('BEGIN')
  await reader.query('SELECT count(*) FROM risk_state_history')

  await expect(maintainHistory(database.client, 100)).rejects.toMatchObject({ code: '55P03' })

  await reader.query('COMMIT')
  expect(await versionsOf('bot1')).toEqual([1, 2])
  expect(await database.rows('SELECT maintained_at FROM risk_retention')).toEqual([{ maintained_at: null }])
  // The database's own jobs may have waited for the reader too, and hold the part now.
  await eventually(() => maintainHistory(database.client, 100), { what: 'the part to be dropped' })
  expect(await versionsOf('bot1')).toEqual([2])
})

test('a reader that comes while a part is dropped is waited for, and no deadlock', async () => {
  await store(await eventsOf('bot1', [300, 1]))
  const reader = await database.connect()
  const watcher = await database.connect()
  await reader.query('BEGIN')
  await reader.query('LOCK TABLE ONLY risk_state_history IN ACCESS SHARE MODE')
  const maintained = maintainHistory(database.client, 100)
  // A hypertable is not locked itself, so that nothing waits there.
  const isWaiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  if (isPlain) await eventually(async () => (await watcher.query(isWaiting)).rowCount, { what: 'the drop to wait' })

  await reader.query('SELECT count(*) FROM risk_state_history')
  await reader.query('COMMIT')

  expect(await maintained).toMatchObject({ kind: 'done', dropped: { length: 1 } })
  expect(await versionsOf('bot1')).toEqual([2])
})

test('one at a time looks after the history', async () => {
  const other = await database.connect()
  expect(await maintainHistory(other, null)).toMatchObject({ kind: 'done' })

  expect(await maintainHistory(database.client, null)).toEqual({ kind: 'busy' })

  await other.end()
  expect(await maintainHistory(database.client, null)).toMatchObject({ kind: 'done' })
})

test('the history says when it was last looked after', async () => {
  expect(await historyCondition(database.client)).toEqual({ maintainedAt: null, monthsMissing: 0 })

  await maintainHistory(database.client, null)

  expect(await historyCondition(database.client)).toEqual({ maintainedAt: expect.any(Date), monthsMissing: 0 })
})

test.skipIf(!isPlain)('months that have no partition are counted, and get one', async () => {
  const [last, middle] = await database.rows<{ name: string }>(
    `SELECT relid::text AS name FROM pg_partition_tree('risk_state_history') WHERE isleaf ORDER BY 1 DESC`,
  )
  await database.client.query(`DROP TABLE ${last?.name}`)
  expect(await historyCondition(database.client)).toMatchObject({ monthsMissing: 1 })
  await database.client.query(`DROP TABLE ${middle?.name}`)
  expect(await historyCondition(database.client)).toMatchObject({ monthsMissing: 2 })

  await maintainHistory(database.client, null)

  expect(await historyCondition(database.client)).toMatchObject({ monthsMissing: 0 })
})

test.skipIf(!isPlain)(
  'a month that is no longer kept gets no partition, one that another partition covers needs none',
  async () => {
    const partitions = () => database.rows(`SELECT relid FROM pg_partition_tree('risk_state_history') WHERE isleaf`)
    await maintainHistory(database.client, 100)
    await database.client.query(
      `CREATE TABLE years PARTITION OF risk_state_history FOR VALUES FROM ('2090-01-01 00:00+00') TO ('2095-01-01 00:00+00')`,
    )
    const before = await partitions()

    await createHistoryPartitions(database.client, ['2001-12', '2091-07'])

    expect(await partitions()).toEqual(before)
  },
)
