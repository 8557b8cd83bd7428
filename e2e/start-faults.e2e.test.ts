import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { freePort, startPrivateNats } from '@drawbridge/dev-stack'
import { createDatabase, eventually } from '@drawbridge/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeWorkFolder, runStart } from './npm-start.ts'

/** What is wrong is said in lines, before anything is started. */
describe('npm start that cannot serve', () => {
  let folder: Awaited<ReturnType<typeof makeWorkFolder>>
  beforeEach(async () => {
    folder = await makeWorkFolder()
  })
  afterEach(() => folder.remove())

  async function failed(
    env: Record<string, string>,
    config?: object,
  ): Promise<{ code: number | null; lines: string[] }> {
    if (config !== undefined) await writeFile(join(folder.path, 'config.json'), JSON.stringify(config))
    const { code, stderr } = await runStart(folder.path, ['--once'], env).exited
    for (const started of ['nats', 'postgres']) {
      expect(existsSync(join(folder.path, config === undefined ? 'data/demo' : 'data/system', started))).toBe(false)
    }
    return { code, lines: stderr.trim().split('\n') }
  }

  test('tells all faults of the settings at once', async () => {
    const limits = { max_daily_loss: '8%', reset_time_zone: 'America/NewYork', max_drawdwon: 5 }
    const { code, lines } = await failed({ DATABSE_URL: 'postgres://me@db/risk' }, { limits, trader: { prot: 1 } })
    expect(code).toBe(2)
    expect(lines).toEqual([
      'the settings are not valid:',
      '  config.json, limits: unknown field "max_drawdwon", did you mean "max_drawdown"?',
      '  config.json, trader: unknown field "prot", did you mean "port"?',
      '  DATABSE_URL: is not a known variable, did you mean DATABASE_URL?',
      expect.stringContaining('max_daily_loss must be a percentage above 0 and at most 100, got "8%": write 8'),
      expect.stringContaining('got "America/NewYork", did you mean "America/New_York"?'),
    ])
  })

  test('names the setting of each port that is taken', async () => {
    const taken = await Promise.all([listening(), listening()])
    const [first, second] = taken.map(portOf)
    const { code, lines } = await failed({ CONSOLE_PORT: String(first) }, { trader: { port: second } })
    for (const server of taken) server.close()
    expect(code).toBe(1)
    expect(lines).toEqual([
      `CONSOLE_PORT: another program listens on 127.0.0.1:${first}; stop it, or set another port`,
      `trader.port in config.json: another program listens on 127.0.0.1:${second}; stop it, or set another port`,
    ])
  })

  test('names the setting of a database that does not answer', async () => {
    const port = await freePort()
    const given = await failed({ DATABASE_URL: `postgres://me:hidden@127.0.0.1:${port}/risk` })
    expect(given).toEqual({ code: 1, lines: [expect.stringMatching(DOES_NOT_ANSWER('DATABASE_URL', port))] })
    const written = await failed({}, { database_url: `postgres://me:hidden@127.0.0.1:${port}/risk` })
    const where = 'database_url in config.json'
    expect(written).toEqual({ code: 1, lines: [expect.stringMatching(DOES_NOT_ANSWER(where, port))] })
  })

  test('names the setting of a database that refuses us', async () => {
    const database = await createDatabase()
    const [wrongUser, wrongName] = [new URL(database.url), new URL(database.url)]
    wrongUser.username = 'nobody_known'
    wrongName.pathname = '/nothing'
    const refused = await failed({ DATABASE_URL: wrongUser.href })
    const missing = await failed({ DATABASE_URL: wrongName.href })
    await database.drop()
    expect(refused).toEqual({
      code: 1,
      lines: [
        expect.stringMatching(/^DATABASE_URL: the database at .* refuses the user nobody_known: .*; correct the user/),
      ],
    })
    expect(missing).toEqual({
      code: 1,
      lines: [
        expect.stringMatching(
          /^DATABASE_URL: the database at .* has no database "nothing"; create it: createdb nothing$/,
        ),
      ],
    })
  }, 120_000)

  test('waits for a NATS that does not answer, says which, and goes on when it does', async () => {
    const database = await createDatabase()
    const port = await freePort()
    const run = runStart(folder.path, [], { NATS_URL: `nats://127.0.0.1:${port}`, DATABASE_URL: database.url })
    const line = `NATS_URL: NATS at nats://127.0.0.1:${port} does not answer; start it, or remove this setting, and npm start runs its own. Waiting for it.\n`
    await eventually(() => run.stderr().includes(line), { timeoutMs: 60_000, what: 'the line' })
    expect(run.stdout()).not.toContain('Serving')
    const nats = await startPrivateNats({ dataDir: join(folder.path, 'late'), port })
    try {
      await eventually(() => run.stdout().includes('Serving'), { timeoutMs: 120_000, what: 'it to serve' })
      expect(run.stderr()).not.toMatch(/^ +at /m)
    } finally {
      run.child.kill('SIGINT')
      await run.exited
      await nats.stop()
      await database.drop()
    }
  }, 240_000)
})

function DOES_NOT_ANSWER(where: string, port: number): RegExp {
  return new RegExp(
    `^${where}: the database at 127.0.0.1:${port} does not answer: .*ECONNREFUSED.*; start it, or remove this setting`,
  )
}

async function listening(): Promise<Server> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  return server
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
