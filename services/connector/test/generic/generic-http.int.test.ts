import { eventually, type ServiceHere } from '@drawbridge/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConnectorScene, notesOf, standsOf, whyUnread } from '../connector-scene.ts'
import { type Answer, FakeServer } from '../fake-server.ts'

let scene: ConnectorScene
let bank: FakeServer

beforeAll(async () => {
  scene = await ConnectorScene.open()
  bank = await FakeServer.open()
})
afterAll(async () => {
  await scene.close()
  await bank.close()
})

/** A connector to the fake, at addresses of its own. */
const toBank = (name: string, more: object = {}) => ({
  adapter: 'generic',
  equity_url: `${bank.url}/${name}/account`,
  equity_at: '/account/equity',
  currency: 'USD',
  every_seconds: 1,
  calls_per_minute: 60_000,
  ...more,
})
const acting = (name: string) => ({
  block_url: `${bank.url}/${name}/block`,
  unblock_url: `${bank.url}/${name}/unblock`,
  flatten_url: `${bank.url}/${name}/flatten`,
})
const account = (equity: unknown, more: object = {}) => ({ body: { account: { equity, ...more } } })

test('an account becomes ticks: one for each change, in one sequence of one run, with what it is asked for', async () => {
  bank.on('GET /bot1/account', account(1000.25, { cash: '990', paid: 500, unit: 'EUR' }))
  const places = { balance_at: '/account/cash', net_deposits_at: '/account/paid', currency_at: '/account/unit' }
  const service = await scene.connect({ bot1: toBank('bot1', { ...places, currency: undefined }) })

  await eventually(() => bank.askedFor('GET /bot1/account').length >= 3, { what: 'three readings' })
  bank.on('GET /bot1/account', account(1001, { cash: '990', paid: 500, unit: 'EUR' }))
  const [first, second, ...others] = await eventually(
    async () => ((await scene.ticks('bot1')).length >= 2 ? scene.ticks('bot1') : null),
    { what: 'a tick of the change' },
  )
  await service.stop()

  expect(first).toEqual({
    equity: '1000.25',
    balance: '990',
    net_deposits: '500',
    currency: 'EUR',
    seq: 1,
    run: expect.stringMatching(/^connector:/),
  })
  expect(second).toMatchObject({ equity: '1001', seq: 2, run: first?.run })
  expect(others).toEqual([])
})

const UNUSABLE: readonly (readonly [what: string, answer: Answer, reason: string])[] = [
  ['no equity', { body: { account: {} } }, '/account/equity is missing'],
  ['an equity of null', account(null), '/account/equity must be a number or a decimal string, got null'],
  ['an empty equity', account(''), '/account/equity must be a decimal like'],
  ['an empty answer', { body: '' }, '/account/equity is missing'],
  ['a number that is none', account('NaN'), '/account/equity must be a decimal like'],
  ['a number beyond all bounds', account('1e300'), '/account/equity must be below 1e15'],
  ['a list instead of the account', { body: [] }, '/account/equity is missing'],
  ['a number that JSON does not know', { body: '{"account":{"equity":NaN}}' }, 'something that is no JSON'],
  ['another page', { status: 302, headers: { location: 'http://elsewhere.example/' } }, 'a redirect to'],
  ['too many requests', { status: 429, headers: { 'retry-after': '1' } }, 'too many requests'],
  ['a ban', { status: 418 }, 'too many requests'],
  ['a success around a failure', { body: { ok: false, reason: 'no broker', account: { equity: 0 } } }, 'no broker'],
  ['an error in a success', { body: { error: 'no desk', account: { equity: 0 } } }, 'an "error": no desk'],
  ['an old answer', account(1, { time: '2020-01-01T00:00:00Z' }), 'old'],
  ['a page of maintenance', { body: '<html><title>Back soon</title></html>' }, 'a page, "Back soon"'],
]

describe('an answer that cannot be used', () => {
  let service: ServiceHere
  const names = UNUSABLE.map((_case, index) => `bad${index}`)

  beforeAll(async () => {
    for (const [index, [, answer]] of UNUSABLE.entries()) bank.on(`GET /bad${index}/account`, answer)
    const connectors = names.map((name) => [name, toBank(name, { time_at: '/account/time' })])
    service = await scene.connect(Object.fromEntries(connectors))
  })
  afterAll(() => service.stop())

  test.each(UNUSABLE.map(([what, , reason], index) => [what, reason, `bad${index}`]))(
    '%s is no tick, and operators are told why',
    async (_what, reason, name) => {
      const told = await eventually(() => whyUnread(service, name), { what: 'the fault' })
      if (reason !== 'old') expect(told).toContain(reason)
      expect(await scene.ticks(name)).toEqual([])
    },
  )
})

test('a loss blocks entries on the other side with our marker and the reason, and a resume allows them again', async () => {
  bank.on('GET /bot2/account', account(1000))
  bank.on('POST /bot2/block', { body: { ok: true } })
  bank.on('POST /bot2/unblock', { body: { ok: true } })
  const service = await scene.connect({ bot2: toBank('bot2', acting('bot2')) })
  await eventually(async () => (await standsOf(service, 'bot2')) === 'open', { what: 'entries to be allowed' })

  bank.on('GET /bot2/account', account(900))
  const [block] = await eventually(
    () => {
      const blocks = bank.askedFor('POST /bot2/block').filter(({ body }) => body.includes('max_daily_loss'))
      return blocks.length > 0 && blocks
    },
    { what: 'the block of the loss' },
  )
  const before = bank.askedFor('POST /bot2/unblock').length
  await scene.forgive('bot2')
  await eventually(() => bank.askedFor('POST /bot2/unblock').length > before, { what: 'entries to be allowed again' })
  await service.stop()

  expect(JSON.parse(block?.body ?? '')).toMatchObject({ marker: 'drawbridge:bot2', trader: 'bot2' })
})

test('a connector that cannot work does not stop another, and works as soon as it can', async () => {
  bank.on('GET /late/account', { status: 503, body: '<html><title>Maintenance</title></html>' })
  bank.on('GET /well/account', account(1000))
  const service = await scene.connect({ late: toBank('late'), well: toBank('well') })
  await eventually(async () => (await notesOf(service))?.includes('late cannot read'), { what: 'the note' })
  expect(await scene.ticks('well')).toHaveLength(1)

  bank.on('GET /late/account', account(50))
  await eventually(async () => (await scene.ticks('late')).length === 1, { what: 'its first tick' })
  await eventually(async () => (await notesOf(service)) === undefined, { what: 'the note to go' })
  await service.stop()
})

test('a revoked key is told at once, and a new one in its file counts without a restart', async () => {
  const file = await scene.scene.writeFile('token', 'old-token')
  bank.on('GET /keyed/account', ({ headers }) =>
    headers.authorization === 'Bearer new-token' ? account(1000) : { status: 401, body: { detail: 'revoked' } },
  )
  const service = await scene.connect({ keyed: toBank('keyed', { token_file: file }) })
  const note = await eventually(() => notesOf(service), { what: 'the note' })
  expect(note).toContain('it does not accept the key or password: {"detail":"revoked"}')
  expect(note).not.toContain('old-token')

  await scene.scene.writeFile('token', 'new-token')
  await eventually(async () => (await scene.ticks('keyed')).length === 1, { what: 'a tick by the new key' })
  await service.stop()
})

test('a block that cannot be set is told at once, although HTTP calls it a success, and is tried again', async () => {
  bank.on('GET /bot3/account', account(1000))
  bank.on('POST /bot3/unblock', {})
  bank.on('POST /bot3/block', { body: { ok: false, reason: 'the desk is closed' } })
  const service = await scene.connect({ bot3: toBank('bot3', acting('bot3')) })
  await eventually(async () => (await standsOf(service, 'bot3')) === 'open', { what: 'entries to be allowed' })

  await scene.pause('bot3', 'news at noon')
  const note = await eventually(() => notesOf(service), { what: 'the note' })
  expect(note).toContain('bot3 cannot block: it answers "ok": false: the desk is closed')

  bank.on('POST /bot3/block', {})
  await eventually(async () => (await notesOf(service)) === undefined, { what: 'the block' })
  expect(JSON.parse(bank.askedFor('POST /bot3/block').at(-1)?.body ?? '')).toMatchObject({
    reason: expect.stringContaining('news at noon'),
  })
  await service.stop()
})

test('what an earlier process blocked is undone after a restart, once entries are allowed', async () => {
  bank.on('GET /bot4/account', account(1000))
  bank.on('POST /bot4/unblock', {})
  bank.on('POST /bot4/block', {})
  const first = await scene.connect({ bot4: toBank('bot4', acting('bot4')) })
  await eventually(async () => (await standsOf(first, 'bot4')) === 'open', { what: 'entries to be allowed' })
  await scene.pause('bot4', 'lunch')
  await eventually(() => bank.askedFor('POST /bot4/block').length > 0, { what: 'the block' })
  await first.stop()
  await scene.resume('bot4')
  const before = bank.askedFor('POST /bot4/unblock').length

  const second = await scene.connect({ bot4: toBank('bot4', acting('bot4')) })
  await eventually(() => bank.askedFor('POST /bot4/unblock').length > before, { what: 'the block to be undone' })
  await second.stop()
})

test('what a person closed stays closed: at a start, through a pause, and after a restart', async () => {
  let isClosed = true
  const closing = (closes: boolean) => () => {
    const changed = isClosed !== closes
    isClosed = closes
    return { body: { changed } }
  }
  bank.on('GET /bot5/account', account(1000))
  bank.on('POST /bot5/block', closing(true))
  bank.on('POST /bot5/unblock', closing(false))
  const connect = () => scene.connect({ bot5: toBank('bot5', acting('bot5')) })
  const first = await connect()
  await eventually(async () => (await standsOf(first, 'bot5')) === 'open', { what: 'entries to be allowed' })
  await scene.pause('bot5', 'lunch')
  await eventually(async () => (await standsOf(first, 'bot5')) === 'blocked', { what: 'the block' })
  await first.stop()
  await scene.resume('bot5')
  const second = await connect()
  await eventually(async () => (await standsOf(second, 'bot5')) === 'open', { what: 'the end of the pause' })
  await second.stop()

  expect(isClosed).toBe(true)
  expect(bank.askedFor('POST /bot5/block')).not.toEqual([])
  expect(bank.askedFor('POST /bot5/unblock')).toEqual([])
})

test('a dry run asks for the equity, and reports and changes nothing', async () => {
  bank.on('GET /dry/account', account(1000))
  const service = await scene.connect({ dry: toBank('dry', acting('dry')) }, { CONNECTOR_DRY_RUN: 'true' })
  await eventually(() => bank.askedFor('GET /dry/account').length > 1, { what: 'two readings' })
  await service.stop()

  expect(await scene.ticks('dry')).toEqual([])
  expect(bank.asked.filter(({ method, path }) => method === 'POST' && path.startsWith('/dry/'))).toEqual([])
})
