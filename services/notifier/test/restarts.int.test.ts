import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { infrastructure, type ServiceProcess, spawnService } from '@drawbridge/testing'
import { TraderLog } from '@drawbridge/testing/trader-log'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Scene } from './notifier-scene.ts'
import { type Received, Receiver } from './receiver.ts'

let receiver: Receiver
let scene: Scene
let folder: string
let config: string
const spawned: ServiceProcess[] = []

beforeEach(async () => {
  receiver = await Receiver.open()
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-notifier-'))
  config = path.join(folder, 'config.json')
  scene = await Scene.open({ channels: { desk: { kind: 'webhook', url: receiver.url } } })
  await writeFile(config, JSON.stringify(scene.file))
})
afterEach(async () => {
  for (const service of spawned.splice(0)) {
    service.kill('SIGKILL')
    await service.exited
  }
  await scene.close()
  await receiver.close()
  await rm(folder, { recursive: true })
})

function spawn(): ServiceProcess {
  const service = spawnService('notifier', { NATS_URL: infrastructure().natsUrl, CONFIG_FILE: config })
  spawned.push(service)
  return service
}

function breach(trader: string): TraderLog {
  const log = new TraderLog(trader)
  log.tick(1_000)
  log.tick(890)
  return log
}

const idOf = ({ headers }: Received) => headers['webhook-id']
const dataOf = ({ body }: Received) => JSON.parse(body).data

test('a notifier that is killed after it sent, and before it recorded that, sends once more and says so', async () => {
  const answered = Promise.withResolvers<void>()
  receiver.answer = async () => {
    await answered.promise
    return { status: 200 }
  }
  const first = spawn()
  await first.waitForPort()
  const log = breach('bot1')
  await scene.publish(log.events)
  await receiver.untilReceived(1)
  first.kill('SIGKILL')
  await first.exited
  const holders = ['limit:max_daily_loss']
  const resume = { kind: 'resume', holders, rebase: true, admin: false, reason: 'r', by: 'ann' } as const
  await scene.publish([log.control(resume)])
  answered.resolve()

  spawn()
  // It waits for the lease, and for what the first one had taken.
  const [sent, again] = await receiver.untilReceived(2, 90_000)
  expect([sent, again].map((one) => one && idOf(one))).toEqual(
    Array(2).fill(`bot1.2.breach-0.first.desk.${log.events[1]?.effectiveAt.toString(36)}`),
  )
  expect([sent, again].map((one) => one && dataOf(one).maybe_twice)).toEqual([false, true])
  expect(again && dataOf(again).text).toContain('may come twice')
  expect(await scene.untilDelivered('bot1.2.breach-0.first.desk')).toMatchObject({ outcome: 'sent', maybeTwice: true })

  // What happened to the trader after it is told after it, and once.
  const [, , over] = await receiver.untilReceived(3)
  expect(over && dataOf(over).notices).toMatchObject([{ trader: 'bot1', version: 3, round: 'resolved' }])
  await scene.publish(breach('bot2').events)
  await scene.untilDelivered('bot2.2.breach-0.first.desk')
  expect(receiver.received).toHaveLength(4)
  expect(receiver.received.map((one) => dataOf(one).maybe_twice)).toEqual([false, true, false, false])
})

test('what happens while no notifier runs is told by the next one, each once and in order', async () => {
  const first = spawn()
  await first.waitForPort()
  await scene.publish(breach('bot1').events)
  await scene.untilDelivered('bot1.2.breach-0.first.desk')
  await first.stop()
  const traders = ['bot2', 'bot3', 'bot4', 'bot5', 'bot6', 'bot7']
  for (const trader of traders) await scene.publish(breach(trader).events)
  spawn()
  await Promise.all(traders.map((trader) => scene.untilDelivered(`${trader}.2.breach-0.first.desk`)))
  expect(receiver.received[0] && idOf(receiver.received[0])).toMatch(/^bot1\.2\.breach-0\.first\.desk\./)
  const told = receiver.received.slice(1).map((one) => dataOf(one).notices.map(({ trader }: never) => trader))
  expect(told.flat()).toEqual(traders)
})
