import { existsSync } from 'node:fs'
import path from 'node:path'
import { eventually } from '@drawbridge/testing'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { nofx as nofxAdapter } from '../../src/adapters/nofx/nofx.ts'
import { ConnectorScene, notesOf, standsOf } from '../connector-scene.ts'
import { openAlone } from '../open-alone.ts'
import { FakeNofx } from './fake-nofx.ts'

let scene: ConnectorScene
let nofx: FakeNofx
let password: string

beforeAll(async () => {
  scene = await ConnectorScene.open()
  password = await scene.scene.writeFile('password', 'correct horse\n')
})
afterAll(() => scene.close())
beforeEach(async () => {
  nofx = await FakeNofx.open()
})
afterEach(() => nofx.close())

const noteOf = (name: string) => path.join(scene.scene.folder, `${name}-stopped.json`)
const toNofx = (name: string, more: object = {}) => ({
  [name]: {
    adapter: 'nofx',
    url: nofx.server.url,
    email: 'me@example.com',
    nofx_trader: nofx.id,
    password_file: password,
    every_seconds: 1,
    ...more,
  },
})
const stopping = (name: string) => toNofx(name, { stop_trader: true, remember_in: noteOf(name) })
const firstTick = (name: string) =>
  eventually(async () => (await scene.ticks(name))[0], { what: `the first tick of ${name}` })

test('the account of a trader becomes ticks with floating profit, in the currency of its exchange', async () => {
  const service = await scene.connect(toNofx('read'))
  expect(await firstTick('read')).toMatchObject({ equity: '1000.5', balance: '990.25', currency: 'USDT' })
  await service.stop()

  nofx.exchange = 'hyperliquid'
  const other = await scene.connect(toNofx('dex'))
  expect(await firstTick('dex')).toMatchObject({ currency: 'USDC' })
  await other.stop()
})

test.each([
  ['zeros for what the exchange did not tell', { total_equity: 0, wallet_balance: 0 }, 'total_equity is 0'],
  [
    'the floating profit alone',
    { total_equity: 10.25, wallet_balance: 0, unrealized_profit: 10.25 },
    'wallet_balance is 0',
  ],
  ['a null', { total_equity: null }, 'total_equity must be a number or a decimal string, got null'],
  ['nothing', { total_equity: undefined }, 'total_equity is missing'],
])('an account with %s is no tick, and operators are told why', async (_what, fields, told) => {
  Object.assign(nofx.account, fields)
  const service = await scene.connect(toNofx('odd'))
  const note = await eventually(() => notesOf(service), { what: 'the note' })
  await service.stop()

  expect(note).toContain(told)
  expect(await scene.ticks('odd')).toEqual([])
})

test('what NOFX says of OKX is not believed, because it counts the floating profit twice', async () => {
  nofx.exchange = 'okx'
  const service = await scene.connect(toNofx('okx'))
  const note = await eventually(() => notesOf(service), { what: 'the note' })
  await service.stop()

  expect(note).toContain('NOFX counts the floating profit of OKX twice')
})

test('a token that NOFX does not take any more is followed by a login, without a word', async () => {
  const service = await scene.connect(toNofx('days'))
  await firstTick('days')
  nofx.token = 'token-of-tomorrow'
  nofx.account.total_equity = 1001
  await eventually(async () => (await scene.ticks('days')).length === 2, { what: 'a tick by the new token' })
  expect(await notesOf(service)).toBeUndefined()
  await service.stop()
})

test.each([
  ['a wrong password', () => ({ password: 'changed' }), 'Email or password incorrect'],
  ['a trader of another user', () => ({ id: 'x' }), 'this user of NOFX has no trader "1_binance_deepseek_17"'],
])('%s is told, with what mends it', async (_what, change, told) => {
  const { password: changed, id } = change() as { password?: string; id?: string }
  if (changed !== undefined) nofx.password = changed
  if (id !== undefined) {
    const answer = { status: 400, body: { error: 'Invalid trader ID' } }
    nofx.server.on('GET /api/status', answer)
  }
  const service = await scene.connect(toNofx('wrong'))
  const note = await eventually(() => notesOf(service), { what: 'the note' })
  await service.stop()

  expect(note).toContain(told)
  expect(note).not.toContain('correct horse')
})

test('a NOFX that asks for one-time codes is told as what it is', async () => {
  nofx.server.on('POST /api/login', { body: { user_id: '1', requires_otp: true } })
  const service = await scene.connect(toNofx('otp'))
  expect(await eventually(() => notesOf(service), { what: 'the note' })).toContain('it asks for a one-time code')
  await service.stop()
})

test('a pause stops the trader, and its end starts it again, also after a restart in between', async () => {
  const first = await scene.connect(stopping('keep'))
  await firstTick('keep')
  await scene.pause('keep', 'news')
  await eventually(() => !nofx.isRunning, { what: 'the stop' })
  await first.stop()
  expect(existsSync(noteOf('keep'))).toBe(true)

  await scene.resume('keep')
  const second = await scene.connect(stopping('keep'))
  await eventually(() => nofx.isRunning, { what: 'the start' })
  await eventually(() => !existsSync(noteOf('keep')), { what: 'the note to go' })
  await second.stop()
  expect([nofx.asked('stop'), nofx.asked('start')]).toEqual([1, 1])
})

test('a trader that a person stopped stays stopped when a pause ends', async () => {
  nofx.isRunning = false
  const service = await scene.connect(stopping('hand'))
  const untilStands = (how: string, what: string) =>
    eventually(async () => (await standsOf(service, 'hand')) === how, { what })
  await untilStands('open', 'entries to be allowed')

  await scene.pause('hand', 'news')
  await untilStands('blocked', 'the pause')
  await scene.resume('hand')
  await untilStands('open', 'its end')
  await service.stop()

  expect([nofx.asked('stop'), nofx.asked('start'), nofx.isRunning]).toEqual([0, 0, false])
})

test('a stop that NOFX refuses is told at once, and tried again', async () => {
  nofx.instead.stop = { status: 500, body: { error: 'Stop trader failed' } }
  const service = await scene.connect(stopping('again'))
  await firstTick('again')
  await scene.pause('again', 'news')
  const note = await eventually(() => notesOf(service), { what: 'the note' })
  expect(note).toContain('again cannot block: it answers 500')

  delete nofx.instead.stop
  await eventually(() => !nofx.isRunning, { what: 'the stop' })
  await eventually(async () => (await notesOf(service)) === undefined, { what: 'the note to go' })
  await service.stop()
})

test('a start that NOFX refuses is told with its reason, and the trader is known as stopped by us', async () => {
  const service = await scene.connect(stopping('poor'))
  await firstTick('poor')
  await scene.pause('poor', 'news')
  await eventually(() => !nofx.isRunning, { what: 'the stop' })
  const error = 'The AI wallet has no funds'
  nofx.instead.start = { status: 400, body: { error, error_key: 'trader.start.preflight_failed' } }
  await scene.resume('poor')
  expect(await eventually(() => notesOf(service), { what: 'the note' })).toContain(error)
  expect(existsSync(noteOf('poor'))).toBe(true)

  delete nofx.instead.start
  await eventually(() => nofx.isRunning, { what: 'the start' })
  await service.stop()
})

test('without stop_trader a pause changes nothing in NOFX', async () => {
  const service = await scene.connect(toNofx('watch'))
  await firstTick('watch')
  await scene.pause('watch', 'news')
  const readings = nofx.server.askedFor('GET /api/account').length
  await eventually(() => nofx.server.askedFor('GET /api/account').length > readings + 1, { what: 'two readings' })
  await service.stop()

  expect(nofx.server.asked.filter(({ method, path: one }) => method === 'POST' && one !== '/api/login')).toEqual([])
})

test('an examination shows the fields as NOFX has them, its clock, and what stopping means', async () => {
  const settings = { url: `${nofx.server.url}/`, email: 'me@example.com', nofx_trader: nofx.id }
  const { examine } = openAlone(nofxAdapter, settings, { password: nofx.password })
  const told = await examine?.(new AbortController().signal)

  expect(told).toMatchObject({
    fields: expect.arrayContaining([
      ['total_equity', '1000.5'],
      ['is_running', 'true'],
      ['exchange', 'binance'],
    ]),
    clock: expect.any(Number),
    rights: { read: true, trade: true, withdraw: null },
    notes: expect.arrayContaining([expect.stringContaining('stop_trader is not set')]),
  })
})
