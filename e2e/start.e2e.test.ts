import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { eventually } from '@drawbridge/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SHORT_DEMO_BARS, type ShortDemo, writeShortDemo } from './fixtures/short-demo.ts'
import { makeWorkFolder, resultOf, runStart, type StartResult, type StartRun } from './npm-start.ts'
import { expectedAccounts, expectedOfFirm, expectedOfHold, expectedOfSma } from './sp500-oracle.ts'

const WITHIN_MS = { timeoutMs: 120_000 }

// One folder for all of them: each continues from the previous one, like runs on one machine.
describe('npm start on a bare machine, with private servers', () => {
  let folder: Awaited<ReturnType<typeof makeWorkFolder>>
  let demo: ShortDemo
  const start = (...args: string[]): StartRun =>
    runStart(folder.path, args, { DRAWBRIDGE_E2E: folder.path, CONFIG_FILE: demo.configFile })
  let serving: StartRun | null = null
  /** The run that serves; a new one where none does. */
  const served = async (): Promise<StartRun> => {
    serving ??= start()
    const { stdout } = serving
    await eventually(() => stdout().includes('Serving until Ctrl-C'), { ...WITHIN_MS, what: 'the demo to end' })
    return serving
  }
  const expectWholeDemo = ({ traders }: StartResult): void => {
    const accounts = expectedAccounts(demo.csv)
    const counts = { ticks: SHORT_DEMO_BARS, events: SHORT_DEMO_BARS, historyRows: SHORT_DEMO_BARS }
    expect(traders).toEqual({
      'sp500-hold': { ...counts, account: accounts.hold, breaches: expectedOfHold(demo.csv) },
      'sp500-sma': { ...counts, account: accounts.sma, breaches: expectedOfSma(demo.csv) },
      'sp500-firm': { ...counts, account: accounts.firm, breaches: expectedOfFirm(demo.csv) },
    })
  }

  beforeAll(async () => {
    folder = await makeWorkFolder()
    demo = await writeShortDemo(folder.path)
  })

  afterAll(async () => {
    for (const pid of processesOf(folder.path)) killIfThere(pid)
    await eventually(() => processesOf(folder.path).length === 0, { what: 'the processes of the test to end' })
    await folder.remove()
  })

  test('starts again after SIGKILL of everything in the middle, with the result of an undisturbed run', async () => {
    const run = start('--once', '--json')
    await eventually(() => processesOf(folder.path).length > 8 && anyBars(folder.path), {
      ...WITHIN_MS,
      what: 'the replay to run',
    })
    for (const pid of processesOf(folder.path)) killIfThere(pid)
    // It had no result yet.
    expect((await run.exited).stdout).toBe('')
    expectWholeDemo(await resultOf(start('--once', '--json')))
  }, 240_000)

  test('runs the demo, continues from its data at the next start, and starts from scratch with --fresh', async () => {
    expectWholeDemo(await resultOf(start('--once', '--json', '--fresh')))
    const second = start('--json')
    const result = await eventually(() => second.stdout().trimEnd(), { ...WITHIN_MS, what: 'the result' })
    expectWholeDemo(JSON.parse(result) as StartResult)
    second.child.kill('SIGTERM')
    expect((await second.exited).code).toBe(0)
    expect(processesOf(folder.path)).toEqual([])
  }, 240_000)

  test('lists what an earlier start has listed if it is asked to', async () => {
    const { stdout } = await start('--once', '--breaches').exited
    expect(stdout).toMatch(/2008-10-15 {2}max_daily_loss +6\.51 % +5 % +2008-10-16T04:00:00\.000Z/)
    expect(stdout).toMatch(/sp500-hold +500 +500 +500$/m)
  }, 240_000)

  test('refuses a second run on the same data, and a command line with a typo', async () => {
    await served()
    const second = await start('--once').exited
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('is in use') })
    const typo = await start('--onec').exited
    expect(typo).toMatchObject({ code: 2, stderr: expect.stringContaining('--onec') })
  }, 240_000)

  test('starts again after SIGKILL of itself alone: its services stop, its servers are taken over', async () => {
    const run = await served()
    run.child.kill('SIGKILL')
    await run.exited
    serving = null
    const said = (await served()).stdout()
    expect(said).toContain('The replays ended in an earlier start; breaches: ')
    expect(said.split('\n').length).toBeLessThan(18)
    expect(said).not.toContain('2008-10-15')
  }, 240_000)

  test('serves after the demo until Ctrl-C, which leaves no process behind, not even of a frozen service', async () => {
    const run = await served()
    const trader = /curl (http:\S+\/api\/traders\/bot1)\/can-trade/.exec(run.stdout())?.[1] ?? ''
    await expectBotLife(trader)
    const isGuardian = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('risk-guardian/src/main')
    for (const pid of processesOf(folder.path).filter(isGuardian)) process.kill(pid, 'SIGSTOP')
    run.child.kill('SIGINT')
    expect((await run.exited).code).toBe(0)
    expect(processesOf(folder.path)).toEqual([])
  }, 240_000)
})

/** What the last lines of `npm start` tell a newcomer to try. */
async function expectBotLife(trader: string): Promise<void> {
  const report = (equity: number) => fetch(`${trader}/equity`, { method: 'POST', body: JSON.stringify({ equity }) })
  const canTrade = async () =>
    (await (await fetch(`${trader}/can-trade`)).json()) as { allowed: boolean; reason: string }
  // The first reading is believed when another one agrees.
  for (const equity of [1000, 1000]) expect((await report(equity)).ok).toBe(true)
  await eventually(async () => (await canTrade()).allowed, { what: 'the gate to open' })
  expect((await report(850)).ok).toBe(true)
  await eventually(async () => !(await canTrade()).allowed, { what: 'the gate to close' })
  expect((await canTrade()).reason).toBe('max_daily_loss: 15 % reached the limit of 10 %')
}

/** True once a bar of the replay is decided, as the guardian's log says by its first breach. */
function anyBars(folder: string): boolean {
  return readFileSync(`${folder}/data/system/logs/risk-guardian.log`, 'utf8').includes('RISK LIMIT BREACHED')
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Processes that belong to a run in a folder, by what Linux tells of them: command, environment, working directory. */
function processesOf(folder: string): number[] {
  const own = String(process.pid)
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== own)
    .filter((pid) => tracesOf(pid).includes(folder))
    .filter((pid) => !/^State:\s+[ZX]/m.test(ifThere(() => readFileSync(`/proc/${pid}/status`, 'utf8'))))
    .map(Number)
}

function tracesOf(pid: string): string {
  const text = ['cmdline', 'environ'].map((file) => ifThere(() => readFileSync(`/proc/${pid}/${file}`, 'utf8')))
  return [...text, ifThere(() => readlinkSync(`/proc/${pid}/cwd`))].join(' ')
}

/** Empty where the process ended meanwhile. */
function ifThere(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
