import { eventually } from '@drawbridge/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { nofx as adapter } from '../../src/adapters/nofx/nofx.ts'
import { CLOSING_LIMITS, ConnectorScene, notesOf } from '../connector-scene.ts'
import { openAlone } from '../open-alone.ts'
import { FakeNofx } from './fake-nofx.ts'

let scene: ConnectorScene
let nofx: FakeNofx

beforeAll(async () => {
  scene = await ConnectorScene.open(CLOSING_LIMITS)
  nofx = await FakeNofx.open()
})
afterAll(async () => {
  await scene.close()
  await nofx.close()
})

test('a decision to close all positions is made true where may_close is set, and only there', async () => {
  nofx.positions = [
    { symbol: 'BTCUSDT', side: 'long' },
    { symbol: 'ETHUSDT', side: 'short' },
  ]
  nofx.account.position_count = 2
  const connector = {
    adapter: 'nofx',
    url: nofx.server.url,
    email: 'me@example.com',
    nofx_trader: nofx.id,
    password_file: await scene.scene.writeFile('password', nofx.password),
    every_seconds: 1,
  }
  const first = await scene.connect({ flat: connector })
  await eventually(async () => (await scene.ticks('flat')).length === 1, { what: 'the first tick' })
  nofx.account.total_equity = 900
  const note = await eventually(() => notesOf(first), { what: 'the note' })
  expect(note).toContain('this connector may not')
  expect(nofx.asked('close-position')).toBe(0)
  await first.stop()

  const second = await scene.connect({ flat: { ...connector, may_close: true } })
  await eventually(() => nofx.positions === null, { what: 'all positions to be closed' })
  await second.stop()
  expect(nofx.asked('close-position')).toBe(2)
})

const flattenAlone = async (fake: FakeNofx) => {
  const settings = { url: fake.server.url, email: 'me@example.com', nofx_trader: fake.id }
  return openAlone(adapter, settings, { password: fake.password }).flatten?.(AbortSignal.timeout(10_000))
}
const pathOf = (fake: FakeNofx) => `POST /api/traders/${fake.id}/close-position`

test('one position that cannot be closed keeps no other open, and is told', async () => {
  const fake = await FakeNofx.open()
  fake.positions = ['A', 'B', 'C'].map((symbol) => ({ symbol, side: 'long' }))
  fake.account.position_count = 3
  fake.server.on(pathOf(fake), ({ body }) =>
    body.includes('"A"') ? { status: 500, body: { error: 'margin is insufficient' } } : { body: {} },
  )
  expect(await flattenAlone(fake)).toMatchObject({
    kind: 'temporary',
    reason: expect.stringContaining('A long cannot'),
  })
  expect(fake.server.askedFor(pathOf(fake))).toHaveLength(3)
  await fake.close()
})

test('a position without a name is told, and positions that do not add up are not taken for none', async () => {
  const fake = await FakeNofx.open()
  fake.positions = [{ side: 'long' } as never, { symbol: 'B', side: 'short' }]
  fake.account.position_count = 2
  expect(await flattenAlone(fake)).toMatchObject({ kind: 'unusable' })
  expect(fake.server.askedFor(pathOf(fake))).toHaveLength(1)

  fake.positions = null
  fake.account.position_count = 1
  expect(await flattenAlone(fake)).toMatchObject({ kind: 'unusable' })
  await fake.close()
})
