import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '@drawbridge/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawbridgeIn, makeWorkFolder, runStart, type StartRun } from './npm-start.ts'

const WITHIN_MS = { timeoutMs: 120_000 }

// One folder for all of them: each continues from the previous one, as on the machine of a user.
describe("npm start with a config.json of one's own", () => {
  let folder: Awaited<ReturnType<typeof makeWorkFolder>>
  let run: StartRun

  const write = (limits: object) => {
    const content = { limits: { ...limits, confirm_jump: null }, traders: { mybot: {} } }
    return writeFile(join(folder.path, 'config.json'), JSON.stringify(content))
  }
  const drawbridge = (...args: readonly string[]) => drawbridgeIn(folder.path, args)
  async function serve(...args: string[]): Promise<void> {
    run = runStart(folder.path, args, {})
    await eventually(() => run.stdout().includes('Serving until Ctrl-C'), { ...WITHIN_MS, what: 'it to serve' })
  }
  async function stop(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    run.child.kill(signal)
    await run.exited
  }
  const traderUrl = () => /trader (http:[^\s,]+)/.exec(run.stdout())?.[1] ?? ''
  async function report(equity: number): Promise<void> {
    const body = JSON.stringify({ equity })
    const { status } = await fetch(`${traderUrl()}/api/traders/mybot/equity`, { method: 'POST', body })
    expect([200, 202]).toContain(status)
  }
  async function untilReason(pattern: RegExp): Promise<void> {
    const asked = async () =>
      (await (await fetch(`${traderUrl()}/api/traders/mybot/can-trade`)).json()) as { reason: string }
    await eventually(async () => pattern.test((await asked()).reason ?? ''), { ...WITHIN_MS, what: String(pattern) })
  }
  async function untilAllowed(): Promise<void> {
    const asked = async () =>
      (await (await fetch(`${traderUrl()}/api/traders/mybot/can-trade`)).json()) as { allowed: boolean }
    await eventually(async () => (await asked()).allowed, { ...WITHIN_MS, what: 'the gate to open' })
  }

  beforeAll(async () => {
    folder = await makeWorkFolder()
  })
  afterAll(async () => {
    await stop()
    await folder.remove()
  })

  test('has data of its own, and judges by its own limits from the first start on', async () => {
    await write({ max_daily_loss: 3, max_drawdown: 8 })
    await serve()
    expect(run.stdout()).toContain('Your own system. Data in ./data/system, logs in ./data/system/logs.')
    expect(existsSync(join(folder.path, 'data/demo'))).toBe(false)
    for (const equity of [1000, 1000]) await report(equity)
    await untilAllowed()
    await report(965)
    await untilReason(/^max_daily_loss: 3.5 % reached the limit of 3 %/)
  }, 240_000)

  test.each([
    ['doctor', 'All is well.'],
    ['state --at 2100-01-01T00:00:00Z', 'mybot'],
    ['verify', 'No differences'],
    ['rebuild', 'risk_state: 0 added'],
    ['consumers', 'persister'],
    ['dead-letters list', ''],
    ['apply-config', 'Nothing to change'],
  ])(
    'npm run drawbridge -- %s works beside it with no variable set',
    async (command, said) => {
      const { code, stdout, stderr } = await drawbridge(...command.split(' '))
      expect({ command, code, stderr }).toMatchObject({ code: 0 })
      expect(stdout).toContain(said)
    },
    120_000,
  )

  test('adopt-log, too, finds both servers, and that there is nothing to adopt', async () => {
    const { code, stderr } = await drawbridge('adopt-log', '--by', 'me', '--reason', 'test', '--dry-run')
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/in use: guardians judge|nothing to adopt/),
    })
  }, 120_000)

  test('what services warn of while it serves is seen: a breach is', () => {
    expect(run.stderr()).toMatch(/"service":"risk-guardian".*"trader":"mybot"/)
  })

  test('starts its private servers again when they are killed, and loses nothing', async () => {
    for (const server of ['nats-server', 'postgres']) {
      const record = JSON.parse(readFileSync(join(folder.path, `data/system/${server}.process.json`), 'utf8'))
      process.kill(record.server.pid, 'SIGKILL')
    }
    await eventually(() => /starting NATS again/.test(run.stderr()) && /starting PostgreSQL again/.test(run.stderr()), {
      ...WITHIN_MS,
      what: 'it to say so',
    })
    await eventually(async () => (await drawbridge('doctor')).code === 0, { ...WITHIN_MS, what: 'all to be well' })
    await report(960)
    await eventually(
      async () => /960/.test((await drawbridge('state', '--at', '2100-01-01T00:00:00Z', '--json')).stdout),
      {
        ...WITHIN_MS,
        what: 'the reading to be in the history',
      },
    )
  }, 240_000)

  test('an edited config.json is shown as a table with the command that puts it in force', async () => {
    await stop()
    await write({ max_daily_loss: 2, max_drawdown: 10 })
    await serve()
    expect(run.stderr()).toContain('Your settings differ from what is in force:')
    expect(run.stderr()).toMatch(/limits\.max_daily_loss +3 +2\n +limits\.max_drawdown +8 +10\n/)
    expect(run.stderr()).toContain('npm run drawbridge -- apply-config, or npm start -- --apply-limits')

    const { stdout } = await drawbridge('doctor')
    expect(stdout).toContain('limits.max_daily_loss is 3 in the log and 2 in the settings')
    expect(stdout).toContain('To put the settings in force: npm run drawbridge -- apply-config')

    const applied = await drawbridge('apply-config', '--yes')
    expect(applied).toMatchObject({ code: 0, stderr: '' })
    expect(applied.stdout).toMatch(/limits\.max_daily_loss +3 +2 +at once\n/)
    expect((await drawbridge('doctor')).stdout).toContain('say the same')
  }, 240_000)

  test('npm start -- --apply-limits puts an edited config.json in force', async () => {
    await stop()
    await write({ max_daily_loss: 6, max_drawdown: 10 })
    await serve('--apply-limits')
    expect(run.stdout()).toMatch(/limits\.max_daily_loss +2 +6 +at once\n[\s\S]*In force now\./)
    expect((await drawbridge('doctor')).stdout).toContain('say the same')
  }, 240_000)

  test('a command says that a killed npm start no longer runs', async () => {
    await stop('SIGKILL')
    const { code, stderr } = await drawbridge('consumers')
    expect(code).toBe(1)
    expect(stderr).toContain('no longer runs: ./data/system/running.json is left of it. Run npm start again')
    await serve()
    expect((await drawbridge('consumers')).code).toBe(0)
  }, 240_000)
})
