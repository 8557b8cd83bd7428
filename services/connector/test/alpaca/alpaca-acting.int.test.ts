import { afterAll, beforeEach, expect, test } from 'vitest'
import { alpaca } from '../../src/adapters/alpaca/alpaca.ts'
import { openAlone } from '../open-alone.ts'
import { FakeAlpaca } from './fake-alpaca.ts'

const KEYS = { key_id: 'PK123', secret_key: 'hunter2' }
const REQUEST = { reason: 'a loss', until: null }
const signal = AbortSignal.timeout(600_000)

let fake: FakeAlpaca
const fakes: FakeAlpaca[] = []
/** As a process that has just started. */
const open = (more: object = {}) => openAlone(alpaca, { account: 'live', base_url: fake.server.url, ...more }, KEYS)
const suspending = () => open({ suspend_trade: true })

beforeEach(async () => {
  fake = await FakeAlpaca.open()
  fakes.push(fake)
})
afterAll(() => Promise.all(fakes.map((one) => one.close())))

test('nothing is blocked unless suspend_trade is written: it would stop exits, too', () => {
  expect(open().block).toBeNull()
  expect(open().unblock).toBeNull()
})

test('trading is suspended once, and allowed again by another process', async () => {
  expect(await suspending().block?.(REQUEST, signal)).toEqual({ kind: 'blocked', until: null, changed: true })
  expect(await suspending().block?.(REQUEST, signal)).toEqual({ kind: 'blocked', until: null, changed: false })
  expect(fake.isSuspended).toBe(true)
  expect(fake.watchlists.map(({ name }) => name)).toEqual(['drawbridge:alone'])

  expect(await suspending().unblock?.(signal)).toEqual({ kind: 'unblocked', changed: true })
  expect(await suspending().unblock?.(signal)).toEqual({ kind: 'unblocked', changed: false })
  expect(fake.isSuspended).toBe(false)
  expect(fake.watchlists).toEqual([])
  expect(fake.changes).toEqual([
    'POST /watchlists',
    'PATCH /account/configurations',
    'PATCH /account/configurations',
    'DELETE /watchlists/w1',
  ])
})

test('what the trader suspended stays suspended', async () => {
  fake.isSuspended = true
  fake.watchlists = [{ id: 'mine', name: 'tech' }]
  await suspending().block?.(REQUEST, signal)
  await suspending().unblock?.(signal)

  expect(fake.isSuspended).toBe(true)
  expect(fake.changes).toEqual([])
})

test('a crash between the mark and the suspension leaves nothing behind', async () => {
  fake.server.on('PATCH /v2/account/configurations', { status: 500, body: { message: 'oops' } })
  expect(await suspending().block?.(REQUEST, signal)).toMatchObject({ kind: 'temporary' })
  expect(fake.watchlists).toHaveLength(1)

  expect(await suspending().unblock?.(signal)).toEqual({ kind: 'unblocked', changed: false })
  expect(fake.watchlists).toEqual([])
})

test('a success that changed nothing is a failure', async () => {
  fake.server.on('PATCH /v2/account/configurations', { body: { suspend_trade: false } })
  expect(await suspending().block?.(REQUEST, signal)).toMatchObject({
    kind: 'temporary',
    reason: expect.stringContaining('did not change it'),
  })
})

test('all orders are cancelled and all positions closed once, and then looked at until nothing is open', async () => {
  fake.positions = [{ symbol: 'SPY' }]
  fake.orders = [{ id: 'o1' }]
  fake.closes = { status: 207, body: [{ symbol: 'SPY', status: 200, body: { id: 'o2' } }] }
  const account = open()
  expect(await account.flatten?.(signal)).toEqual({ kind: 'closing', open: 2 })
  expect(await account.flatten?.(signal)).toEqual({ kind: 'closing', open: 2 })
  expect(fake.changes).toEqual(['DELETE /positions?cancel_orders=true'])

  fake.positions = []
  fake.orders = []
  expect(await account.flatten?.(signal)).toEqual({ kind: 'flat' })
})

test('an account without positions and orders is flat, and nothing is sent', async () => {
  expect(await open().flatten?.(signal)).toEqual({ kind: 'flat' })
  expect(fake.changes).toEqual([])
})

test('a position that was not closed is told, although the answer is a success', async () => {
  fake.positions = [{ symbol: 'SPY' }, { symbol: 'TSLA' }]
  fake.closes = {
    status: 207,
    body: [
      { symbol: 'SPY', status: 200, body: {} },
      { symbol: 'TSLA', status: 403, body: { code: 40_310_000, message: 'insufficient qty available' } },
    ],
  }
  const account = open()
  const failure = { kind: 'temporary', reason: 'it did not close TSLA: insufficient qty available' }
  expect(await account.flatten?.(signal)).toEqual(failure)
  expect(await account.flatten?.(signal)).toEqual(failure)
})

test('with suspend_trade nothing can be closed: the orders would be refused', () => {
  expect(suspending().flatten).toBeUndefined()
})
