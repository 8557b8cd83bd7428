import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { streams } from '@drawbridge/contracts'
import { eventually, type ServiceProcess, spawnService } from '@drawbridge/testing'
import { NatsServer } from '@drawbridge/testing/nats-server'
import { TraderLog } from '@drawbridge/testing/trader-log'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Scene } from './notifier-scene.ts'
import { Receiver } from './receiver.ts'

let receiver: Receiver
let nats: NatsServer
let scene: Scene
let database: Server
let folder: string
let notifier: ServiceProcess | null = null
/** Connections to the address of the database. */
let calls = 0

beforeEach(async () => {
  receiver = await Receiver.open()
  nats = await NatsServer.start()
  calls = 0
  database = createServer((socket) => {
    calls += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => database.listen(0, '127.0.0.1', resolve))
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-away-'))
  const desk = { kind: 'webhook', url: receiver.url, at_most_per_minute: 60 }
  scene = await Scene.open({ channels: { desk } }, {}, nats.url)
})
afterEach(async () => {
  notifier?.kill('SIGKILL')
  await notifier?.exited
  notifier = null
  await scene.close()
  await nats.close()
  await receiver.close()
  await new Promise((resolve) => database.close(resolve))
  await rm(folder, { recursive: true })
})

async function spawn(): Promise<ServiceProcess> {
  const config = path.join(folder, 'config.json')
  await writeFile(config, JSON.stringify(scene.file))
  const { port } = database.address() as AddressInfo
  const env = { NATS_URL: nats.url, CONFIG_FILE: config, DATABASE_URL: `postgres://a:b@127.0.0.1:${port}/c` }
  notifier = spawnService('notifier', env)
  return notifier
}

function breach(trader: string): TraderLog {
  const log = new TraderLog(trader)
  log.tick(1_000)
  log.tick(890)
  return log
}

const delivered = (trader: string) => scene.untilDelivered(`${trader}.2.breach-0.first.desk`)
/** What was told: of which trader, and whether the message says that it may come twice. */
const told = () =>
  receiver.received.flatMap(({ body }) => {
    const { notices, maybe_twice: maybeTwice } = JSON.parse(body).data
    return (notices as { trader: string }[]).map(({ trader }) => ({ trader, maybeTwice }))
  })
const once = (trader: string) => ({ trader, maybeTwice: false })

test('a notifier tells people of a broken limit without a database', async () => {
  await spawn()
  await scene.publish(breach('bot1').events)
  await delivered('bot1')
  expect(told()).toEqual([once('bot1')])
  expect(calls).toBe(0)
})

test('a notifier that starts while NATS is away tells what happened once NATS is there', async () => {
  await scene.publish(breach('bot1').events)
  await nats.kill()
  const service = await spawn()
  const waits = () => service.lines().some(({ msg }) => msg === 'NATS is unreachable; retrying')
  await eventually(waits, { what: 'it to wait for NATS' })
  await nats.start()
  await delivered('bot1')
  await scene.publish(breach('bot2').events)
  await delivered('bot2')
  expect(told()).toEqual([once('bot1'), once('bot2')])
})

test('NATS that goes away and comes again loses no message, and doubles none that does not say so', async () => {
  await spawn()
  await scene.publish(breach('bot1').events)
  await delivered('bot1')

  // The next message is on its way when the server is killed, so that nobody can record that it arrived.
  const gone = Promise.withResolvers<void>()
  receiver.answer = async () => {
    await gone.promise
    return { status: 200 }
  }
  await scene.publish(breach('bot2').events)
  await receiver.untilReceived(2)
  await nats.kill()
  gone.resolve()
  await nats.start()
  const answers = () => scene.manager.streams.info(streams.risk).then(Boolean, () => false)
  await eventually(answers, { what: 'NATS to answer' })
  await scene.publish(breach('bot3').events)
  await Promise.all(['bot2', 'bot3'].map(delivered))

  const all = told()
  expect(all.filter(({ trader }) => trader !== 'bot2')).toEqual([once('bot1'), once('bot3')])
  const [first, ...again] = all.filter(({ trader }) => trader === 'bot2')
  expect(first).toEqual(once('bot2'))
  expect(again.length).toBeLessThanOrEqual(1)
  for (const { maybeTwice } of again) expect(maybeTwice).toBe(true)
  expect(all.map(({ trader }) => trader).indexOf('bot3')).toBeGreaterThan(
    all.findIndex(({ trader }) => trader === 'bot2'),
  )
})
