import { migrate } from '@drawbridge/migrations'
import { createLogger } from '@drawbridge/service-kit'
import { createDatabase, eventually, startDatabaseServer } from '@drawbridge/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Scene } from './scene.ts'
import { writtenHistory } from './written-history.ts'

const TOKENS = { read: 'r'.repeat(32), bot: 'b'.repeat(32), admin: 'a'.repeat(32) }
const API_TOKENS = JSON.stringify([
  { name: 'reader', role: 'read', token: TOKENS.read },
  { name: 'bot1', role: 'bot', traders: ['bot1', 'bto2'], token: TOKENS.bot },
  { name: 'admin', role: 'admin', token: TOKENS.admin },
])
const as = (role: keyof typeof TOKENS) => ({ authorization: `Bearer ${TOKENS[role]}` })
const OF_A_TRADER = ['equity', 'blocked', 'marks', 'days', 'drawdowns', 'events.csv']

interface Health {
  readonly database: {
    readonly away: string | null
    readonly since: string
    readonly connections: number | null
  } | null
}

let scene: Scene
let database: Awaited<ReturnType<typeof writtenHistory>>
beforeAll(async () => {
  database = await writtenHistory()
  scene = await Scene.open({ API_TOKENS }, { databaseUrl: database.url, configured: ['bot1', 'bot2', 'waiting'] })
  await scene.startGuardian(as('read'))
  for (const equity of [1000, 1000, 1010, 850, 840]) await scene.tick('bot1', equity)
  await scene.tick('bot2', 500)
  const flow = { amount: '50', reason: 'a deposit, "late"' }
  await scene.ask('POST', '/api/traders/bot1/cash-flow', flow, as('admin'))
  await database.write()
  const isStored = async () => {
    const { status, body } = await history<{ version: number[] }>('traders/bot1/equity')
    return status === 200 && (body.version.at(-1) ?? 0) >= 6
  }
  await eventually(isStored, { what: 'the events to be in the history' })
})
afterAll(async () => {
  await scene.close()
  await database.drop()
})

function history<Body = unknown>(path: string, role: keyof typeof TOKENS = 'read') {
  return scene.ask<Body>('GET', `/api/history/${path}`, undefined, as(role))
}

describe('the history of a trader', () => {
  test('has its equity with the lines of its limits', async () => {
    const { body } = await history<Record<string, unknown>>('traders/bot1/equity?points=1000')
    expect(body).toMatchObject({
      trader: 'bot1',
      source: 'events',
      last: [1000, 1000, 1010, 850, 840, 890],
      peak: [1000, 1000, 1010, 1010, 1010, expect.any(Number)],
      limits: [
        { name: 'max_daily_loss', measure: 'loss', line: expect.any(Array) },
        { name: 'max_drawdown', measure: 'loss', line: expect.arrayContaining([800, 808]) },
      ],
    })
  })

  test('has what blocked it, what happened, its days and its drawdowns', async () => {
    expect((await history('traders/bot1/blocked')).body).toMatchObject({
      periods: [{ code: 'limit', holders: ['limit:max_daily_loss'], version: 4, until: null }],
      count: 1,
      more: false,
    })
    expect((await history('traders/bot1/marks')).body).toMatchObject({
      marks: expect.arrayContaining([
        expect.objectContaining({ kind: 'breached', rule: 'max_daily_loss', version: 4 }),
        expect.objectContaining({ kind: 'warned', rule: 'max_drawdown', version: 5 }),
        expect.objectContaining({ kind: 'cash-flow', amount: '50', version: 6 }),
      ]),
      more: [],
    })
    expect((await history('traders/bot1/days')).body).toMatchObject({
      days: [{ open: '1000', close: '890', low: '840', cashFlow: '50', pnl: '-160', breaches: 1 }],
      more: false,
    })
    expect((await history('traders/bot1/drawdowns')).body).toMatchObject({
      drawdowns: [{ trough: '840', until: null, version: 5 }],
    })
  })

  test('is bounded as asked for, and says that there is more', async () => {
    expect((await history('traders/bot1/equity?points=1')).body).toMatchObject({ events: expect.any(Array) })
    expect((await history('traders/bot1/equity?points=100000')).status).toBe(400)
    expect((await history('traders/bot1/marks?limit=100000')).status).toBe(400)
  })

  test('between two instants has nothing of what was before and after', async () => {
    const far = 'from=2001-01-01T00:00:00Z&until=2001-01-02T00:00:00Z'
    expect((await history(`traders/bot1/marks?${far}`)).body).toMatchObject({ marks: [] })
    expect((await history(`traders/bot1/blocked?${far}`)).body).toMatchObject({ periods: [], blockedMs: 0 })
  })

  test.each([
    ['a time without a zone', 'from=2026-01-01T00:00:00', /^from must be a time with a zone/],
    [
      'an end before the beginning',
      'from=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z',
      /^until must be after from/,
    ],
  ])('refuses %s', async (_what, query, message) => {
    const { status, body } = await history<{ error: { message: string } }>(`traders/bot1/blocked?${query}`)
    expect({ status, message: body.error.message }).toEqual({ status: 400, message: expect.stringMatching(message) })
  })

  test('of a trader without events says so', async () => {
    const { status, body } = await history('traders/waiting/equity')
    expect(status).toBe(404)
    expect(body).toMatchObject({ error: { code: 'no-history' } })
  })

  test.each(OF_A_TRADER)(
    'of a trader that nobody knows is not there, but of the one that was meant: %s',
    async (name) => {
      const { status, body } = await history(`traders/bto1/${name}`)
      expect(status).toBe(404)
      expect(body).toMatchObject({
        error: { code: 'unknown-trader', message: expect.stringContaining('did you mean "bot1"?') },
      })
    },
  )

  test('comes as CSV that a spreadsheet reads', async () => {
    const answer = await fetch(`${scene.url}/api/history/traders/bot1/events.csv`, { headers: as('read') })
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="bot1.csv"')
    const lines = (await answer.text()).split('\r\n')
    expect(lines[0]).toMatch(/^effective_at,recorded_at,version,event_type,equity,/)
    expect(lines.slice(1, 7).map((line) => line.split(',').slice(2, 5))).toEqual([
      ['1', 'assessed', '1000'],
      ['2', 'assessed', '1000'],
      ['3', 'assessed', '1010'],
      ['4', 'breach', '850'],
      ['5', 'warning', '840'],
      ['6', 'cash-flow', '890'],
    ])
    expect(lines[7]).toBe('')
  })
})

describe('the fleet as it was', () => {
  test('is told by pages, with the limits of each trader', async () => {
    const { body: whole } = await history<{ begins: number; ends: number }>('extent')
    const at = new Date(whole.ends).toISOString()
    const first = await history<{ traders: { limits: { name: string }[] }[] }>(`traders?at=${at}&limit=1`)
    expect(first.body).toMatchObject({ traders: [{ trader: 'bot1', status: 'paused', equity: '890' }], next: 'bot1' })
    const [bot1] = first.body.traders
    expect(bot1?.limits.map(({ name }) => name).sort()).toEqual(['max_daily_loss', 'max_drawdown'])
    expect((await history(`traders?at=${at}&after=bot1`)).body).toMatchObject({
      traders: [{ trader: 'bot2' }],
      next: null,
    })
    const before = new Date(whole.begins - 1).toISOString()
    expect((await history(`traders?at=${before}`)).body).toMatchObject({ traders: [], next: null })
  })
})

describe('who may read it', () => {
  test.each(OF_A_TRADER)('a bot reads its own, and that of no other: %s', async (name) => {
    const ask = (trader: string) =>
      fetch(`${scene.url}/api/history/traders/${trader}/${name}`, { headers: as('bot') }).then(({ status }) => status)
    expect(await ask('bot1')).toBe(200)
    expect(await ask('bot2')).toBe(403)
  })

  test('a bot is not told the id of another, however like its own that is', async () => {
    const { status, body } = await history<{ error: object }>('traders/bto2/equity', 'bot')
    expect({ status, body }).toMatchObject({ status: 404, body: { error: { code: 'no-history' } } })
    expect(JSON.stringify(body)).not.toContain('bot2')
  })

  test.each(['traders?at=2026-01-01T00:00:00Z', 'extent'])('a bot does not read the fleet: %s', async (path) => {
    expect((await history(path, 'bot')).status).toBe(403)
  })

  test('the reader of the database can read everything that the console asks for', async () => {
    const owner = new pg.Client({ connectionString: database.url })
    await owner.connect()
    const name = `console_${process.pid}`
    await owner.query(`CREATE ROLE ${name} LOGIN PASSWORD 'secret' IN ROLE drawbridge_reader`)
    try {
      const url = new URL(database.url)
      url.username = name
      url.password = 'secret'
      await scene.restartApi({ databaseUrl: url.href })
      for (const path of OF_A_TRADER.slice(0, -1)) expect((await history(`traders/bot1/${path}`)).status).toBe(200)
      expect((await history('traders?at=2999-01-01T00:00:00Z')).status).toBe(200)
      expect((await history('extent')).status).toBe(200)
    } finally {
      await scene.restartApi()
      await owner.query(`DROP ROLE ${name}`)
      await owner.end()
    }
  })
})

test('while the database is away the history says so, everything live goes on, and it comes back by itself', async () => {
  const server = await startDatabaseServer()
  try {
    await migrate(server.url, createLogger('test', 'silent'))
    await scene.restartApi({ databaseUrl: server.url })
    expect((await history('extent')).body).toEqual({ begins: null, ends: null })
    const health = async () => (await scene.ask<Health>('GET', '/api/health', undefined, as('read'))).body.database
    const near = await eventually(health, { what: 'the database to be asked how it is' })
    expect(near).toEqual({
      away: null,
      since: expect.any(String),
      connections: expect.any(Number),
      connectionsMax: expect.any(Number),
      lagMs: null,
    })
    expect(near.connections).toBeGreaterThan(0)
    await server.stop()
    await eventually(async () => (await health())?.away != null, { what: 'the health to say that it is away' })
    const gone = await health()
    expect(gone).toMatchObject({ away: expect.stringMatching(/^the history cannot be read: /), connections: null })
    expect(Date.parse(gone?.since ?? '')).toBeGreaterThanOrEqual(Date.parse(near.since))
    const away = await history<{ error: { message: string } }>('extent')
    expect(away).toMatchObject({ status: 503, body: { error: { code: 'history-unavailable' } } })
    expect(away.body.error.message).toMatch(/^the history cannot be read: .* What is live goes on\.$/)
    expect((await scene.ask('GET', '/api/traders', undefined, as('read'))).status).toBe(200)
    expect((await scene.ask('GET', '/api/traders/bot1/events', undefined, as('read'))).status).toBe(200)
    await server.start()
    await eventually(async () => (await history('extent')).status === 200, { what: 'the history to be read again' })
    await eventually(async () => (await health())?.away === null, { what: 'the health to say that it is back' })
    expect((await health())?.since).not.toBe(gone?.since)
  } finally {
    await scene.restartApi()
    await server.close()
  }
})

test('a read that takes the database too long is ended, and says what to do', async () => {
  await scene.restartApi({ readWithinMs: 50 })
  const blocker = new pg.Client({ connectionString: database.url })
  await blocker.connect()
  try {
    await blocker.query('BEGIN')
    await blocker.query('LOCK TABLE risk_state IN ACCESS EXCLUSIVE MODE')
    const { status, body } = await history('extent')
    expect(status).toBe(503)
    expect(body).toMatchObject({
      error: { code: 'history-too-slow', message: expect.stringContaining('shorter time') },
    })
  } finally {
    await blocker.end()
    await scene.restartApi()
  }
})

test('tables that are missing are named with the command that makes them', async () => {
  const empty = await createDatabase()
  await scene.restartApi({ databaseUrl: empty.url })
  const { status, body } = await history<{ error: { message: string } }>('extent')
  await scene.restartApi()
  await empty.drop()
  expect(status).toBe(503)
  expect(body.error.message).toContain('npm run migrate')
})
