import { eventually } from '@drawbridge/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ConnectorScene, notesOf } from '../connector-scene.ts'
import { FakeNofx } from './fake-nofx.ts'

let scene: ConnectorScene
let nofx: FakeNofx

const CLOSING = {
  window: 'day',
  reference: { kind: 'start' },
  limit: { percent: 5, of: 'reference' },
  tiers: [{ at_percent: 100, action: 'flatten' }],
  ends: 'manual',
}

beforeAll(async () => {
  scene = await ConnectorScene.open({ max_daily_loss: null, limits: { closing: CLOSING } })
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
