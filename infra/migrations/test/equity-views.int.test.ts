import { eventually, infrastructure } from '@drawbridge/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createPlainEquityViews } from '../src/equity-views.ts'
import { type Event, MigratedDatabase } from './migrated-database.ts'

const { timescale } = infrastructure()
const VIEWS = ['risk_equity_1m', 'risk_equity_1h', 'risk_equity_1d'] as const

let database: MigratedDatabase
beforeEach(async () => {
  database = await MigratedDatabase.open()
})
afterEach(() => database.close())

async function view(name: string): Promise<readonly object[]> {
  return database.rows(`SELECT to_jsonb(view) || jsonb_build_object('bucket', bucket AT TIME ZONE 'UTC') AS row
    FROM ${name} AS view ORDER BY trader_id, bucket`)
}

async function allViews(): Promise<readonly unknown[]> {
  const all = []
  for (const name of VIEWS) all.push(await view(name))
  return all
}

/** Events of a trader that are recorded one second apart, now, whatever time their rules used. */
async function events(
  trader: string,
  points: readonly (readonly [string, string | null, string?])[],
): Promise<Event[]> {
  const today = await database.daysAgo(0)
  return points.map(([effectiveAt, equity, drawdownPct], index) => ({
    trader,
    version: index + 1,
    recordedAt: new Date(today.getTime() + 1000 * index),
    effectiveAt: new Date(effectiveAt),
    equity,
    ...(drawdownPct === undefined ? {} : { drawdownPct }),
  }))
}

test('equity is told by minute, hour and day of the time that the rules used', async () => {
  await database.store(
    await events('bot1', [
      ['2008-10-09T20:15:00Z', '1000.10'],
      ['2008-10-09T20:15:20Z', '1100'],
      ['2008-10-09T20:15:59.999Z', '900.5', '18.5'],
      ['2008-10-09T20:16:00Z', '950', '9'],
      ['2008-10-09T23:59:59Z', '960'],
      ['2008-10-10T00:00:00Z', '970'],
    ]),
  )
  const row = (
    bucket: string,
    open: number,
    high: number,
    low: number,
    close: number,
    worst: number,
    events: number,
  ) => ({
    row: { trader_id: 'bot1', bucket, open, high, low, close, drawdown_pct_max: worst, events },
  })

  expect(await view('risk_equity_1m')).toEqual([
    row('2008-10-09T20:15:00', 1000.1, 1100, 900.5, 900.5, 18.5, 3),
    row('2008-10-09T20:16:00', 950, 950, 950, 950, 9, 1),
    row('2008-10-09T23:59:00', 960, 960, 960, 960, 0, 1),
    row('2008-10-10T00:00:00', 970, 970, 970, 970, 0, 1),
  ])
  expect(await view('risk_equity_1h')).toEqual([
    row('2008-10-09T20:00:00', 1000.1, 1100, 900.5, 950, 18.5, 4),
    row('2008-10-09T23:00:00', 960, 960, 960, 960, 0, 1),
    row('2008-10-10T00:00:00', 970, 970, 970, 970, 0, 1),
  ])
  expect(await view('risk_equity_1d')).toEqual([
    row('2008-10-09T00:00:00', 1000.1, 1100, 900.5, 960, 18.5, 5),
    row('2008-10-10T00:00:00', 970, 970, 970, 970, 0, 1),
  ])
})

test('events of the same instant open and close by their versions, and amounts stay exact', async () => {
  await database.store(
    await events('bot1', [
      ['2026-03-12T14:00:00Z', '0.00000001'],
      ['2026-03-12T14:00:00Z', '9999999.99999999'],
      ['2026-03-12T14:00:00Z', '5.10'],
    ]),
  )

  expect(await database.rows('SELECT open, high, low, close FROM risk_equity_1m')).toEqual([
    { open: '0.00000001', high: '9999999.99999999', low: '0.00000001', close: '5.10' },
  ])
})

test('an event before the first tick has no equity to tell', async () => {
  await database.store(await events('bot1', [['2026-03-12T14:00:00Z', null]]))

  expect(await allViews()).toEqual([[], [], []])
})

test('traders do not get mixed', async () => {
  await database.store(await events('bot1', [['2026-03-12T14:00:00Z', '1']]))
  await database.store(await events('bot2', [['2026-03-12T14:00:00Z', '2']]))

  expect(await database.rows('SELECT trader_id, open, close FROM risk_equity_1d ORDER BY trader_id')).toEqual([
    { trader_id: 'bot1', open: '1', close: '1' },
    { trader_id: 'bot2', open: '2', close: '2' },
  ])
})

test('migrating again leaves the views as they are', async () => {
  await database.store(await events('bot1', [['2026-03-12T14:00:00Z', '1']]))
  const before = await allViews()

  await database.migrate()

  expect(await allViews()).toEqual(before)
})

const aggregates = ['risk_equity_1m_parts', 'risk_equity_1h_parts', 'risk_equity_1d_parts']

test.skipIf(timescale !== 'community')(
  'the community edition keeps what it worked out, also of what came late',
  async () => {
    const today = await database.daysAgo(0)
    const recorded = (days: number, version: number, equity: string): Event => ({
      trader: 'bot1',
      version,
      recordedAt: new Date(today.getTime() - days * 86_400_000 + version * 1000),
      effectiveAt: new Date(`2026-03-12T14:00:0${version}Z`),
      equity,
    })
    const materialized = async () => {
      for (const name of aggregates) {
        // The database may be refreshing it by itself at the moment.
        const refresh = () => database.client.query(`CALL refresh_continuous_aggregate('${name}', NULL, NULL)`)
        await eventually(refresh, { what: 'the aggregate to be refreshed' })
      }
      // What is newer than the watermark would be worked out on the way.
      for (const name of aggregates) {
        await database.client.query(`ALTER MATERIALIZED VIEW ${name} SET (timescaledb.materialized_only = true)`)
      }
      const rows = await allViews()
      for (const name of aggregates) {
        await database.client.query(`ALTER MATERIALIZED VIEW ${name} SET (timescaledb.materialized_only = false)`)
      }
      return rows
    }
    // One bucket of every width, recorded on three days: three parts.
    await database.store([recorded(40, 1, '10'), recorded(30, 3, '30')])
    const early = await allViews()
    expect(await materialized()).toEqual(early)

    await database.store([recorded(35, 2, '50')])
    const rows = await materialized()

    expect(await database.rows('SELECT open, high, low, close, events FROM risk_equity_1d')).toEqual([
      { open: '10', high: '50', low: '10', close: '30', events: '3' },
    ])
    expect(rows).toEqual(await allViews())
    await createPlainEquityViews(database.client)
    expect(await allViews()).toEqual(rows)
  },
)

test.skipIf(timescale !== 'community')(
  'the community edition refreshes each aggregate by a policy, without a start',
  async () => {
    const jobs = `SELECT schedule_interval::text AS every, config ->> 'start_offset' AS start, config ->> 'end_offset' AS end
    FROM timescaledb_information.jobs WHERE proc_name = 'policy_refresh_continuous_aggregate' ORDER BY job_id`
    const found = await database.rows(jobs)

    expect(found).toEqual([
      { every: '00:10:00', start: null, end: '01:00:00' },
      { every: '00:10:00', start: null, end: '01:00:00' },
      { every: '00:10:00', start: null, end: '1 day' },
    ])
    await database.migrate()
    expect(await database.rows(jobs)).toEqual(found)
  },
)

test.skipIf(timescale !== 'community')(
  'aggregates that were dropped are made again by the next migration',
  async () => {
    const found = () => database.rows('SELECT view_name FROM timescaledb_information.continuous_aggregates ORDER BY 1')
    const before = await found()
    expect(before).toHaveLength(3)
    await createPlainEquityViews(database.client)
    for (const name of aggregates) await database.client.query(`DROP MATERIALIZED VIEW ${name}`)
    expect(await found()).toEqual([])

    await database.migrate()

    expect(await found()).toEqual(before)
  },
)
