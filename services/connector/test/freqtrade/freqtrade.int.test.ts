import { eventually, type ServiceHere } from '@drawbridge/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { freqtrade } from '../../src/adapters/freqtrade/freqtrade.ts'
import { ConnectorScene, notesOf, whyUnread } from '../connector-scene.ts'
import { openAlone } from '../open-alone.ts'
import { FakeFreqtrade } from './fake-freqtrade.ts'

let scene: ConnectorScene
let password: string
let bot: FakeFreqtrade
/** A trader for each test. */
let trader: string
let traders = 0

beforeAll(async () => {
  scene = await ConnectorScene.open()
  password = await scene.scene.writeFile('password', 'SuperSecret1!\n')
})
beforeEach(async () => {
  traders += 1
  trader = `bot${traders}`
  bot = await FakeFreqtrade.open()
})
afterEach(() => bot.close())
afterAll(() => scene.close())

const connect = (more: object = {}) => scene.connect({ [trader]: bot.connector(password, more) })
const firstTick = async () =>
  (await eventually(async () => (await scene.ticks(trader)).length > 0 && scene.ticks(trader), { what: 'a tick' }))[0]
const newestTick = async () => (await scene.ticks(trader)).at(-1)
const ours = () => bot.standing.filter(({ reason }) => reason?.startsWith(`drawbridge:${trader} `))
/** The trader may enter, as far as a connector has seen. */
const untilOpen = () =>
  eventually(() => bot.server.asked.some(({ path }) => path.endsWith('/locks')), { what: 'a look at the locks' })

const trade = (pair: string, profit_abs: number | null, more: object = {}) => ({
  trade_id: 1,
  pair,
  base_currency: pair.split('/')[0] ?? '',
  amount: 1,
  profit_abs,
  ...more,
})

test('on a spot market the balance values every coin, so that the equity has the floating profit', async () => {
  bot.cash = 600
  bot.coins = { BTC: 450 }
  bot.trades = [trade('BTC/USDT', 50)]
  const service = await connect()

  expect(await firstTick()).toMatchObject({ equity: '1050', balance: '1000', currency: 'USDT', seq: 1 })
  await service.stop()
})

test('on futures the floating profit of the open trades is added', async () => {
  bot.futures = true
  bot.cash = 600
  bot.coins = { 'BTC/USDT:USDT': 400 }
  bot.trades = [trade('BTC/USDT:USDT', -120.5)]
  const service = await connect()

  expect(await firstTick()).toMatchObject({ equity: '879.5', balance: '1000' })
  await service.stop()
})

const UNUSABLE: readonly (readonly [what: string, arrange: (bot: FakeFreqtrade) => void, told: string])[] = [
  [
    'a coin without a price, which freqtrade writes as 0',
    (bot) => {
      bot.coins = { BTC: null }
      bot.trades = [trade('BTC/USDT', 50)]
    },
    '/balance has no price of BTC, in which a trade is open',
  ],
  [
    'a coin without a price in which no trade is open',
    (bot) => {
      bot.coins = { ETH: null }
    },
    '/balance has no price of ETH; if it is worth nothing, write "ignore": ["ETH"]',
  ],
  [
    'a total of null',
    (bot) => bot.instead.set('/balance', { body: { stake: 'USDT', currencies: [], total: null } }),
    'total of /balance must be a number',
  ],
  [
    'an account that the exchange told nothing of',
    (bot) => bot.instead.set('/balance', { body: { stake: 'USDT', currencies: [], total: 0, total_bot: 0 } }),
    '/balance lists no coin',
  ],
  [
    'a proxy that asks for patience',
    (bot) => bot.instead.set('/status', { status: 429, headers: { 'retry-after': '1' }, body: 'slow down' }),
    'too many requests',
  ],
  [
    'a page of maintenance as a success',
    (bot) => bot.instead.set('/status', { body: '<html><head><title>Back soon</title></head></html>' }),
    'a page, "Back soon"',
  ],
  [
    'a redirect',
    (bot) => bot.instead.set('/status', { status: 301, headers: { location: 'https://elsewhere.example/' } }),
    'a redirect to https://elsewhere.example/',
  ],
  ['half a list of trades', (bot) => bot.instead.set('/status', { body: [{ trade_id: 1 }] }), 'is it another program?'],
  [
    'a trade without a profit',
    (bot) => {
      bot.coins = { BTC: 450 }
      bot.trades = [trade('BTC/USDT', null)]
    },
    'profit_abs of the trade in BTC/USDT must be a number or a decimal string, got null: it has no price',
  ],
  [
    'a position of somebody else',
    (bot) => {
      bot.futures = true
      bot.coins = { 'ETH/USDT:USDT': 400 }
    },
    'a position in ETH/USDT:USDT is not of freqtrade',
  ],
  ['no total', (bot) => bot.instead.set('/balance', { body: { stake: 'USDT', currencies: [] } }), 'total of /balance'],
  ['another program', (bot) => bot.instead.set('/balance', { body: { hello: 'world' } }), 'is it another program?'],
  [
    'a bot that still starts',
    (bot) =>
      bot.instead.set('/status', {
        status: 502,
        body: { error: 'Error querying /api/v1/status: Bot is not in the correct state' },
      }),
    'freqtrade says: Error querying /api/v1/status: Bot is not in the correct state',
  ],
  [
    'a proxy that has no bot behind it',
    (bot) =>
      bot.instead.set('/status', { status: 502, body: '<html><head><title>502 Bad Gateway</title></head></html>' }),
    'it answers 502: a page, "502 Bad Gateway"',
  ],
  [
    'a password that was changed',
    (bot) => Object.assign(bot, { password: 'another' }),
    'does not accept the key or password',
  ],
]

describe('an answer that cannot be used', () => {
  let service: ServiceHere
  const bots: FakeFreqtrade[] = []

  beforeAll(async () => {
    for (const [, arrange] of UNUSABLE) {
      const one = await FakeFreqtrade.open()
      arrange(one)
      bots.push(one)
    }
    const connectors = bots.map((one, index) => [`bad${index}`, one.connector(password, {})])
    service = await scene.connect(Object.fromEntries(connectors))
  })
  afterAll(async () => {
    await service.stop()
    for (const one of bots) await one.close()
  })

  test.each(UNUSABLE.map(([what, , told], index) => [what, told, `bad${index}`]))(
    '%s is no tick, and is told',
    async (_what, told, name) => {
      const reason = await eventually(() => whyUnread(service, name), { what: 'the fault' })
      expect(reason).toContain(told)
      expect(reason).not.toContain('SuperSecret1!')
      expect(await scene.ticks(name)).toEqual([])
    },
  )
})

test('a coin that may be worth nothing is not asked for its price', async () => {
  bot.coins = { LUNC: null }
  const service = await connect({ ignore: ['LUNC'] })
  expect(await firstTick()).toMatchObject({ equity: '1000', currency: 'USDT' })
  await service.stop()
})

test("an examination shows freqtrade's own fields, and what a lock does not stop", async () => {
  bot.coins = { BTC: 450 }
  bot.trades = [trade('BTC/USDT', null)]
  const settings = { url: bot.server.url, username: 'freqtrader' }
  const account = openAlone(freqtrade, settings, { password: 'SuperSecret1!' })
  const examined = await account.examine?.(AbortSignal.timeout(10_000))
  expect(examined).toMatchObject({ rights: { read: true, trade: true, withdraw: false }, notes: [] })
  expect(examined).toHaveProperty('clock', expect.any(Number))
  expect(examined).toHaveProperty('fields', [
    ['version', '2026.10'],
    ['exchange', 'binance spot, dry run'],
    ['state', 'running'],
    ['/balance total', '1450 USDT'],
    ['/balance total_bot', '1000 USDT'],
    ['/status open trades', '1'],
    ['/status profit_abs', 'BTC/USDT null'],
  ])
  bot.instead.set('/show_config', {
    body: { version: '2023.1', state: 'stopped', position_adjustment_enable: true, force_entry_enable: true },
  })
  expect(await account.examine?.(AbortSignal.timeout(10_000))).toMatchObject({
    notes: [
      expect.stringContaining('is not running'),
      expect.stringContaining('position_adjustment_enable is on'),
      expect.stringContaining('force_entry_enable is on'),
    ],
  })
})

test('a trade that is closed while the account is read does not count twice', async () => {
  bot.coins = { BTC: 450 }
  bot.tradesAtFirst.push([trade('BTC/USDT', 50)], [])
  const service = await connect()

  // The first round saw the trade before and not after: only the second one is reported.
  expect(await firstTick()).toMatchObject({ equity: '1450', balance: '1450' })
  await service.stop()
})

test('a loss locks all pairs in our name, and a resume deletes that lock and no other', async () => {
  bot.lockBySomebody('Cooldown period for 5 candles.')
  bot.lockBySomebody(null)
  bot.lockBySomebody(`drawbridge:${trader}0 another connector`)
  const service = await connect()
  await firstTick()
  await untilOpen()
  expect(bot.standing).toHaveLength(3)

  bot.cash = 900
  await eventually(() => ours().length === 1, { what: 'the lock' })
  expect(ours()[0]).toMatchObject({ pair: '*', side: '*', reason: expect.stringContaining('max_daily_loss') })
  expect(ours()[0]?.lock_end_timestamp).toBeGreaterThan(Date.now() + 23 * 3_600_000)

  await scene.forgive(trader)
  await eventually(() => ours().length === 0, { what: 'the lock to be deleted' })
  expect(bot.standing).toHaveLength(3)
  await service.stop()
})

test('a lock that somebody deleted is set again, and a lock is renewed before it ends; of several one stays', async () => {
  const service = await connect({ lock_hours: 1 })
  await firstTick()
  await scene.pause(trader, 'news')
  await eventually(() => ours().length === 1, { what: 'the lock' })
  await service.stop()

  // As after an outage: two locks of ours, and both end soon.
  const [lock] = ours()
  if (lock === undefined) throw new Error('the lock is gone')
  lock.lock_end_timestamp = Date.now() + 20 * 60_000
  bot.locks.push({ ...lock, id: 99 })
  const again = await connect({ lock_hours: 1 })
  await eventually(() => ours().length === 1 && (ours()[0]?.id ?? 0) !== lock.id, { what: 'one lock, which is new' })
  expect(ours()[0]?.lock_end_timestamp).toBeGreaterThan(Date.now() + 59 * 60_000)

  for (const one of bot.locks) one.active = false
  await eventually(() => ours().length === 1, { what: 'the lock to be set again', timeoutMs: 60_000 })
  await scene.resume(trader)
  await eventually(() => ours().length === 0, { what: 'the lock to be deleted' })
  await again.stop()
})

test('a lock that is answered as a success and not set is told', async () => {
  const service = await connect()
  await firstTick()
  await untilOpen()
  bot.instead.set('/locks', { body: { lock_count: 0, locks: [] } })
  await scene.pause(trader, 'news')

  const note = await eventually(() => notesOf(service), { what: 'the note' })
  expect(note).toContain(`${trader} cannot block: it answers as if the lock were set, and does not list it`)
  bot.instead.delete('/locks')
  await eventually(() => ours().length === 1, { what: 'the lock' })
  await eventually(async () => (await notesOf(service)) === undefined, { what: 'the note to go' })
  await service.stop()
})

test('a freqtrade that sets no locks gets a pattern of all pairs in its blacklist, marked as ours', async () => {
  bot.setsLocks = false
  bot.blacklist = ['BNB/.*']
  const service = await connect()
  await firstTick()
  await scene.pause(trader, 'news')
  await eventually(() => bot.blacklist.includes(`(?#drawbridge:${trader}).*`), { what: 'the pattern' })
  await scene.resume(trader)
  await eventually(() => bot.blacklist.length === 1, { what: 'the pattern to be removed' })

  expect(bot.blacklist).toEqual(['BNB/.*'])
  expect(await notesOf(service)).toBeUndefined()
  await service.stop()
})

test('positions are closed only where that is allowed, and once', async () => {
  const limits = { limits: { hard: HARD } }
  const service = await connect({ may_close: true })
  await firstTick()
  await scene.limits(trader, limits)
  bot.coins = { BTC: 90 }
  bot.cash = 600
  bot.trades = [trade('BTC/USDT', -310)]
  await eventually(() => bot.exits.length > 0, { what: 'the exits' })
  bot.trades = []
  bot.coins = {}
  bot.cash = 690
  await eventually(async () => (await newestTick())?.equity === '690', { what: 'the end' })

  expect(bot.exits).toEqual(['all'])
  expect(ours()).toHaveLength(1)
  await service.stop()
})

test('a decision that asks to close positions is told to people where the connector may not', async () => {
  const limits = { limits: { hard: HARD } }
  const service = await connect()
  await firstTick()
  await scene.limits(trader, limits)
  bot.cash = 600

  const note = await eventually(() => notesOf(service), { what: 'the note' })
  expect(note).toContain(
    `${trader} cannot flatten: the decision asks to close all positions, and this connector may not`,
  )
  expect(bot.exits).toEqual([])
  expect(ours()).toHaveLength(1)
  await service.stop()
})

/** A limit that asks for the positions to be closed. */
const HARD = {
  window: 'day',
  reference: { kind: 'start', of: 'equity' },
  limit: { percent: 10, of: 'start-equity' },
  tiers: [{ at_percent: 100, action: 'flatten' }],
}
