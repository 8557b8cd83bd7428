import { eventually, infrastructure } from '@drawbridge/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { maintainHistory } from '../src/index.ts'
import { MigratedDatabase } from './migrated-database.ts'

const { timescale } = infrastructure()

let database: MigratedDatabase
beforeEach(async () => {
  database = await MigratedDatabase.open()
})
afterEach(() => database.close())

test.skipIf(timescale !== 'community')('chunks older than seven days are kept by column, by trader', async () => {
  const today = await database.daysAgo(0)
  const old = Array.from({ length: 50 }, (_, index) => ({
    trader: `bot${index % 2}`,
    version: index + 1,
    recordedAt: new Date(today.getTime() - 40 * 86_400_000 + index * 1000),
  }))
  await database.store([...old, { trader: 'bot0', version: 51, recordedAt: today }])
  const everything = `SELECT md5(string_agg(h::text, '' ORDER BY trader_id, version)) AS sum FROM risk_state_history AS h`
  const before = await database.rows(everything)
  const [job] = await database.rows<{ job_id: number }>(
    "SELECT job_id FROM timescaledb_information.jobs WHERE hypertable_name = 'risk_state_history' AND proc_name = 'policy_compression'",
  )

  // The database may be running it by itself at the moment.
  const run = () => database.client.query(`CALL run_job(${job?.job_id})`)
  await eventually(run, { what: 'the policy to run' })

  expect(
    await database.rows(`SELECT is_compressed, count(*)::int FROM timescaledb_information.chunks
      WHERE hypertable_name = 'risk_state_history' GROUP BY 1 ORDER BY 1`),
  ).toEqual([
    { is_compressed: false, count: 1 },
    { is_compressed: true, count: 1 },
  ])
  expect(
    await database.rows(`SELECT attname FROM timescaledb_information.compression_settings
      WHERE hypertable_name = 'risk_state_history' AND segmentby_column_index IS NOT NULL`),
  ).toEqual([{ attname: 'trader_id' }])
  expect(await database.rows(everything)).toEqual(before)
})

test.skipIf(timescale !== 'community')(
  'an event that comes again is not stored again in a chunk by column, which can be dropped',
  async () => {
    const [old, today] = [await database.daysAgo(40), await database.daysAgo(0)]
    await database.store([
      { trader: 'bot0', version: 1, recordedAt: old },
      { trader: 'bot0', version: 2, recordedAt: today },
    ])
    await database.client.query(
      `SELECT compress_chunk(chunk, true) FROM show_chunks('risk_state_history', older_than => $1::timestamptz) AS chunk`,
      [await database.daysAgo(7)],
    )
    const again = `INSERT INTO risk_state_history SELECT * FROM risk_state_history WHERE version = 1`

    await expect(database.client.query(again)).rejects.toMatchObject({ code: '23505' })
    expect((await database.client.query(`${again} ON CONFLICT DO NOTHING`)).rowCount).toBe(0)

    expect(await maintainHistory(database.client, 7)).toMatchObject({ kind: 'done', dropped: { length: 1 } })
    expect(await database.rows('SELECT version FROM risk_state_history')).toEqual([{ version: '2' }])
    expect(await database.rows('SELECT version FROM risk_state_at_cut')).toEqual([{ version: '1' }])
  },
)
