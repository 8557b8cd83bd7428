import { eventually } from '@drawbridge/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ConnectorScene, standsOf } from './connector-scene.ts'
import { FakeServer } from './fake-server.ts'
import { genericAccount } from './generic-account.ts'

const CONFIRM_SECONDS = 3

let scene: ConnectorScene
let bank: FakeServer

beforeAll(async () => {
  scene = await ConnectorScene.open({ confirm_jump: { percent: 20, seconds: CONFIRM_SECONDS } })
  bank = await FakeServer.open()
  for (const call of ['block', 'unblock']) bank.on(`POST /${call}`, { body: {} })
})
afterAll(async () => {
  await scene.close()
  await bank.close()
})

const newest = () => scene.newestEvent('still')
const isPaused = async () => ((await newest())?.state.pause ?? null) !== null

test('an account whose equity stands still opens within a few readings, and its fall is judged as soon as it may be', async () => {
  bank.on('GET /account', { body: { equity: 1000 } })
  const service = await scene.connect({ still: genericAccount(bank.url) })
  await eventually(async () => ((await newest())?.state.equity ?? null) !== null, {
    what: 'the equity to be confirmed',
  })
  expect((await scene.ticks('still')).length).toBeLessThanOrEqual(5)
  await eventually(async () => (await standsOf(service, 'still')) === 'open', { what: 'entries to be open' })

  bank.on('GET /account', { body: { equity: 600 } })
  await eventually(async () => (await newest())?.state.doubt.pending !== null, { what: 'the doubt' })
  const since = (await newest())?.state.doubt.pending?.since ?? 0
  await eventually(isPaused, { what: 'the breach' })
  const at = (await newest())?.recordedAt ?? 0
  expect(at - since).toBeGreaterThanOrEqual(CONFIRM_SECONDS * 1_000)
  expect(at - since).toBeLessThan(CONFIRM_SECONDS * 1_000 + 10_000)
  await eventually(async () => (await standsOf(service, 'still')) === 'blocked', { what: 'entries to be blocked' })
  await service.stop()
})
