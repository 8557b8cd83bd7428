import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { streams } from '@drawbridge/contracts'
import { eventually, infrastructure, type ServiceProcess, spawnService } from '@drawbridge/testing'
import { metric } from '@drawbridge/testing/persister-scene'
import { TraderLog } from '@drawbridge/testing/trader-log'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Scene } from './notifier-scene.ts'
import { Receiver } from './receiver.ts'

let receiver: Receiver
let scene: Scene
let folder: string
const spawned: ServiceProcess[] = []

beforeEach(async () => {
  receiver = await Receiver.open()
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-standby-'))
  scene = await Scene.open(await notifyOf('one'))
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

/** The settings of one of two notifiers, which send their heartbeats to addresses of their own. */
async function notifyOf(name: string): Promise<object> {
  const file = path.join(folder, `heartbeat-${name}`)
  await writeFile(file, `${receiver.url}/heartbeat-${name}`)
  const desk = { kind: 'webhook', url: `${receiver.url}/hook`, at_most_per_minute: 60 }
  return { channels: { desk }, heartbeat_url_file: file }
}

async function spawn(name: string): Promise<ServiceProcess> {
  const config = path.join(folder, `${name}.json`)
  await writeFile(config, JSON.stringify({ notify: await notifyOf(name) }))
  const service = spawnService('notifier', { NATS_URL: infrastructure().natsUrl, CONFIG_FILE: config })
  spawned.push(service)
  return service
}

const works = (service: ServiceProcess) => service.lines().some(({ msg }) => msg === 'this notifier works now')
const heartbeats = (name: string) => receiver.received.filter(({ path: at }) => at === `/heartbeat-${name}`).length
/** What was told, by trader and version. */
const told = () =>
  receiver.received
    .filter(({ path: at }) => at === '/hook')
    .flatMap(({ body }) => JSON.parse(body).data.notices as { trader: string; version: number }[])
    .map(({ trader, version }) => `${trader} ${version}`)

function breach(trader: string): TraderLog {
  const log = new TraderLog(trader)
  log.tick(1_000)
  log.tick(890)
  return log
}

test('a notifier that waits for another one sends neither a heartbeat nor a message', async () => {
  await scene.start({ heartbeatMs: 50 })
  await eventually(() => heartbeats('one') > 0, { what: 'the first notifier to work' })
  const standby = await scene.start({ heartbeatMs: 50 }, { notify: await notifyOf('two') })
  const before = heartbeats('one')
  await scene.publish(breach('bot1').events)
  await scene.untilDelivered('bot1.2.breach-0.first.desk')
  await eventually(() => heartbeats('one') >= before + 10, { what: 'ten more heartbeats' })
  expect(heartbeats('two')).toBe(0)
  expect(await metric(standby, 'notifier_active')).toBe(0)
  expect(told()).toEqual(['bot1 2'])
})

test('a notifier that waited tells people, and sends heartbeats, after the other one is killed', async () => {
  const one = await spawn('one')
  await eventually(() => heartbeats('one') > 0, { what: 'the first notifier to work' })
  const two = await spawn('two')
  await two.waitForPort()
  await scene.publish(breach('bot1').events)
  await scene.untilDelivered('bot1.2.breach-0.first.desk')
  expect([works(two), heartbeats('two')]).toEqual([false, 0])

  one.kill('SIGKILL')
  await one.exited
  const last = heartbeats('one')
  await scene.publish(breach('bot2').events)
  await scene.untilDelivered('bot2.2.breach-0.first.desk')
  await eventually(() => heartbeats('two') > 0, { what: 'the heartbeat of the second notifier' })
  expect(heartbeats('one')).toBe(last)
  expect(told()).toEqual(['bot1 2', 'bot2 2'])
})

test('two notifiers that start at the same time send each message once', async () => {
  const traders = Array.from({ length: 20 }, (_, index) => `bot${index}`)
  for (const trader of traders.slice(0, 10)) await scene.publish(breach(trader).events)
  const both = await Promise.all([spawn('one'), spawn('two')])
  await eventually(() => both.some(works), { what: 'one of them to work' })
  for (const trader of traders.slice(10)) await scene.publish(breach(trader).events)
  await Promise.all(traders.map((trader) => scene.untilDelivered(`${trader}.2.breach-0.first.desk`)))
  await Promise.all(both.map((service) => service.waitForPort()))
  expect(both.filter(works)).toHaveLength(1)
  expect(told().toSorted()).toEqual(traders.map((trader) => `${trader} 2`).toSorted())
})

test('a notifier that cannot read RISK is not ready, sends no heartbeat, and claims no lag of 0', async () => {
  const service = await scene.start({ heartbeatMs: 50 })
  await eventually(() => heartbeats('one') > 0, { what: 'it to work' })
  const ready = async () => {
    const answer = await fetch(`${await service.url()}/readyz`)
    return { status: answer.status, text: await answer.text() }
  }
  await eventually(async () => (await metric(service, 'notifier_lag_events')) === 0, { what: 'nothing to wait' })
  await scene.manager.streams.delete(streams.risk)
  await eventually(async () => (await ready()).status === 503, { what: 'it to say that it is not ready' })
  expect((await ready()).text).toContain('"work":"events: ')
  await eventually(async () => Number.isNaN(await metric(service, 'notifier_lag_events')), { what: 'no lag' })
  const before = heartbeats('one')
  const tries = () => service.lines().filter(({ what }) => what === 'events').length
  const tried = tries()
  await eventually(() => tries() >= tried + 2, { what: 'two more tries' })
  // One may have been on its way.
  expect(heartbeats('one') - before).toBeLessThanOrEqual(1)

  await scene.lose()
  await eventually(async () => (await ready()).status === 200, { what: 'it to be ready again' })
  const after = heartbeats('one')
  await eventually(() => heartbeats('one') > after, { what: 'a heartbeat' })
  await scene.publish(breach('bot1').events)
  await scene.untilDelivered('bot1.2.breach-0.first.desk')
})
