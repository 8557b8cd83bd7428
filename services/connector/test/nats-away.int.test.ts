import { eventually, type ServiceHere, TcpProxy } from '@drawbridge/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ConnectorScene } from './connector-scene.ts'
import { FakeServer } from './fake-server.ts'
import { genericAccount } from './generic-account.ts'

let scene: ConnectorScene
let proxy: TcpProxy
let bank: FakeServer

beforeAll(async () => {
  scene = await ConnectorScene.open()
  proxy = await TcpProxy.to(scene.scene.natsUrl)
  bank = await FakeServer.open()
  bank.on('GET /account', { body: { equity: 1000 } })
  bank.on('POST /block', {})
  bank.on('POST /unblock', {})
})
beforeEach(() => proxy.cut())
afterAll(async () => {
  await scene.close()
  await proxy.cut()
  await bank.close()
})

function startAway(name: string): Promise<ServiceHere> {
  return scene.connect({ [name]: genericAccount(bank.url) }, { NATS_URL: proxy.url })
}

async function readyz(service: ServiceHere) {
  const answer = await fetch(`${await service.url()}/readyz`)
  return { status: answer.status, body: (await answer.json()) as { checks: Record<string, string> } }
}

test('without NATS it starts, blocks and says why it is not ready; when NATS comes, it reports and unblocks', async () => {
  const service = await startAway('late')
  const before = await readyz(service)
  expect(before.status).toBe(503)
  expect(before.body.checks.NATS).toContain('does not answer yet; it is tried again by itself')
  await eventually(() => bank.askedFor('POST /block').length > 0, { what: 'the block' })
  expect(bank.askedFor('POST /unblock')).toEqual([])

  await proxy.restore()
  await eventually(async () => (await scene.ticks('late')).length > 0, { what: 'the first tick' })
  await eventually(() => bank.askedFor('POST /unblock').length > 0, { what: 'entries to be allowed' })
  expect((await readyz(service)).status).toBe(200)
  await service.stop()
})

test('it can be stopped while NATS is away', async () => {
  const service = await startAway('never')
  await service.stop()
  await expect(fetch(`${await service.url()}/livez`)).rejects.toThrow()
})
