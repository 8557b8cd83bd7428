import { Writable } from 'node:stream'
import { runProgram } from '@drawbridge/service-kit/program'
import { eventually } from '@drawbridge/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventsUntil } from '../events.ts'
import { ConsoleScene, withoutTimes } from './console-scene.ts'

let scene: ConsoleScene
beforeAll(async () => {
  scene = await ConsoleScene.open()
  await scene.startGuardian()
  await scene.report('bot1', 1000, 990, 850)
  await scene.report('bot2', 1000)
  await scene.command('pause', 'bot2', { reason: 'holiday', by: 'alice' })
})
afterAll(() => scene.close())

class Heard extends Writable {
  text = ''

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

test('what happened is one line an event, without the readings by which nothing did', async () => {
  const { code, stdout } = await scene.spawn('events', 'bot1', 'bot2')
  expect(code).toBe(0)
  expect(
    withoutTimes(stdout),
  ).toBe(`0000-00-00 00:00:00Z  bot1 3        breach          max_daily_loss is reached: 15 % of 10 %, paused until 0000-00-00T00:00:00.000Z.
0000-00-00 00:00:00Z  bot2 2        paused          Somebody who claims to be alice paused the trader until an operator resumes it: holiday.
`)
})

test('all of them are told where that is asked for', async () => {
  const { stdout } = await scene.run('events', 'bot1', '--all')
  expect(stdout.match(/bot1 \d .*/g)?.map((line) => line.replaceAll(/ +/g, ' '))).toEqual([
    'bot1 1 assessed Equity 1000, the trader may trade.',
    'bot1 2 assessed Equity 990, the trader may trade.',
    expect.stringMatching(/^bot1 3 breach max_daily_loss is reached/),
  ])
})

test('of all traders, the changes that hold for all are told, too', async () => {
  const { stdout } = await scene.run('events')
  expect(stdout).toMatch(/ all +limits +.* changed limits: max_daily_loss, max_drawdown, stop_trading_minutes/)
  expect(stdout).toMatch(/ all +flags +.* enforcement is on, persistence on/)
})

test('they are filtered by type and time', async () => {
  expect((await scene.run('events', '--type', 'breach')).stdout.trim().split('\n')).toHaveLength(1)
  expect((await scene.run('events', '--type', 'breach', '--since', '2999-01-01T00:00:00Z')).stdout).toBe('')
  expect((await scene.run('events', '--type', 'breach', '--since', '2001-01-01T00:00:00Z')).stdout).not.toBe('')
})

test('as JSON each is a line of its own', async () => {
  const { stdout } = await scene.run('events', '--type', 'breach,paused', '--json')
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  expect(lines).toMatchObject([
    {
      seq: expect.any(Number),
      words: expect.stringContaining('max_daily_loss'),
      event: { type: 'breach', trader: 'bot1' },
    },
    { event: { type: 'paused', trader: 'bot2' } },
  ])
})

test('followed, new ones come as they are stored, each once, also after the console was away', async () => {
  const [stdout, stderr, stop] = [new Heard(), new Heard(), new AbortController()]
  const context = { env: { DRAWBRIDGE_URL: scene.url }, cwd: '/', stdout, stderr }
  const followed = runProgram(eventsUntil(stop.signal, 50), ['bot3', '--follow', '--all'], context)
  expect(await followed).toBe(1)
  expect(stderr.text).toContain('did you mean "bot1"?')

  await scene.report('bot3', 1000)
  const again = runProgram(eventsUntil(stop.signal, 50), ['bot3', '--follow', '--all', '--since', '1h'], context)
  await eventually(() => stdout.text.includes('bot3 1 '), { what: 'the first event' })
  await scene.stopConsole()
  await eventually(() => stderr.text.includes('The console went away'), { what: 'the notice' })
  await scene.startConsole()
  await scene.report('bot3', 999, 998)
  await eventually(() => stdout.text.includes('bot3 3 '), { what: 'the events after the outage' })
  stop.abort()
  expect(await again).toBe(0)
  expect(stdout.text.match(/bot3 \d/g)).toEqual(['bot3 1', 'bot3 2', 'bot3 3'])
  expect(stderr.text.match(/went away/g)).toHaveLength(1)
})

test.each([
  [['--type', 'breech'], 'there is no type "breech", did you mean breach? The types: breach, paused'],
  [['bot1', '--type', 'limits'], 'there is no type "limits"'],
  [['--since', 'yesterday'], '--since must be a duration like 90m, 8h or 2d, or a time with a zone'],
])('events %j is refused with what to type', async (args, message) => {
  const { code, stdout, stderr } = await scene.run('events', ...args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(message)
})
