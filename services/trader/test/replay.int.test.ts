import { subjects } from '@drawbridge/contracts'
import { eventually, randomOfTest, type ServiceHere, type ServiceProcess } from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/client-scene'
import { afterEach, beforeEach, expect, test } from 'vitest'

const BARS = 300
const KILLS = 6
const random = randomOfTest('kills of a replay')

/** Days that rise and fall, so that there are breaches. */
function csvOf(closes: readonly number[]): string {
  const rows = closes.map((close, index) => {
    const date = new Date(Date.UTC(2000, 0, 3 + index)).toISOString().slice(0, 10)
    return `${date},${close},${close},${close},${close}`
  })
  return `date,open,high,low,close\n${rows.join('\n')}\n`
}

const closes = Array.from({ length: BARS }, (_, index) => 1000 + Math.round(250 * Math.sin(index / 4)))

/** An account that holds is the same whoever stops it, and stopped on the same days however often it is killed. */
const held = { equity: String(3 * (closes.at(-1) ?? 0)), deepestDrawdown: '40' }
const ACCOUNT = { with: { ...held, daysStopped: 176 }, without: { ...held, daysStopped: 0 } }

let scene: Scene
let guardian: ServiceHere

beforeEach(async () => {
  scene = await Scene.open()
  await scene.recreateStreams(await configOf(csvOf(closes)))
  guardian = await scene.start('risk-guardian')
})
afterEach(async () => {
  await guardian.stop()
  await scene.close()
})

async function configOf(csv: string, name = 'bars.csv'): Promise<object> {
  const file = await scene.writeFile(name, csv)
  const limits = { max_daily_loss: 5, max_drawdown: 20, stop_trading_minutes: 30, time_base: 'event' }
  return { lease_seconds: 5, traders: { replayed: { source: 'replay', strategy: 'hold', units: 3, file, limits } } }
}

interface Progress {
  readonly status: string
  readonly bars: number
  readonly error: string | null
}

type Trader = Pick<ServiceHere, 'url'>

async function progressOf(trader: Trader): Promise<Progress> {
  const response = await fetch(`${await trader.url()}/api/traders/replayed`)
  return ((await response.json()) as { replay: Progress }).replay
}

const ended = (trader: Trader) =>
  eventually(
    async () => {
      const progress = await progressOf(trader)
      return progress.status === 'running' ? null : progress
    },
    { what: 'the replay to end', timeoutMs: 30_000 },
  )

async function kill(trader: ServiceProcess): Promise<void> {
  trader.kill('SIGKILL')
  await trader.exited
}

/** What a replay of these closes must have sent, whatever happened to it. */
const expectedTicks = closes.map((close, index) => ({
  equity: String(3 * close),
  balance: '0',
  seq: index + 1,
}))

async function ticks() {
  return (await scene.ticks('replayed')).map((tick) => {
    const { at: _at, ...rest } = JSON.parse(tick.text) as { at: string }
    return rest
  })
}

test('a replay sends each bar once, in order, and ends', async () => {
  const trader = await scene.start('trader')

  expect(await ended(trader)).toEqual({ status: 'finished', bars: BARS, total: BARS, error: null, account: ACCOUNT })
  expect(await ticks()).toEqual(expectedTicks)
  await trader.stop()
})

test('a replay that is killed again and again at any bar sends each bar once all the same', async () => {
  for (let round = 1; round <= KILLS; round += 1) {
    const trader = await scene.spawn('trader')
    const bar = Math.floor(((round - random.next()) * BARS) / KILLS) + 1
    // Killed as soon as the bar is heard, so that a round ends in the middle however fast the machine is.
    const subscription = scene.connection.subscribe(subjects.tick('replayed'), {
      callback: (_error, message) => {
        if (message.json<{ seq: number }>().seq >= bar) trader.kill('SIGKILL')
      },
    })
    expect(await trader.exited).toEqual({ code: null, signal: 'SIGKILL' })
    subscription.unsubscribe()
  }
  const trader = await scene.start('trader')

  expect(await ended(trader)).toEqual({ status: 'finished', bars: BARS, total: BARS, error: null, account: ACCOUNT })
  expect(await ticks()).toEqual(expectedTicks)
  await trader.stop()
})

test('a replay that is killed while no guardian judges sends its bar once', async () => {
  await guardian.stop()
  for (let round = 0; round < 3; round += 1) {
    const killed = await scene.spawn('trader')
    // Not ready while no guardian answers its gate; it sends its bar all the same.
    await eventually(async () => (await ticks()).length > 0, { what: 'the first bar' })
    await kill(killed)
  }
  const trader = await scene.start('trader')
  expect(await ticks()).toEqual(expectedTicks.slice(0, 1))

  guardian = await scene.start('risk-guardian')

  expect((await ended(trader)).status).toBe('finished')
  expect(await ticks()).toEqual(expectedTicks)
  await trader.stop()
})

test('a finished replay that is started again sends nothing', async () => {
  const first = await scene.start('trader')
  await ended(first)
  await first.stop()

  const again = await scene.start('trader')

  expect(await ended(again)).toEqual({ status: 'finished', bars: BARS, total: BARS, error: null, account: ACCOUNT })
  expect(await ticks()).toEqual(expectedTicks)
  await again.stop()
})

test('a replay of another file on the same log fails and says where they part, and sends nothing', async () => {
  const first = await scene.start('trader')
  await ended(first)
  await first.stop()
  const other = closes.with(9, 1)

  const trader = await scene.start('trader', await configOf(csvOf(other), 'other.csv'))

  const { status, bars, error } = await ended(trader)
  expect({ status, bars }).toEqual({ status: 'failed', bars: 9 })
  expect(error).toBe(
    `at bar 10 the log has an equity of ${3 * (closes[9] ?? 0)}, the account 3; ` +
      'start again with new streams, or with the same file and settings',
  )
  expect(await ticks()).toEqual(expectedTicks)
  await trader.stop()
})

test.each([
  {
    name: 'without a count',
    tick: { equity: 7, at: '2000-01-03T00:00:00Z' },
    error: 'belongs to a tick of another sender',
  },
  {
    name: 'with a count',
    tick: { equity: 7, at: '2000-01-03T00:00:00Z', seq: 5 },
    error: 'the log has bar 5, the account is at bar 1',
  },
])("a replay fails on another sender's tick $name in its log", async ({ tick, error }) => {
  await scene.publish(subjects.tick('replayed'), JSON.stringify(tick))

  const trader = await scene.start('trader')

  const progress = await ended(trader)
  expect(progress.status).toBe('failed')
  expect(progress.error).toContain(error)
  await trader.stop()
})

test.each([
  { name: 'not JSON', tick: 'hello' },
  { name: 'of no time', tick: '{"equity": 7}' },
  { name: 'of no time, with a count', tick: '{"equity": 7, "seq": 3}' },
])("another sender's tick that is rejected ($name) does not disturb a replay", async ({ tick }) => {
  await scene.publish(subjects.tick('replayed'), tick)

  const trader = await scene.start('trader')

  expect(await ended(trader)).toEqual({ status: 'finished', bars: BARS, total: BARS, error: null, account: ACCOUNT })
  await trader.stop()
  expect((await scene.ticks('replayed')).slice(1)).toHaveLength(BARS)
})

test("an operator's pause while a replay runs does not disturb it", async () => {
  const trader = await scene.start('trader')
  await eventually(async () => (await progressOf(trader)).bars > 3, { what: 'some bars' })

  await scene.publish(subjects.control('pause', 'replayed'), '{"reason": "lunch"}')

  expect((await ended(trader)).status).toBe('finished')
  expect(await ticks()).toEqual(expectedTicks)
  await trader.stop()
})
