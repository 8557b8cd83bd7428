import { existsSync } from 'node:fs'
import path from 'node:path'
import { eventually } from '@drawbridge/testing'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { hummingbot } from '../../src/adapters/hummingbot/hummingbot.ts'
import { ConnectorScene, notesOf } from '../connector-scene.ts'
import { openAlone } from '../open-alone.ts'
import { FakeHummingbot } from './fake-hummingbot.ts'

let scene: ConnectorScene
let fake: FakeHummingbot
let password: string

beforeAll(async () => {
  scene = await ConnectorScene.open()
  password = await scene.scene.writeFile('password', 'admin\n')
})
afterAll(() => scene.close())
beforeEach(async () => {
  fake = await FakeHummingbot.open()
})
afterEach(() => fake.close())

const noteOf = (name: string) => path.join(scene.scene.folder, `${name}-stopped.json`)
const COUNTED = { hummingbot_connectors: ['binance', 'bybit_perpetual'] }
const toHummingbot = (name: string, more: object = {}) => ({
  [name]: {
    adapter: 'hummingbot',
    url: fake.server.url,
    username: 'admin',
    password_file: password,
    every_seconds: 1,
    ...COUNTED,
    ...more,
  },
})
const switching = (name: string) => toHummingbot(name, { bot: 'bot1', kill_switch: true, remember_in: noteOf(name) })
const firstTick = (name: string) =>
  eventually(async () => (await scene.ticks(name))[0], { what: `the first tick of ${name}` })

test('what the named connectors of one account hold becomes ticks, fresh from the exchanges', async () => {
  const service = await scene.connect(toHummingbot('sum'))
  expect(await firstTick('sum')).toMatchObject({ equity: '1100.5', currency: 'USDT' })
  await service.stop()

  expect(JSON.parse(fake.server.askedFor('POST /portfolio/state')[0]?.body ?? '')).toEqual({
    account_names: ['master_account'],
    connector_names: ['binance', 'bybit_perpetual'],
    skip_gateway: true,
    refresh: true,
  })
})

test.each([
  ['a price of 0', { binance: [{ token: 'BTC', units: 1, price: 0, value: 0 }] }, 'BTC has no price'],
  ['a null', { binance: [{ token: 'USDT', units: null, price: 1, value: null }] }, 'units of USDT must be a number'],
  ['a number that is none', { binance: [{ token: 'BTC', units: 'NaN', price: 1, value: 1 }] }, 'units of BTC must be'],
  ['no worth', { binance: [{ token: 'BTC', units: 1, price: 1 }] }, 'value of BTC must be'],
  ['no name of a token', { binance: [{ units: 1, price: 1, value: 1 }] }, 'does not name its token'],
  ['an exchange that failed', { binance: [] }, '"binance" has no balances'],
  ['a connector that is missing', { binance_paper: [] }, 'has no connector "binance"'],
])('a portfolio with %s is no tick, and operators are told why', async (_what, held, told) => {
  const { bybit_perpetual: bybit = [] } = fake.portfolio.master_account ?? {}
  fake.portfolio.master_account = { bybit_perpetual: bybit, ...held } as never
  const service = await scene.connect(toHummingbot('odd'))
  const note = await eventually(() => notesOf(service), { what: 'the note' })
  await service.stop()

  expect(note).toContain(told)
  expect(await scene.ticks('odd')).toEqual([])
})

test('a token without a price that is named as worth nothing is left out', async () => {
  const tokens = fake.portfolio.master_account?.binance ?? []
  fake.portfolio.master_account = {
    ...fake.portfolio.master_account,
    binance: [...tokens, { token: 'AIRDROP', units: 1e9, price: 0, value: 0 }],
  }
  const service = await scene.connect(toHummingbot('dust', { ignore_tokens: ['AIRDROP'] }))
  expect(await firstTick('dust')).toMatchObject({ equity: '1100.5' })
  await service.stop()
})

test.each([
  [
    'a changed password',
    (one: FakeHummingbot) => {
      one.password = 'changed'
    },
    'Incorrect username or password',
  ],
  [
    'a page of a proxy',
    (one: FakeHummingbot) => {
      one.instead.portfolio = { status: 502, body: '<title>Bad Gateway</title>' }
    },
    'it answers 502: a page, "Bad Gateway"',
  ],
  [
    'an account that is none',
    (one: FakeHummingbot) => {
      one.portfolio = {}
    },
    'Hummingbot has no account "master_account"',
  ],
])('%s is told', async (_what, change, told) => {
  change(fake)
  const service = await scene.connect(toHummingbot('wrong'))
  const note = await eventually(() => notesOf(service), { what: 'the note' })
  await service.stop()

  expect(note).toContain(told)
})

test('a pause turns on each kill switch, and its end turns off what we turned on, also after a restart', async () => {
  fake.switches.set('grid', true)
  const first = await scene.connect(switching('keep'))
  await firstTick('keep')
  await scene.pause('keep', 'news')
  await eventually(() => fake.switches.get('market_making') === true, { what: 'the switch' })
  await first.stop()

  await scene.resume('keep')
  const second = await scene.connect(switching('keep'))
  await eventually(() => fake.switches.get('market_making') === false, { what: 'the switch to be off' })
  await eventually(() => !existsSync(noteOf('keep')), { what: 'the note to go' })
  await second.stop()

  // A person switched the grid off before the pause.
  expect(fake.switched).toEqual(['market_making true', 'market_making false'])
  expect(fake.switches.get('grid')).toBe(true)
})

test('a success without a change is told as what it is', async () => {
  const { block } = openAlone(
    hummingbot,
    { url: fake.server.url, username: 'admin', bot: 'bot1', kill_switch: true, remember_in: noteOf('deaf') },
    { password: 'admin' },
  )
  fake.isDeaf = true
  const ending = new AbortController()
  const answer = block?.({ reason: 'news', until: null }, ending.signal)
  await eventually(() => fake.server.askedFor('GET /controllers/bots/bot1/configs').length >= 2, { what: 'two looks' })
  ending.abort()

  await expect(answer).rejects.toThrow('aborted')
  expect(existsSync(noteOf('deaf'))).toBe(true)
})

test('a bot that does not exist, or has no controllers, is told as soon as it should be blocked', async () => {
  const service = await scene.connect(
    toHummingbot('gone', { bot: 'bot2', kill_switch: true, remember_in: noteOf('gone') }),
  )
  await firstTick('gone')
  await scene.pause('gone', 'news')
  const note = await eventually(() => notesOf(service), { what: 'the note' })
  expect(note).toContain('the controllers of bot "bot2": it answers 404')

  fake.server.on('GET /controllers/bots/bot2/configs', { body: [] })
  await eventually(async () => (await notesOf(service))?.includes('has no controllers'), { what: 'the other note' })
  await service.stop()
})

test('an examination shows each balance and each kill switch', async () => {
  const { examine } = openAlone(
    hummingbot,
    {
      url: fake.server.url,
      username: 'admin',
      bot: 'bot1',
      kill_switch: true,
      remember_in: noteOf('look'),
      ...COUNTED,
    },
    { password: 'admin' },
  )
  expect(await examine?.(new AbortController().signal)).toMatchObject({
    fields: expect.arrayContaining([
      ['binance BTC', 'units 0.01, price 50000, value 500'],
      ['grid manual_kill_switch', 'false'],
    ]),
    clock: expect.any(Number),
    notes: expect.arrayContaining([expect.stringContaining('closes what its executors hold')]),
  })
})
