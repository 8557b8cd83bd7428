import { userInfo } from 'node:os'
import { encodeRiskEvent, streams, subjects } from '@drawbridge/contracts'
import { OtherEpochError } from '@drawbridge/history'
import { connectNats } from '@drawbridge/nats'
import { createLogger } from '@drawbridge/service-kit'
import { type Finished, infrastructure } from '@drawbridge/testing'
import { runCommand, spawnCommandWith } from '@drawbridge/testing/run-command'
import { TraderLog } from '@drawbridge/testing/trader-log'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { adopt } from '../adopt-log/adopt.ts'
import { readDecided } from '../adopt-log/known-history.ts'
import { survey } from '../adopt-log/survey.ts'
import { type Held, LostLog } from './lost-log.ts'

const ARGS = ['--by', 'ada', '--reason', 'the volume was lost'] as const
/** Who adopts is the user of the system here; the one who is named is for whom. */
const WORD = { by: userInfo().username, reason: 'the volume was lost (on behalf of ada)' }

let lost: LostLog
beforeAll(async () => {
  lost = await LostLog.open()
})
beforeEach(() => lost.bringBack())
afterAll(() => lost.scene.close())

function adoptLog(...args: readonly string[]): Promise<Finished> {
  return runCommand(lost.scene.database.url, 'adopt-log', ...ARGS, ...args)
}

describe('a new log', () => {
  test('holds the last event of each trader and the configurations, and is what the tables are bound to', async () => {
    const env = { DATABASE_URL: lost.scene.database.url }
    const adopted = await spawnCommandWith(env, 'adopt-log', ...ARGS)

    expect(adopted).toMatchObject({ code: 0, stdout: expect.stringContaining('5 traders, 2 of them paused') })
    expect(await lost.held()).toEqual(await lost.adopted())
    const created = await lost.createdAt(streams.risk)
    expect(await lost.bound()).toBe(created)
    expect(await lost.adoption()).toEqual({
      created,
      previous: lost.lost,
      inputs_offset: 4,
      settled: 4,
      ...WORD,
      finished: true,
    })
  })

  test('changes nothing in the tables: what it repeats is there', async () => {
    const { scene } = lost
    const tables = [
      'SELECT to_jsonb(h) FROM risk_state_history h ORDER BY trader_id, version',
      'SELECT to_jsonb(s) FROM risk_state s ORDER BY trader_id',
      `SELECT to_jsonb(c) FROM risk_config_history c WHERE c.detail->>'onBehalfOf' IS DISTINCT FROM 'provision' ORDER BY kind`,
    ]
    const all = () => Promise.all(tables.map((table) => scene.query(table)))
    const before = await all()
    await adoptLog()

    await lost.startPersister()
    await scene.untilAllAcked()

    expect(await all()).toEqual(before)
    expect(await scene.rejected()).toBe(0)
  })

  test('is enough to rebuild the last state of each trader in tables that hold nothing', async () => {
    const { scene } = lost
    await adoptLog()
    await scene.query('TRUNCATE risk_state_history, risk_state')
    // Where the history is partitioned, an empty one has no partition of a month that is long past.
    await scene.query('DROP TABLE IF EXISTS risk_state_history_2026_03')

    const rebuilt = await runCommand(scene.database.url, 'rebuild', 'history')

    expect(rebuilt).toMatchObject({ code: 0, stdout: expect.stringContaining('risk_state_history: 5 added') })
    expect(await scene.snapshotFaults()).toBe(0)
  })

  test('is shown, and nothing is done, by a dry run', async () => {
    const { stdout, code } = await adoptLog('--dry-run')

    expect(code).toBe(0)
    expect(stdout).toMatch(/rested +4 +paused +2026-03-12T14:00:03.000Z +paused until an operator resumes/)
    expect(stdout).toMatch(/calm +3 +assessed +2026-03-12T14:00:02.000Z +allowed/)
    expect(await lost.held()).toEqual([])
    expect(await lost.bound()).toBe(lost.lost)
    expect(await lost.adoption()).toEqual([])
  })

  test('is told in JSON, each trader by a dry run', async () => {
    const dry = JSON.parse((await adoptLog('--dry-run', '--json')).stdout)
    const done = JSON.parse((await adoptLog('--json')).stdout)
    // A guardian has gone on by it.
    await lost.scene.publish([new TraderLog('newcomer').tick(1000)])
    const again = JSON.parse((await adoptLog('--json')).stdout)

    const log = await lost.createdAt(streams.risk)
    const inputs = { created: await lost.createdAt(streams.inputs), new: true, offset: 4, settled: 4 }
    expect(dry).toMatchObject({ done: 'nothing', log, continues: [lost.lost], inputs, paused: 2, ...WORD })
    expect(dry.traders.map(({ trader, version }: { trader: string; version: number }) => [trader, version])).toEqual([
      ['calm', 2],
      ['loser', 4],
      ['rested', 3],
      ['silent', 2],
      ['wrong', 3],
    ])
    expect(done).toMatchObject({ done: 'now', log, inputs, traders: 5, paused: 2 })
    expect(again).toMatchObject({ done: 'before', log, by: WORD.by })
  })

  test('goes on where an earlier run ended, whichever step was its last', async () => {
    const steps = await runWithEnd(null)
    expect(steps.map((step) => step.split(' ')[0])).toEqual(
      expect.arrayContaining(['publish', 'BEGIN', 'INSERT', 'COMMIT', 'UPDATE']),
    )
    for (let place = 0; place < 2 * steps.length; place += 1) {
      await lost.makeAnew()
      await expect(runWithEnd(place), `the end at ${steps[place >> 1]}`).rejects.toThrow('ended here')
      await runWithEnd(null)
      const held = await lost.held()
      expect(bySubject(held), `after an end at ${steps[place >> 1]}`).toEqual(bySubject(await lost.adopted()))
      expect(held.at(-1)?.payload).toMatchObject({ type: 'settled', continues: [lost.lost] })
      expect(await lost.bound()).toBe(await lost.createdAt(streams.risk))
      expect(await lost.adoption()).toMatchObject({ finished: true, settled: 4 })
    }
  })

  test('is opened before the tables are bound to it, and the tables belong to no log until then', async () => {
    const steps = await runWithEnd(null)
    await lost.makeAnew()
    const opens = steps.findLastIndex((step) => step.startsWith('publish'))
    await expect(runWithEnd(2 * opens)).rejects.toThrow('ended here')

    const created = await lost.createdAt(streams.risk)
    expect(await lost.bound()).toBe(`adopting ${created}`)
    expect((await lost.held()).at(-1)?.payload).not.toMatchObject({ type: 'settled' })
    const persister = await lost.startPersister()
    expect(await persister.failed).toBeInstanceOf(OtherEpochError)
  })

  test('takes over what retention has left of a trader', async () => {
    const { pool } = lost.scene
    const dropped = `FROM risk_state_history WHERE trader_id = 'loser'`
    await pool.query(`INSERT INTO risk_state_at_cut SELECT * ${dropped} AND version = 3`)
    await pool.query(`DELETE ${dropped} AND version < 4`)

    expect(await adoptLog()).toMatchObject({ code: 0 })

    expect(await lost.held()).toEqual(await lost.adopted())
  })

  test('takes over what an older persister has left out of the rows', async () => {
    await lost.scene.pool.query(`UPDATE risk_state_history SET detail = detail - '{firstInputSeq,time}'::text[]`)
    await lost.scene.pool.query(`UPDATE risk_state SET detail = detail - '{firstInputSeq,time}'::text[]`)

    expect(await adoptLog()).toMatchObject({ code: 0 })

    const [, ...held] = await lost.held()
    const [, ...adopted] = await lost.adopted()
    const wrong = held.findIndex(({ subject }) => subject === subjects.event('tick-rejected', 'wrong'))
    expect(held.toSpliced(wrong, 1)).toEqual(adopted.toSpliced(wrong, 1))
  })

  test('looks at what was switched for each trader that a limit would hold if enforcement were on', async () => {
    const { pool } = lost.scene
    const ofInterest = async () => {
      const { traders } = await withClientOf(pool, readDecided)
      return [...traders].filter(([, { isPaused }]) => isPaused).map(([trader]) => trader)
    }
    expect((await ofInterest()).sort()).toEqual(['loser', 'rested'])

    await pool.query(`UPDATE risk_config_history SET detail = detail || '{"enable_risk_enforcement": false}'
      WHERE kind = 'flags'`)
    await pool.query(`UPDATE risk_state SET rules_version = 5 WHERE trader_id = 'calm'`)

    expect((await ofInterest()).sort()).toEqual(['loser', 'rested', 'silent', 'wrong'])
  })

  test('keeps a trader paused of whom the history no longer says why', async () => {
    await lost.scene.pool.query(`DELETE FROM risk_state_history WHERE trader_id = 'loser' AND version < 4`)

    expect(await adoptLog()).toMatchObject({ code: 0 })

    const loser = (await lost.held()).find(({ subject }) => subject.endsWith('.loser'))
    const reason =
      'max_daily_loss: 15 % reached the limit of 10 %; max_drawdown: 15.84158415 % reached the limit of 15 %'
    expect(loser?.payload).toMatchObject({
      version: 4,
      decision: { status: 'paused', until: '2026-03-13T00:00:00.000Z', reason },
      state: { pause: { holds: [{ holder: 'operator', reason }] } },
    })
  })
})

async function withClientOf<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    return await work(client)
  } finally {
    client.release()
  }
}

/**
 * Adopts as the command does, in this process.
 * @param end at which step it ends: before the first one, after it, before the second one, ...; null: not at all
 * @returns its steps in words
 */
async function runWithEnd(end: number | null): Promise<readonly string[]> {
  const connection = await connectNats(infrastructure().natsUrl, 'adopt-log', createLogger('test', 'silent'))
  const client = new pg.Client(lost.scene.database.url)
  client.on('error', () => undefined)
  await client.connect()
  const steps: string[] = []
  const step = async (what: string, work: () => Promise<unknown>) => {
    const before = 2 * steps.length
    steps.push(what)
    if (end === before) throw new Error('ended here')
    const result = await work()
    if (end === before + 1) throw new Error('ended here')
    return result
  }
  try {
    const found = await survey(connection, client, false)
    const request = connection.request.bind(connection)
    vi.spyOn(connection, 'request').mockImplementation((subject, ...rest) => {
      const ask = () => request(subject, ...rest)
      return (subject.startsWith('guardian.out.') ? step(`publish ${subject}`, ask) : ask()) as ReturnType<
        typeof request
      >
    })
    const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>
    vi.spyOn(client, 'query').mockImplementation(((text: unknown, ...rest: unknown[]) => {
      const ask = () => query(text, ...rest)
      return /^(BEGIN|INSERT|COMMIT|UPDATE)/.test(String(text)) ? step(String(text), ask) : ask()
    }) as never)
    await adopt(found, WORD)
    return steps
  } finally {
    vi.restoreAllMocks()
    await client.end()
    // Events of other traders may be on their way yet: the next log is not to get them.
    await connection.flush()
    await connection.close()
  }
}

/** Which trader's event comes first is of no account. */
function bySubject(held: readonly Held[]): readonly Held[] {
  return held.toSorted((a, b) => (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0))
}

describe('adopt-log refuses', () => {
  test.each([
    ['without who', ['--reason', 'lost'], '--by is missing'],
    ['without why', ['--by', 'ada'], '--reason is missing'],
    ['an option that it does not know', ['--by', 'ada', '--reason', 'lost', '--force'], "Unknown option '--force'"],
  ])('%s, as bad usage', async (_case, args, reason) => {
    expect(await runCommand(lost.scene.database.url, 'adopt-log', ...args)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(reason),
    })
  })

  test.each<readonly [string, () => Promise<unknown>, readonly string[], string | RegExp]>([
    [
      'the log that the history was made from',
      async () => {
        await lost.scene.pool.query('TRUNCATE risk_state, risk_state_history')
        await lost.scene.pool.query('UPDATE risk_log_epoch SET created = $1', [await lost.createdAt(streams.risk)])
      },
      [],
      'nothing to adopt',
    ],
    [
      'a log that holds a decision of a guardian',
      async () => {
        const [event] = lost.last
        if (event !== undefined)
          await lost.scene.publishRaw(subjects.out(event.type, event.trader), encodeRiskEvent(event))
      },
      [],
      /holds an event that was not carried over: risk\.assessed\.calm, sequence 1.*delete RISK/,
    ],
    ['a log that is not there', () => lost.scene.manager.streams.delete(streams.risk), [], 'npm run provision'],
    [
      'an empty database',
      () =>
        lost.scene.pool.query(
          'TRUNCATE risk_state, risk_limit_state, risk_state_history, risk_config_history, risk_log_epoch',
        ),
      [],
      '--start-over',
    ],
    ['to start from scratch where there is a history', async () => undefined, ['--start-over'], 'TRUNCATE'],
    [
      'rows that contradict themselves',
      () => lost.scene.pool.query(`UPDATE risk_state SET daily_pnl = 5 WHERE trader_id IN ('calm', 'wrong')`),
      [],
      /calm, version 2: daily_pnl is 5, and would be 10 .*\n.*wrong, version 3/,
    ],
  ])('%s', async (_case, prepare, args, reason) => {
    await prepare()
    expect(await adoptLog(...args)).toMatchObject({ code: 1, stderr: expect.stringMatching(reason) })
    expect(await lost.adoption()).toEqual([])
  })
})

test('a log starts from scratch where the database is empty and an operator says so', async () => {
  await lost.scene.pool.query(
    'TRUNCATE risk_state, risk_limit_state, risk_state_history, risk_config_history, risk_log_epoch',
  )

  expect(await adoptLog('--start-over')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('starts from scratch'),
  })

  const inputsCreated = await lost.createdAt(streams.inputs)
  expect((await lost.held()).map(({ payload }) => payload)).toEqual([
    { schema: 1, type: 'settled', settled: 0, inputsCreated, adopting: true },
    { schema: 1, type: 'settled', settled: 0, inputsCreated },
  ])
  expect(await lost.bound()).toBe(await lost.createdAt(streams.risk))
})

test('adopt-log refuses an INPUTS that is not younger than the inputs that are known, and does not hold them', async () => {
  await lost.scene.close()
  lost = await LostLog.open(Date.UTC(2090, 0, 1))

  expect(await adoptLog()).toMatchObject({ code: 1, stderr: expect.stringMatching(/INPUTS .* does not hold it/) })
  expect(await lost.held()).toEqual([])
})
