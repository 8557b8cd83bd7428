import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate } from '@drawbridge/migrations'
import { createLogger } from '@drawbridge/service-kit'
import {
  createDatabase,
  eventually,
  freshStreams,
  infrastructure,
  spawnService,
  type TestDatabase,
} from '@drawbridge/testing'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { query } from './history.ts'
import { makeWorkFolder } from './npm-start.ts'

const CONFIG = { traders: { bot1: {} } }
const SERVICE = fileURLToPath(new URL('../services/trader/src/main.ts', import.meta.url))

/** Ticks that no bot should send, and a word of the reason that each must get. */
const BAD_TICKS: readonly (readonly [name: string, payload: string, reason: string])[] = [
  ['NaN', '{"equity": NaN}', 'NaN is not a JSON number'],
  ['Infinity', '{"equity": Infinity}', 'Infinity is not a JSON number'],
  ['an overflowing number', '{"equity": 1e400}', 'must be below 1e15 in size'],
  ['a word', '{"equity": "much"}', 'decimal'],
  ['a boolean', '{"equity": true}', 'equity must be a number or a decimal string'],
  ['null', '{"equity": null}', 'equity must be a number or a decimal string'],
  ['a huge number', '{"equity": 1e15}', 'below 1e15'],
  ['a huge string', '{"equity": "1000000000000000"}', 'below 1e15'],
  ['no equity', '{"balance": 5000}', 'equity is missing'],
  ['an array', '[10250.5]', 'must be a JSON object'],
  ['a bare number', '10250.5', 'must be a JSON object'],
  ['not JSON', 'equity=10250.5', 'is not JSON'],
  ['half of JSON', '{"equity": 5000', 'is not JSON'],
  ['nothing', '', 'is empty'],
]
/** Ticks whose equity can be read, to the last digit. They are sent when bot1 has 950.5. */
const GOOD_TICKS: readonly (readonly [name: string, payload: string, equity: string])[] = [
  ['17 digits', '{"equity": 950.50000000000004}', '950.5'],
  ['20 digits in a string', '{"equity": "950.12345678901234567"}', '950.12345678'],
  ['an exponent', '{"equity": 9.505E+2}', '950.5'],
  ['an exponent in a string', '{"equity": "9.505e2"}', '950.5'],
  ['null for a field', '{"equity": 950.5, "balance": null}', '950.5'],
  ['a bad balance', '{"equity": 950.5, "balance": "x"}', '950.5'],
  ['a bad time', '{"equity": 950.5, "at": "yesterday"}', '950.5'],
  ['a day that is not', '{"equity": 950.5, "at": "2026-02-30T00:00:00Z"}', '950.5'],
  ['a bad count', '{"equity": 950.5, "seq": -1}', '950.5'],
]
const BAD_IDS = ['bot.1', 'a.b.c', '*', '>', 'a*', 'x'.repeat(65), 'flags', 'limits', 'settled', 'bot$', 'bøt']
const TWO_MEGABYTES = `{"equity": 5000, "note": "${'x'.repeat(2_000_000)}"}`

describe('bad input at every endpoint', () => {
  let database: TestDatabase
  let connection: NatsConnection
  let folder: Awaited<ReturnType<typeof makeWorkFolder>>
  let traderUrl: string

  beforeAll(async () => {
    database = await createDatabase()
    folder = await makeWorkFolder()
    const file = join(folder.path, 'config.json')
    await writeFile(file, JSON.stringify(CONFIG))
    connection = await connect({ servers: infrastructure().natsUrl })
    await freshStreams(connection, CONFIG)
    await migrate(database.url, createLogger('test', 'silent'))
    const env = { NATS_URL: infrastructure().natsUrl, DATABASE_URL: database.url, CONFIG_FILE: file, LOG_LEVEL: 'info' }
    spawnService('risk-guardian', env)
    spawnService('persister', env)
    traderUrl = await spawnService('trader', env).url()
    await post('/api/traders/bot1/equity', '{"equity": 1000}')
    await post('/api/traders/bot1/equity', '{"equity": 950.5}')
    await settled()
  }, 120_000)

  afterAll(async () => {
    await connection?.close()
    await database?.drop()
    await folder?.remove()
  })

  const post = (path: string, body: string) => fetch(`${traderUrl}${path}`, { method: 'POST', body })

  /** Waits until a tick sent after everything else is in the database. */
  async function settled(): Promise<void> {
    const mark = Math.floor(performance.now() * 1000)
    await post('/api/traders/bot1/equity', `{"equity": 950.5, "seq": ${mark}}`)
    await eventually(
      async () =>
        (await query(database.url, 'SELECT 1 FROM risk_state_history WHERE tick_seq = $1', [mark])).length > 0,
      { timeoutMs: 30_000, what: 'the last tick to be in the history' },
    )
  }

  async function bot1() {
    const [row] = await query<Record<string, unknown>>(
      database.url,
      `SELECT current_equity, peak_equity, day_equity, trading_paused, paused_until FROM risk_state WHERE trader_id = 'bot1'`,
    )
    return row
  }
  const UNCHANGED = {
    current_equity: '950.5',
    peak_equity: '1000',
    day_equity: '1000',
    trading_paused: false,
    paused_until: null,
  }

  test('a bad tick on NATS is an event that says why, and changes nothing', async () => {
    for (const [, payload] of BAD_TICKS) connection.publish('equity.tick.bot1', payload)
    connection.publish('equity.tick.bot1', new Uint8Array([0xff, 0xfe, 0x00]))
    await connection.flush()
    await settled()
    const rejected = await query<{ reason: string }>(
      database.url,
      `SELECT detail #>> '{facts,0,reason}' AS reason FROM risk_state_history
       WHERE trader_id = 'bot1' AND event_type = 'tick-rejected' ORDER BY version`,
    )
    expect(rejected.map(({ reason }) => reason)).toEqual([
      ...BAD_TICKS.map(([, , reason]) => expect.stringContaining(reason)),
      expect.stringContaining('UTF-8'),
    ])
    expect(await bot1()).toEqual(UNCHANGED)
  })

  test('a tick whose equity can be read counts, on NATS and over HTTP', async () => {
    for (const [, payload] of GOOD_TICKS) {
      connection.publish('equity.tick.bot1', payload)
      await connection.flush()
      expect((await post('/api/traders/bot1/equity', payload)).ok).toBe(true)
    }
    await settled()
    const rows = await query<{ equity: string }>(
      database.url,
      `SELECT current_equity::text AS equity FROM risk_state_history
       WHERE trader_id = 'bot1' AND event_type = 'assessed' ORDER BY version DESC OFFSET 1 LIMIT $1`,
      [2 * GOOD_TICKS.length],
    )
    const equities = GOOD_TICKS.flatMap(([, , equity]) => [equity, equity]).sort()
    expect(rows.map(({ equity }) => equity).sort()).toEqual(equities)
  })

  test.each(BAD_TICKS)('over HTTP %s is refused with the reason', async (_name, payload, reason) => {
    const response = await post('/api/traders/bot1/equity', payload)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: { code: 'invalid-tick', message: expect.stringContaining(reason) } })
  })

  test.each(BAD_IDS)(
    'the trader id %s has no log: its tick is kept in REJECTS, over HTTP it is refused',
    async (id) => {
      const client = jetstream(connection)
      const manager = await jetstreamManager(connection)
      const { seq } = await client.publish(`equity.tick.${id}`, '{"equity": 5000}')
      const reject = await eventually(
        async () => {
          const last = await manager.streams.getMessage('REJECTS', { last_by_subj: 'rejects.INPUTS' })
          return last?.header.get('Drawbridge-Reject-Sequence') === String(seq) && last
        },
        { what: 'the reject' },
      )
      expect(reject.string()).toBe('{"equity": 5000}')
      expect(reject.header.get('Drawbridge-Reject-Reason')).toContain('trader id')
      const response = await post(`/api/traders/${encodeURIComponent(id)}/equity`, '{"equity": 5000}')
      expect(response.status).toBe(400)
      expect(await response.json()).toEqual({
        error: { code: 'invalid-trader', message: expect.stringContaining('trader id') },
      })
    },
  )

  test.each(['bot 1', 'bot/1', '..', '%'])('the trader id %s is refused over HTTP', async (id) => {
    const response = await post(`/api/traders/${encodeURIComponent(id)}/equity`, '{"equity": 5000}')
    expect([400, 404]).toContain(response.status)
    expect(await response.json()).toEqual({ error: { code: expect.any(String), message: expect.any(String) } })
  })

  test('two megabytes are refused by NATS and over HTTP', async () => {
    expect(() => connection.publish('equity.tick.bot1', TWO_MEGABYTES)).toThrow(/max.?payload/i)
    const response = await post('/api/traders/bot1/equity', TWO_MEGABYTES)
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining('is larger than 65536 bytes') },
    })
  })

  test.each([
    ['control.pause.bot1', '{"until": "2030-01-01T00:00:00Z"}', 'reason is missing'],
    ['control.pause.bot1', '{"reason": "x", "until": "2001-01-01T00:00:00Z"}', 'is not after'],
    ['control.pause.bot1', '{"reason": "x", "untill": "2030-01-01T00:00:00Z"}', 'did you mean "until"?'],
    ['control.limits.bot1', '{"max_dayly_loss": 5}', 'did you mean "max_daily_loss"?'],
    ['control.limits.bot1', '{"max_daily_loss": 0}', 'above 0'],
    ['control.limits', '{"max_drawdown": 101}', 'at most 100'],
    ['control.flags', '{"enable_risk_enforcment": false}', 'did you mean "enable_risk_enforcement"?'],
    ['control.cash-flow.bot1', '{"amount": "1e3"}', 'amount must be a decimal'],
    ['control.resume.bot1', '{}', 'is not paused'],
    ['control.explode.bot1', '{}', 'no input is known'],
    ['control.pause.bot.1', '{"reason": "x"}', 'no input is known'],
    ['equity.balance.bot1', '{"equity": 1}', 'no input is known'],
  ])('%s %s is kept in REJECTS with the reason', async (subject, payload, reason) => {
    const manager = await jetstreamManager(connection)
    const { seq } = await jetstream(connection).publish(subject, payload)
    const reject = await eventually(
      async () => {
        const last = await manager.streams.getMessage('REJECTS', { last_by_subj: 'rejects.INPUTS' })
        return last?.header.get('Drawbridge-Reject-Sequence') === String(seq) && last
      },
      { what: 'the reject' },
    )
    expect(reject.header.get('Drawbridge-Reject-Reason')).toContain(reason)
    expect(reject.string()).toBe(payload)
  })

  test('a configuration with typos ends the start with every fault at once', async () => {
    const file = join(folder.path, 'typos.json')
    await writeFile(
      file,
      '{"limts": {}, "traders": {"bot.1": {}, "bot2": {"limits": {"max_drawdwon": 20}}}, "lease_seconds": "10"}',
    )
    const ended = spawnSync(process.execPath, [SERVICE], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '', CONFIG_FILE: file, TRADER_PORT: 'http' },
    })
    expect(ended.status).toBe(2)
    for (const fault of [
      'did you mean "limits"?',
      'bot.1',
      'did you mean "max_drawdown"?',
      'lease_seconds',
      'TRADER_PORT',
    ]) {
      expect(ended.stderr).toContain(fault)
    }
  })

  test('after all of it the account is what it was, and nothing else was written', async () => {
    await settled()
    expect(await bot1()).toEqual(UNCHANGED)
    const others = await query(
      database.url,
      `SELECT trader_id, event_type FROM risk_state_history
       WHERE trader_id <> 'bot1' OR event_type NOT IN ('assessed', 'tick-rejected')`,
    )
    expect(others).toEqual([])
  })
})
