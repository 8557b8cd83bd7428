import { OtherEpochError } from '@drawbridge/history'
import { eventually, infrastructure, TcpProxy } from '@drawbridge/testing'
import { metric, readyz, Scene } from '@drawbridge/testing/persister-scene'
import { equities, TraderLog } from '@drawbridge/testing/trader-log'
import { afterEach, beforeEach, expect, test } from 'vitest'

let scene: Scene
let proxy: TcpProxy
beforeEach(async () => {
  scene = await Scene.open()
  proxy = await TcpProxy.to(infrastructure().natsUrl)
})
afterEach(async () => {
  await scene.close()
  await proxy.cut()
})

test('NATS that goes away is waited for, and then what came meanwhile is stored', async () => {
  const log = new TraderLog('bot1')
  for (const equity of equities(100)) log.tick(equity)
  const service = await scene.startPersister({ natsUrl: proxy.url })
  await scene.publish(log.events.slice(0, 50))
  await scene.untilStored(50)
  await scene.untilAllAcked()

  expect(await metric(service, 'nats_connected')).toBe(1)

  await proxy.cut()
  await eventually(async () => (await readyz(service)).ready === false, { what: 'readiness to be lost' })
  expect(await metric(service, 'nats_connected')).toBe(0)
  await scene.publish(log.events.slice(50))
  await proxy.restore()

  await scene.untilStored(100, 45_000)
  await scene.untilAllAcked(45_000)
  expect(await scene.snapshotFaults()).toBe(0)
  await eventually(async () => (await readyz(service)).ready, { what: 'readiness to come back' })
  expect(await metric(service, 'nats_connected')).toBe(1)
})

test('a stream that is made again while NATS cannot be reached is refused when it can', async () => {
  const service = await scene.startPersister({ natsUrl: proxy.url })
  await scene.publish([new TraderLog('bot1').tick(1000)])
  await scene.untilStored(1)

  await proxy.cut()
  await scene.recreateStreams()
  await scene.publish([new TraderLog('bot2').tick(2000)])
  await proxy.restore()

  expect(await service.failed).toBeInstanceOf(OtherEpochError)
  expect(await scene.query('SELECT trader_id FROM risk_state_history')).toEqual([{ trader_id: 'bot1' }])
})

test('a persister stops while NATS is away', async () => {
  const service = await scene.startPersister({ natsUrl: proxy.url })
  await scene.publish([new TraderLog('bot1').tick(1000)])
  await scene.untilStored(1)
  await proxy.cut()
  await eventually(async () => (await readyz(service)).ready === false, { what: 'readiness to be lost' })

  await service.stop()
  expect(await scene.stored()).toBe(1)
})
