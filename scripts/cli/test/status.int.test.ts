import { Writable } from 'node:stream'
import { runProgram } from '@drawbridge/service-kit/program'
import { eventually } from '@drawbridge/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runDrawbridge } from '../commands.ts'
import { statusUntil } from '../status.ts'
import { ConsoleScene, withoutTimes } from './console-scene.ts'

let scene: ConsoleScene
beforeAll(async () => {
  scene = await ConsoleScene.open()
  await scene.startGuardian()
})
afterAll(() => scene.close())

/** What a terminal would show. */
class Terminal extends Writable {
  readonly isTTY = true
  readonly columns: number
  readonly rows: number
  shown = ''

  constructor(columns = 200, rows = 50) {
    super()
    this.columns = columns
    this.rows = rows
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.shown += chunk.toString()
    done()
  }
}

test('before anybody reports it says how to', async () => {
  const { code, stdout } = await scene.run('status')
  expect(code).toBe(0)
  expect(stdout).toContain('No trader has reported yet')
  expect(stdout).toContain(`curl -X POST http://localhost:8081/api/traders/bot1/equity -d '{"equity": 1000}'`)
})

describe('of four traders', () => {
  beforeAll(async () => {
    await scene.report('calm', 1000, 1010)
    await scene.report('near', 1000, 915)
    await scene.report('lost', 1000, 850)
    await scene.report('held', 1000)
    await scene.command('pause', 'held', { reason: 'holiday', by: 'alice' })
  })

  test('the table has the nearest to a limit first, and says why not and until when', async () => {
    const { code, stdout } = await scene.spawn('status')
    expect(code).toBe(0)
    expect(withoutTimes(stdout)).toBe(
      `
  trader  state    room left         in money  of limit        equity   day  drawdown  until              why
  lost    paused   ░░░░░░░░░░   0 %       -50  max_daily_loss     850  -150      15 %  0000-00-00 00:00Z  max_daily_loss: 15 % reached the limit of 10 %
  near    allowed  ██░░░░░░░░  15 %        15  max_daily_loss     915   -85     8.5 %
  held    paused   ██████████ 100 %       100  max_daily_loss    1000     0       0 %  open               operator: holiday
  calm    allowed  ██████████ 110 %       110  max_daily_loss    1010    10       0 %

4 traders: 2 allowed, 2 paused
`.slice(1),
    )
  })

  test('as JSON it is what the API tells, in the same order', async () => {
    const { traders } = await scene.json<{ traders: readonly { id: string; roomPct: string }[] }>('status')
    expect(traders.map(({ id, roomPct }) => [id, roomPct])).toEqual([
      ['lost', '-50'],
      ['near', '15'],
      ['held', '100'],
      ['calm', '110'],
    ])
  })

  test('only those that are named are shown', async () => {
    const { stdout } = await scene.run('status', 'calm', 'near')
    expect(stdout.match(/^ {2}(calm|near|lost|held) /gm)).toEqual(['  near ', '  calm '])
  })

  test('a name that is mistyped is told, with the one that was meant', async () => {
    expect(await scene.run('status', 'cal')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'there is no trader "cal": did you mean calm?\n',
    })
  })

  test.each([
    [[], 3],
    [['calm'], 0],
    [['calm', 'held'], 3],
  ])('of %j the exit code that was asked for is %i', async (names, code) => {
    expect((await scene.run('status', ...names, '--exit-code')).code).toBe(code)
    expect((await scene.run('status', ...names)).code).toBe(0)
  })

  test('colours are for terminals alone, and for those without NO_COLOR', async () => {
    const shown = async (env: Record<string, string>) => {
      const [stdout, stderr] = [new Terminal(), new Terminal()]
      await runDrawbridge(['status'], { env: { DRAWBRIDGE_URL: scene.url, ...env }, cwd: '/', stdout, stderr })
      return stdout.shown
    }
    expect(await shown({})).toContain('\x1b[31mpaused\x1b[0m')
    expect(await shown({ NO_COLOR: '1' })).not.toContain('\x1b')
    expect((await scene.run('status')).stdout).not.toContain('\x1b')
  })

  test('a narrow terminal is shown less, and still why', async () => {
    const stdout = new Terminal(80)
    await runDrawbridge(['status', 'lost'], {
      env: { DRAWBRIDGE_URL: scene.url, NO_COLOR: '1' },
      cwd: '/',
      stdout,
      stderr: new Terminal(),
    })
    expect(withoutTimes(stdout.shown).split('\n').slice(0, 2)).toEqual([
      '  trader  state   room left         until              why',
      '  lost    paused  ░░░░░░░░░░   0 %  0000-00-00 00:00Z  max_daily_loss: 15 % rea…',
    ])
  })

  test('watched on a terminal it is drawn again when something changes, and fits', async () => {
    const [stdout, stderr, stop] = [new Terminal(125, 6), new Terminal(), new AbortController()]
    const context = { env: { DRAWBRIDGE_URL: scene.url, NO_COLOR: '1' }, cwd: '/', stdout, stderr }
    const watched = runProgram(statusUntil(stop.signal), ['--watch', '--every', '1'], context)
    await eventually(() => stdout.shown.includes('traders:'), { what: 'the first table' })
    expect(stdout.shown).toContain('4 traders: 2 allowed, 2 paused; 2 that have more room are not shown')
    expect(Math.max(...stdout.shown.split('\n').map((line) => line.replace('\x1b[H\x1b[2J', '').length))).toBe(125)

    await scene.report('near', 914)
    await eventually(() => stdout.shown.includes(' 914 '), { what: 'the new equity' })

    await scene.stopConsole()
    await eventually(() => stderr.shown.includes('Not up to date: the console at'), { what: 'the notice' })
    await scene.startConsole()
    await scene.report('near', 913)
    await eventually(() => stdout.shown.includes(' 913 '), { what: 'the equity after the outage' })
    stop.abort()
    expect(await watched).toBe(0)
  })
})
