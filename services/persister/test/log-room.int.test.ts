import { streams } from '@drawbridge/contracts'
import { eventually, type ServiceHere, TcpProxy } from '@drawbridge/testing'
import { metric, readyz, Scene } from '@drawbridge/testing/persister-scene'
import { equities, TraderLog } from '@drawbridge/testing/trader-log'
import { DiscardPolicy } from '@nats-io/jetstream'
import { afterEach, beforeEach, expect, test } from 'vitest'

let scene: Scene
let proxy: TcpProxy
beforeEach(async () => {
  scene = await Scene.open({ looks: { logRoomEveryMs: 50 } })
  proxy = await TcpProxy.to(scene.database.url)
})
afterEach(async () => {
  await scene.close()
  await proxy.cut()
})

const WARNING = 40
const ERROR = 50

async function until(service: ServiceHere, name: string, value: number): Promise<void> {
  await eventually(async () => (await metric(service, name)) === value, { what: `${name} to be ${value}` })
}

function count(service: ServiceHere, level: number): number {
  return service.lines().filter((line) => line.level === level).length
}

test('a risk log that nears its limit while the database is away is told of long before it takes nothing', async () => {
  const log = new TraderLog('bot1')
  for (const equity of equities(4_000)) log.tick(equity)
  let published = 0
  const publish = async (count: number) => {
    await scene.publish(log.events.slice(published, published + count))
    published += count
  }
  const service = await scene.startPersister({ databaseUrl: proxy.url, riskLogWarnAtPercent: 60 })
  await publish(100)
  await scene.untilStored(100)
  await until(service, 'risk_log_limit_bytes', 0)
  await proxy.cut()

  const bytesMax = 800_000
  await scene.manager.streams.update(streams.risk, { max_bytes: bytesMax })
  await until(service, 'risk_log_limit_bytes', bytesMax)
  expect(await metric(service, 'risk_log_nearly_full')).toBe(0)
  const fillTo = async (bytes: number) => {
    const size = async () => (await scene.manager.streams.info(streams.risk)).state.bytes
    while ((await size()) < bytes) await publish(10)
  }
  await fillTo(0.6 * bytesMax)
  await eventually(async () => (await readyz(service)).status === 503, { what: 'readiness to be lost' })
  await until(service, 'risk_log_nearly_full', 1)
  expect(await metric(service, 'risk_log_used_percent')).toBeGreaterThanOrEqual(60)
  expect(await metric(service, 'risk_log_bytes')).toBeGreaterThanOrEqual(0.6 * bytesMax)
  expect(count(service, ERROR)).toBe(0)
  await fillTo(0.95 * bytesMax)
  await eventually(() => count(service, ERROR) === 1, { what: 'an error in the log' })

  // What does not fit any more is refused with an error, and nothing that was taken is dropped.
  const publishOn = async () => {
    while (published < log.events.length) await publish(1)
  }
  await expect(publishOn()).rejects.toThrow(/maximum bytes exceeded/)
  const { state } = await scene.manager.streams.info(streams.risk)
  expect(state.last_seq - state.first_seq + 1).toBe(state.messages)
  expect(state.first_seq).toBe(1)

  await scene.manager.streams.update(streams.risk, { max_bytes: -1 })
  await proxy.restore()
  await until(service, 'risk_log_nearly_full', 0)
  await scene.untilStored(state.messages - (await scene.configEvents()))
  await scene.untilAllAcked()
  expect(await scene.snapshotFaults()).toBe(0)
})

test('a risk log that is set to drop what is old is told of at once', async () => {
  const service = await scene.startPersister()
  await until(service, 'risk_log_may_discard', 0)
  expect(count(service, ERROR)).toBe(0)

  await scene.manager.streams.update(streams.risk, { max_bytes: 10_000_000, discard: DiscardPolicy.Old })
  await until(service, 'risk_log_may_discard', 1)
  expect(count(service, ERROR)).toBe(1)

  await scene.manager.streams.update(streams.risk, { discard: DiscardPolicy.New })
  await until(service, 'risk_log_may_discard', 0)
  expect(count(service, WARNING)).toBe(0)
})
