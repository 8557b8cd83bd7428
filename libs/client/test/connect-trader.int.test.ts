import { streams, subjects } from '@drawbridge/contracts'
import { eventually, type ServiceHere } from '@drawbridge/testing'
import { log, Scene } from '@drawbridge/testing/client-scene'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ConnectedTrader, connectTrader } from '../src/index.ts'

/** A loaded machine may take long. */
const REPORT = { waitMs: 10_000 }

let scene: Scene
let guardian: ServiceHere
let bot: ConnectedTrader

beforeEach(async () => {
  // Every reading counts at once: what confirms one is tested with the rules.
  scene = await Scene.open({ limits: { confirm_jump: null } })
  guardian = await scene.start('risk-guardian')
  bot = await connectTrader('bot1', { natsUrl: scene.natsUrl, log })
})
afterEach(async () => {
  await bot.close()
  await guardian.stop()
  await scene.close()
})

const opened = () => eventually(() => bot.gate.canTrade().allowed, { what: 'the gate to open' })
const closed = async () => {
  await eventually(() => bot.gate.canTrade().code === 'limit', { what: 'the gate to close' })
  return bot.gate.canTrade().reason
}
const texts = async () => (await scene.ticks('bot1')).map((tick) => tick.text)

test("a bot's own gate follows the decisions on what it reports", async () => {
  expect(bot.gate.canTrade().reason).toBe('the risk state of this trader is not known yet')

  bot.report(1000)
  await opened()
  bot.report(899.99)

  expect(await closed()).toContain('max_daily_loss')
  expect(bot.gate.canTrade('reduce').allowed).toBe(true)
  expect(bot.gate.canTrade()).toMatchObject({ code: 'limit', holders: ['limit:max_daily_loss'] })
  const resume = { holder: 'max_daily_loss', rebase: true, reason: 'checked', by: 'test' }
  await scene.publish(subjects.control('resume', 'bot1'), JSON.stringify(resume))
  await opened()
})

test('a report tells the verdict on this very reading, and what became of it', async () => {
  expect(await bot.report({ equity: 1000, seq: 1 }, REPORT)).toMatchObject({
    allowed: true,
    code: 'ok',
    budget: { room: '100' },
    decision: { outcome: 'judged', version: 1, reason: null },
    message: null,
  })
  expect(await bot.report({ equity: 1000, seq: 1 }, REPORT)).toMatchObject({
    allowed: true,
    decision: { outcome: 'rejected', version: 2, reason: 'seq 1 was sent before' },
  })
  expect(await bot.report({ equity: 1000, currency: 'USD' }, REPORT)).toMatchObject({ decision: { outcome: 'judged' } })
  expect(await bot.report({ equity: 1000, currency: 'EUR' }, REPORT)).toMatchObject({
    allowed: false,
    code: 'rejected',
    decision: { outcome: 'rejected', version: 4, reason: "currency is EUR; the account's is USD" },
  })
  expect(await bot.report(850, REPORT)).toMatchObject({
    allowed: false,
    code: 'limit',
    decision: { outcome: 'judged', version: 5 },
  })
})

test('each of many reports at once is told of its own decision', async () => {
  const equities = Array.from({ length: 300 }, (_, index) => 1000 + (index % 5))
  const told = await Promise.all(equities.map((equity) => bot.report(equity, REPORT)))

  expect(told.map(({ decision }) => decision)).toEqual(
    equities.map((_, index) => ({ outcome: 'judged', version: index + 1, reason: null })),
  )
})

test('a report that nobody judges says so in words, and fails nobody who does not wait for it', async () => {
  await bot.report(1000, REPORT)
  await guardian.stop()

  expect(await bot.report(1000, { waitMs: 50 })).toMatchObject({
    allowed: false,
    code: 'undecided',
    decision: null,
    message: expect.stringContaining('stored and not judged yet'),
  })
  const forgotten = bot.report(1000)
  await bot.close()
  expect(await forgotten).toMatchObject({ allowed: false, decision: null })
})

test('a listener hears each decision once the gate obeys it, and one for breaches the breaches alone', async () => {
  const decisions: string[] = []
  const breaches: (string | null)[] = []
  bot.onDecision((event) => decisions.push(event.type))
  bot.onBreach(() => breaches.push(bot.gate.canTrade().reason))

  bot.report(1000)
  await opened()
  bot.report(899.99)
  await eventually(() => breaches.length > 0, { what: 'the breach to be heard' })

  expect(decisions).toEqual(['assessed', 'breach'])
  expect(breaches).toEqual([expect.stringContaining('max_daily_loss')])
})

test('a bot that is connected again does not hear again of what was decided before', async () => {
  bot.report(1000)
  bot.report(100)
  await eventually(() => bot.gate.version === 2, { what: 'both decisions' })
  await bot.close()
  bot = await connectTrader('bot1', { natsUrl: scene.natsUrl, log })
  const versions: number[] = []
  bot.onDecision(({ state }) => versions.push(state.version))

  bot.report(100)
  await eventually(() => versions.length > 0, { what: 'the next decision' })

  expect(versions).toEqual([3])
})

test('a bot that is connected again knows its pause before it reports', async () => {
  bot.report(1000)
  await opened()
  bot.report(100)
  const reason = await closed()
  await bot.close()

  bot = await connectTrader('bot1', { natsUrl: scene.natsUrl, log })

  expect(bot.gate.canTrade().reason).toBe(reason)
})

test('reports are an equity, a decimal string or a full tick, and arrive in order', async () => {
  bot.report(10250.5)
  bot.report('10250.12345678')
  bot.report({ equity: '1', balance: 2, unrealizedPnl: -1, at: '2026-03-12T20:00:00Z', seq: 3 })
  const more = { equity: 4, note: 'x'.repeat(2_000_000) }
  bot.report(more)

  await eventually(async () => (await texts()).length === 4, { what: 'all reports' })
  expect(await texts()).toEqual([
    '{"equity":10250.5}',
    '{"equity":"10250.12345678"}',
    '{"equity":"1","balance":2,"unrealizedPnl":-1,"at":"2026-03-12T20:00:00Z","seq":3}',
    '{"equity":4}',
  ])
})

describe('a report is refused at once, and not sent:', () => {
  const bad: readonly (readonly [name: string, report: unknown, message: string])[] = [
    ['NaN', Number.NaN, 'not a tick: equity must be a finite number, got NaN'],
    ['Infinity', Number.POSITIVE_INFINITY, 'not a tick: equity must be below 1e15 in size'],
    ['words', 'a lot', 'not a tick: equity must be a decimal like "10250.50", got "a lot"'],
    ['a huge number', 1e300, 'not a tick: equity must be '],
    ['nothing', undefined, 'not a tick: equity '],
    ['null', null, 'not a tick: must be a JSON object, got null'],
    ['a tick without equity', { balance: 1 }, 'not a tick: equity is missing'],
  ]
  test.each(bad)('%s', async (_name, report, message) => {
    expect(() => bot.report(report as number)).toThrow(message)

    bot.report(1)
    await eventually(async () => (await texts()).length > 0, { what: 'the good report' })
    expect(await texts()).toEqual(['{"equity":1}'])
  })
})

test('a report with a field that cannot be read is sent with a picture of it, which no limit takes for a value', async () => {
  bot.report({ equity: 1, balance: Number.NaN, at: 'yesterday', seq: 1.5, run: 'x'.repeat(5_000) })

  await eventually(async () => (await texts()).length === 1, { what: 'the report' })
  const [text = ''] = await texts()
  expect(JSON.parse(text)).toEqual({
    equity: 1,
    balance: ['NaN'],
    at: ['"yesterday"'],
    seq: ['1.5'],
    run: [expect.stringMatching(/^"x{50,60}\.\.\.$/)],
  })
})

test('closing sends what was reported, closes the gate for good, and is safe to repeat', async () => {
  bot.report(1000)
  await opened()
  for (let equity = 1001; equity <= 1100; equity += 1) bot.report(equity)

  await Promise.all([bot.close(), bot.close()])
  await bot.close()

  expect(await texts()).toHaveLength(101)
  expect(bot.gate.canTrade().allowed).toBe(false)
  expect(() => bot.report(1)).toThrow('trader "bot1" is closed and takes no report')
})

test.each(['', 'bot.1', '>', 'settled', 'a'.repeat(65)])('the id "%s" is refused', async (id) => {
  await expect(connectTrader(id, { natsUrl: scene.natsUrl })).rejects.toThrow(/trader id/)
})

test('a server without the streams is refused with what to do', async () => {
  await scene.manager.streams.delete(streams.risk)

  await expect(connectTrader('bot2', { natsUrl: scene.natsUrl, log })).rejects.toThrow(
    'stream RISK does not exist on this NATS server; create it with: npm run provision',
  )
})

describe('a bot that obeys another trader', () => {
  test('may enter only while that one may, and hears its breach', async () => {
    const desk = await connectTrader('desk', { natsUrl: scene.natsUrl, log })
    const member = await connectTrader('bot2', { natsUrl: scene.natsUrl, obeys: ['desk'], log })
    const breached: string[] = []
    member.onBreach(({ trader }) => breached.push(trader))
    try {
      expect(await member.report(1000, REPORT)).toMatchObject({ allowed: false, decision: { outcome: 'judged' } })
      expect(member.gate.canTrade()).toMatchObject({ code: 'unknown', reason: expect.stringMatching(/^desk: /) })
      await desk.report(2000, REPORT)
      await eventually(() => member.gate.canTrade().allowed, { what: 'the gate to open' })
      await desk.report(1700, REPORT)
      await eventually(() => member.gate.canTrade().code === 'limit', { what: 'the gate to close' })
      expect(member.gate.canTrade()).toMatchObject({
        holders: ['limit:max_daily_loss'],
        reason: expect.stringMatching(/^desk: max_daily_loss/),
      })
      expect(member.gate.canTrade('reduce').allowed).toBe(true)
      await eventually(() => breached.length > 0, { what: 'the breach' })
      expect(breached).toEqual(['desk'])
    } finally {
      await Promise.all([member.close(), desk.close()])
    }
  })

  test.each([
    ['itself', ['bot2'], 'trader "bot2" obeys itself; take it out of obeys'],
    ['what is no trader', ['a.b'], /^trader id "a.b" must be/],
  ])('may not obey %s', async (_name, obeys, message) => {
    await expect(connectTrader('bot2', { natsUrl: scene.natsUrl, obeys, log })).rejects.toThrow(message)
  })
})
