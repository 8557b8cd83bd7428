import { afterAll, beforeEach, expect, test } from 'vitest'
import { alpaca } from '../../src/adapters/alpaca/alpaca.ts'
import type { Failure } from '../../src/core/failure.ts'
import { openAlone } from '../open-alone.ts'
import { FakeAlpaca } from './fake-alpaca.ts'

const KEYS = { key_id: 'PK123', secret_key: 'hunter2' }
const signal = AbortSignal.timeout(600_000)

let fake: FakeAlpaca
const fakes: FakeAlpaca[] = []
const open = (more: object = {}) => openAlone(alpaca, { account: 'paper', base_url: fake.server.url, ...more }, KEYS)

beforeEach(async () => {
  fake = await FakeAlpaca.open()
  fakes.push(fake)
})
afterAll(() => Promise.all(fakes.map((one) => one.close())))

test('the equity and its currency are read with the keys of their files, and nothing is changed', async () => {
  expect(await open().readEquity(signal)).toEqual({
    kind: 'reading',
    reading: { equity: 10_025_075_000_000n, currency: 'USD' },
  })
  expect(fake.server.asked[0]?.headers).toMatchObject({ 'apca-api-key-id': 'PK123', 'apca-api-secret-key': 'hunter2' })
  expect(fake.changes).toEqual([])
})

test.each([
  ['an equity of null', { equity: null }, 'equity must be'],
  ['no equity', { equity: undefined }, 'equity is missing'],
  ['an empty equity', { equity: '' }, 'equity must be a decimal'],
  ['an equity that is no number', { equity: 'NaN' }, 'equity must be a decimal'],
  ['an equity beyond all bounds', { equity: '1e300' }, 'equity must be below 1e15'],
  ['no currency', { currency: undefined }, 'currency is missing'],
  ['an account that is not active', { status: 'ONBOARDING', equity: '0' }, 'its status is "ONBOARDING"'],
])('%s is unusable', async (_what, more, told) => {
  Object.assign(fake.account, more)
  const failure = (await open().readEquity(signal)) as Failure
  expect(failure.kind).toBe('unusable')
  expect(failure.reason).toContain(told)
})

test.each([
  ['revoked keys', { status: 403, body: { message: 'forbidden.' } }, 'refused', 'forbidden.; keys of a paper account'],
  ['keys of the other account', { status: 401, body: { message: 'unauthorized.' } }, 'refused', 'paper account'],
  [
    'a limit',
    { status: 429, body: { message: 'rate limit exceeded' }, headers: { 'retry-after': '2' } },
    'rate-limited',
    '429',
  ],
  ['a redirect', { status: 302, headers: { location: 'https://elsewhere.example/' } }, 'refused', 'a redirect to'],
  ['half an answer', { body: '{"equity": "1' }, 'temporary', 'something that is no JSON'],
  ['a page of maintenance', { status: 503, body: '<html><title>Down</title></html>' }, 'temporary', 'a page, "Down"'],
  ['a page of maintenance as a success', { body: '<html><title>Down</title></html>' }, 'temporary', 'a page, "Down"'],
] as const)('%s are told as what they are, without the secret', async (_what, answer, kind, told) => {
  fake.server.on('GET /v2/account', answer)
  const failure = (await open().readEquity(signal)) as Failure
  expect(failure.kind).toBe(kind)
  expect(failure.reason).toContain(told)
  expect(failure.reason).not.toContain('hunter2')
})

test('deposits and withdrawals are added up over all pages, where that is switched on', async () => {
  fake.activities = Array.from({ length: 150 }, (_, at) => ({
    id: `2026::${at}`,
    net_amount: at === 149 ? '-50.5' : '10',
  }))
  fake.activities[3] = { id: '2026::3', net_amount: '10', status: 'canceled' }
  expect(await open({ net_deposits: true }).readEquity(signal)).toMatchObject({
    reading: { netDeposits: 142_950_000_000n },
  })
  const pages = fake.server.askedFor('GET /v2/account/activities')
  expect(pages.map(({ path }) => new URL(path, fake.server.url).searchParams.get('page_token'))).toEqual([
    null,
    '2026::99',
    null,
    '2026::99',
  ])
  expect(await open().readEquity(signal)).not.toHaveProperty('reading.netDeposits')
})

test('a deposit that is booked during the reading is no gain: it is read again', async () => {
  fake.server.on('GET /v2/account', () => {
    fake.activities.push({ id: 'late', net_amount: '500' })
    return { body: fake.account }
  })
  expect(await open({ net_deposits: true }).readEquity(signal)).toMatchObject({
    kind: 'temporary',
    reason: expect.stringContaining('booked while it was read'),
  })
})

test.each([
  ['an amount of null', [{ id: 'a', net_amount: null }], 'net_amount of the activity a must be'],
  ['the same page for ever', null, 'an activity has no id of its own'],
])('%s makes the sum unusable', async (_what, activities, told) => {
  if (activities === null) {
    const page = Array.from({ length: 100 }, () => ({ id: 'same', net_amount: '1' }))
    fake.server.on('GET /v2/account/activities', { body: page })
  } else fake.activities = activities
  expect(await open({ net_deposits: true }).readEquity(signal)).toMatchObject({
    kind: 'unusable',
    reason: expect.stringContaining(told),
  })
})

test('what is examined is shown with the clock, and with a warning where exits are stopped, too', async () => {
  expect(await open().examine?.(signal)).toMatchObject({
    clock: 1_767_225_600_000,
    rights: { read: true, trade: true, withdraw: null },
    fields: expect.arrayContaining([
      ['equity', '100250.75'],
      ['trading_blocked', 'false'],
    ]),
  })
  expect(await open({ suspend_trade: true }).examine?.(signal)).toMatchObject({
    notes: expect.arrayContaining([expect.stringContaining('also those that close positions')]),
  })
})
