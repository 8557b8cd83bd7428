import { eventually } from '@drawbridge/testing'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { interactiveBrokers } from '../../src/adapters/interactive-brokers/interactive-brokers.ts'
import type { Failure } from '../../src/core/failure.ts'
import type { Account } from '../../src/port.ts'
import { ConnectorScene, notesOf } from '../connector-scene.ts'
import { openAlone } from '../open-alone.ts'
import { FakeTws } from './fake-tws.ts'

const WITHIN_MS = 60_000
const READING = { kind: 'reading', reading: { equity: 10_025_075_000_000n, currency: 'USD' } }

let tws: FakeTws
let account: Account
let scene: ConnectorScene | null = null

const read = () => account.readEquity(AbortSignal.timeout(WITHIN_MS))
const failure = async () => (await read()) as Failure

beforeEach(async () => {
  tws = await FakeTws.open()
  account = openAlone(interactiveBrokers, { port: tws.port })
})
afterEach(async () => {
  await account.close?.()
  await tws.close()
})
afterAll(() => scene?.close())

test('NetLiquidation is read in the base currency, and each request is ended', async () => {
  expect(await read()).toEqual(READING)
  tws.lines = [{ account: 'DU123', tag: 'NetLiquidation', value: '99000', currency: 'USD' }]
  expect(await read()).toMatchObject({ reading: { equity: 9_900_000_000_000n } })
  await eventually(() => tws.heard.filter(([kind]) => kind === '63').length === 2, { what: 'both to be cancelled' })
  expect(tws.heard.filter(([kind]) => kind === '71')).toHaveLength(1)
  // Nothing but what only reads was asked.
  expect([...new Set(tws.heard.map(([kind]) => kind))].toSorted()).toEqual(['62', '63', '71'])
})

test.each([
  ['no account', [], 'it lists no account'],
  [
    'no value',
    [{ account: 'DU123', tag: 'NetLiquidation', value: '', currency: 'USD' }],
    'NetLiquidation must be a decimal',
  ],
  [
    'the number that TWS writes for none',
    [{ account: 'DU123', tag: 'NetLiquidation', value: '1.7976931348623157E308', currency: 'USD' }],
    'NetLiquidation must be below 1e15',
  ],
  [
    'a number that is none',
    [{ account: 'DU123', tag: 'NetLiquidation', value: 'NaN', currency: 'USD' }],
    'NetLiquidation must be a decimal',
  ],
  [
    'no equity',
    [{ account: 'DU123', tag: 'TotalCashValue', value: '1', currency: 'USD' }],
    'NetLiquidation is missing',
  ],
  [
    'no currency',
    [{ account: 'DU123', tag: 'NetLiquidation', value: '1', currency: '' }],
    'the currency of NetLiquidation must be',
  ],
  [
    'two accounts',
    ['DU1', 'DU2', 'All'].map((name) => ({ account: name, tag: 'NetLiquidation', value: '1', currency: 'USD' })),
    'write "account" as one of DU1, DU2',
  ],
])('%s is unusable', async (_what, lines, told) => {
  tws.lines = lines
  expect(await failure()).toMatchObject({ kind: 'unusable', reason: expect.stringContaining(told) })
})

test('one of several accounts is read by its name, and one that is not there is told', async () => {
  tws.lines = [
    { account: 'DU1', tag: 'NetLiquidation', value: '1', currency: 'USD' },
    { account: 'DU2', tag: 'NetLiquidation', value: '2', currency: 'EUR' },
  ]
  const second = openAlone(interactiveBrokers, { port: tws.port, account: 'DU2', client_id: 5 })
  expect(await second.readEquity(AbortSignal.timeout(WITHIN_MS))).toMatchObject({
    reading: { equity: 200_000_000n, currency: 'EUR' },
  })
  await second.close?.()
  const third = openAlone(interactiveBrokers, { port: tws.port, account: 'DU9', client_id: 6 })
  expect(await third.readEquity(AbortSignal.timeout(WITHIN_MS))).toMatchObject({ kind: 'unusable' })
  await third.close?.()
})

test.each([
  [
    1100,
    'Connectivity between IB and Trader Workstation has been lost.',
    'lost its connection to IB',
    1102,
    'restored',
  ],
  [
    2110,
    'Connectivity between Trader Workstation and server is broken.',
    'lost its connection to IB',
    1101,
    'restored',
  ],
  [2103, 'Market data farm connection is broken:usfarm', 'no market data of usfarm', 2104, 'connection is OK:usfarm'],
])('values are old after %i, and good again', async (code, text, told, restored, words) => {
  expect(await read()).toEqual(READING)
  // In one stream with the answer, so that it is heard before it.
  tws.onSummary = () => {
    tws.warn(code, text)
    return true
  }
  expect(await failure()).toMatchObject({ kind: 'unusable', reason: expect.stringContaining(told) })
  tws.onSummary = () => {
    tws.warn(restored, words)
    return true
  }
  expect(await read()).toEqual(READING)
})

test('a connection that ends is told, and made again by the next question', async () => {
  expect(await read()).toEqual(READING)
  tws.onSummary = () => {
    tws.drop()
    return false
  }
  expect(await failure()).toMatchObject({ kind: 'temporary', reason: 'TWS closed the connection' })
  tws.onSummary = () => true
  expect(await read()).toEqual(READING)
})

test('a client id that is in use is told with what mends it', async () => {
  tws.taken = ['8084']
  expect(await failure()).toMatchObject({
    kind: 'temporary',
    reason: 'the client id 8084 is in use: write another client_id',
  })
  tws.taken = []
  expect(await read()).toEqual(READING)
})

test('a TWS that does not run is told with what to look at', async () => {
  await tws.close()
  expect(await failure()).toMatchObject({
    kind: 'temporary',
    reason: expect.stringContaining('nothing listens at its address'),
  })
  tws = await FakeTws.open()
})

test('a request that TWS refuses, and one that it never answers, are failures', async () => {
  tws.onSummary = (id, tell) => {
    tell(4, 2, id, 322, 'Maximum number of account summary requests exceeded', '')
    return false
  }
  expect(await failure()).toMatchObject({ kind: 'temporary', reason: expect.stringContaining('TWS answers 322') })

  const ending = new AbortController()
  tws.onSummary = () => {
    ending.abort()
    return false
  }
  expect(await account.readEquity(ending.signal)).toEqual({ kind: 'temporary', reason: 'TWS does not answer in time' })
})

test('what is examined is shown as TWS names it, with its clock', async () => {
  expect(await account.examine?.(AbortSignal.timeout(WITHIN_MS))).toMatchObject({
    fields: [['DU123 NetLiquidation', '100250.75 USD']],
    clock: 1_767_225_600_000,
    rights: { read: true, trade: null, withdraw: false },
  })
})

test('an account becomes ticks, and a TWS that ends is noted and found again', async () => {
  scene = await ConnectorScene.open()
  const service = await scene.connect({ ib1: { adapter: 'interactive-brokers', port: tws.port, every_seconds: 1 } })
  const opened = scene
  await eventually(async () => (await opened.ticks('ib1')).length > 0, { what: 'a tick' })
  expect((await opened.ticks('ib1'))[0]).toMatchObject({ equity: '100250.75', currency: 'USD' })

  const { port } = tws
  await tws.close()
  const note = await eventually(() => notesOf(service), { what: 'the note' })
  expect(note).toContain('ib1 cannot read')
  tws = await FakeTws.open(port)
  tws.lines = [{ account: 'DU123', tag: 'NetLiquidation', value: '99999', currency: 'USD' }]
  await eventually(async () => (await opened.ticks('ib1')).some(({ equity }) => equity === '99999'), {
    what: 'a tick again',
  })
  await service.stop()
})
