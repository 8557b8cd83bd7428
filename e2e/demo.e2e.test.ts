import { createDatabase, infrastructure, resetStreams, type TestDatabase } from '@drawbridge/testing'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { query, snapshotFaults } from './history.ts'
import { makeWorkFolder, resultOf, runStart, type StartResult } from './npm-start.ts'
import { expectedAccounts, expectedOfFirm, expectedOfHold, expectedOfSma } from './sp500-oracle.ts'

const BARS = 5105

describe('the demo of npm start', () => {
  let database: TestDatabase
  let connection: NatsConnection
  let folder: Awaited<ReturnType<typeof makeWorkFolder>>
  let result: StartResult
  let progress: string
  /** What a plain subscriber to `risk.breach.>` heard, by stream sequence. */
  const heard: { subject: string; seq: string }[] = []
  let env: Record<string, string>

  beforeAll(async () => {
    database = await createDatabase()
    connection = await connect({ servers: infrastructure().natsUrl })
    folder = await makeWorkFolder()
    await resetStreams(connection)
    connection.subscribe('risk.breach.>', {
      callback: (_error, message) => {
        heard.push({ subject: message.subject, seq: message.headers?.get('Nats-Sequence') ?? '' })
      },
    })
    env = { NATS_URL: infrastructure().natsUrl, DATABASE_URL: database.url }
    const run = runStart(folder.path, ['--once', '--json'], env)
    result = await resultOf(run)
    progress = run.stderr()
    await connection.flush()
  }, 240_000)

  afterAll(async () => {
    await connection?.close()
    await database?.drop()
    await folder?.remove()
  })

  test('finds the breaches that anyone can compute from the file by the rules', () => {
    expect(result.traders['sp500-hold']?.breaches).toEqual(expectedOfHold())
    expect(result.traders['sp500-sma']?.breaches).toEqual(expectedOfSma())
    expect(result.traders['sp500-firm']?.breaches).toEqual(expectedOfFirm())
    expect(expectedOfHold().length).toBeGreaterThan(30)
  })

  test('shows a progress that knows its whole from the first line on, and how long it takes yet', () => {
    const totals = [...progress.matchAll(/\d+\/(\d+) bars, \S+ left/g)].map(([, total]) => Number(total))
    expect(totals.length).toBeGreaterThan(0)
    expect(new Set(totals)).toEqual(new Set([BARS]))
  })

  test('tells what the guardian did for each account, as anyone can compute from the file', () => {
    const { hold, sma, firm } = expectedAccounts()
    expect(result.traders['sp500-hold']?.account).toEqual(hold)
    expect(result.traders['sp500-sma']?.account).toEqual(sma)
    expect(result.traders['sp500-firm']?.account).toEqual(firm)
    expect(sma.with.equity).not.toBe(sma.without.equity)
  })

  test.each(['sp500-hold', 'sp500-sma', 'sp500-firm'])(
    'gives each tick of %s exactly one event and one row',
    async (trader) => {
      expect(result.traders[trader]).toMatchObject({ ticks: BARS, events: BARS, historyRows: BARS })
      const rows = await query<{ versions: string; ticks: string; inputs: string }>(
        database.url,
        `SELECT count(DISTINCT version) AS versions, count(DISTINCT tick_seq) AS ticks, count(DISTINCT input_seq) AS inputs
       FROM risk_state_history WHERE trader_id = $1 AND version BETWEEN 1 AND $2 AND tick_seq BETWEEN 1 AND $2`,
        [trader, BARS],
      )
      expect(rows[0]).toEqual({ versions: String(BARS), ticks: String(BARS), inputs: String(BARS) })
    },
  )

  test('keeps as the state of each trader the last row of its history', async () => {
    expect(await snapshotFaults(database.url)).toEqual([])
    expect(await query(database.url, 'SELECT trader_id FROM risk_state ORDER BY 1')).toEqual([
      { trader_id: 'sp500-firm' },
      { trader_id: 'sp500-hold' },
      { trader_id: 'sp500-sma' },
    ])
  })

  test('leaves accounts in several states, so that the console opens on something worth seeing', async () => {
    const states = await query<{ trader_id: string; state: string }>(
      database.url,
      `SELECT trader_id, CASE WHEN trading_paused THEN 'paused' WHEN limit_states::text LIKE '%"warnedPct"%' THEN 'warned' ELSE 'trading' END AS state
       FROM risk_state ORDER BY 1`,
    )
    expect(states).toEqual([
      { trader_id: 'sp500-firm', state: 'paused' },
      { trader_id: 'sp500-hold', state: 'trading' },
      { trader_id: 'sp500-sma', state: 'warned' },
    ])
  })

  test('sends each breach to a plain subscriber exactly once', async () => {
    const stored = await query<{ subject: string; seq: string }>(
      database.url,
      `SELECT 'risk.breach.' || trader_id AS subject, stream_seq::text AS seq
       FROM risk_state_history WHERE event_type = 'breach' ORDER BY stream_seq`,
    )
    expect(heard).toEqual(stored)
  })

  test('never lets the moving-average account enter or stay while it is paused', async () => {
    const exposed = await query(
      database.url,
      `SELECT version FROM (
         SELECT version, lag(trading_paused) OVER w AS was_paused, balance, current_equity,
                lag(current_equity) OVER w AS last_equity
         FROM risk_state_history WHERE trader_id = 'sp500-sma' WINDOW w AS (ORDER BY version)
       ) bars WHERE was_paused AND (current_equity <> balance OR current_equity <> last_equity)`,
    )
    expect(exposed).toEqual([])
  })

  test('prints the same result when it is started again, and adds nothing', async () => {
    const again = await resultOf(runStart(folder.path, ['--once', '--json'], env))
    expect(again.traders).toEqual(result.traders)
  })
})
