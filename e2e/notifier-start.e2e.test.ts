import { runDrawbridge } from '@drawbridge/cli'
import { Receiver } from '@drawbridge/notifier/receiver'
import { callProgram, eventually } from '@drawbridge/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ConsoleSystem, TOKENS } from './console/system.ts'

let receiver: Receiver
let system: ConsoleSystem

beforeAll(async () => {
  receiver = await Receiver.open()
  const channels = { hook: { kind: 'webhook', url: `${receiver.url}/hook`, at_most_per_minute: 60 } }
  system = await ConsoleSystem.start({ notify: { channels } })
}, 240_000)
afterAll(async () => {
  await system?.stop()
  await receiver?.close()
})

const drawbridge = (...words: readonly string[]) => {
  const env = { DRAWBRIDGE_URL: system.consoleUrl, DRAWBRIDGE_TOKEN: TOKENS.operate }
  return callProgram((context) => runDrawbridge(words, context), env)
}
const titles = () => receiver.received.map(({ body }) => (JSON.parse(body) as { data: { title: string } }).data.title)

test('npm start with a channel tells somebody of a broken limit, without a further step', async () => {
  await system.report('bot1', 1000)
  await system.report('bot1', 790)
  const told = 'bot1: max_drawdown broken (21 %)'
  await eventually(() => titles().includes(told), { what: 'the message' })
})

test('people test the channel, look at it and acknowledge on the command line', async () => {
  expect(await drawbridge('notify', '--test', 'hook')).toMatchObject({
    code: 0,
    stdout: 'hook took the test message.\n',
  })
  expect(titles()).toContain('Drawbridge: a test')
  const acknowledged = { code: 0, stdout: 'Acknowledged: breach:max_drawdown of bot1.\n' }
  expect(await drawbridge('notify', '--acknowledge', 'bot1')).toMatchObject(acknowledged)
  const { code, stdout } = await drawbridge('notify')
  expect(code).toBe(0)
  expect(stdout).toMatch(/hook +webhook +ok/)
  expect(stdout).toMatch(/bot1 +breach:max_drawdown .* operate-ann/)
})
