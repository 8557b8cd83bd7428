import { durables, streams, subjects } from '@drawbridge/contracts'
import { createLogger, Lifecycle } from '@drawbridge/service-kit'
import { eventually } from '@drawbridge/testing'
import { metric, readyz, Scene } from '@drawbridge/testing/persister-scene'
import { equities, TraderLog } from '@drawbridge/testing/trader-log'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PersistenceSwitch } from '../src/inbound/persistence-switch.ts'

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open()
})
afterEach(() => scene.close())

test('persistence that is switched off stops the storing, and switched on again it catches up', async () => {
  const log = new TraderLog('bot1')
  for (const equity of equities(30)) log.tick(equity)
  const service = await scene.startPersister()
  await scene.publish(log.events.slice(0, 10))
  await scene.untilStored(10)

  await scene.switchPersistence(false)
  await eventually(async () => (await metric(service, 'persister_consuming')) === 0, {
    what: 'the persister to stop consuming',
  })
  expect(await metric(service, 'risk_persistence_enabled')).toBe(0)
  await scene.publish(log.events.slice(10))
  await eventually(async () => (await metric(service, 'persister_lag_events')) >= 20, { what: 'a lag of 20 events' })
  expect(await scene.stored()).toBe(10)
  const report = await readyz(service)
  expect(report).toMatchObject({ ready: true, checks: { persistence: 'ok: persistence is switched off' } })

  await scene.switchPersistence(true)

  await scene.untilStored(30)
  await scene.untilAllAcked()
  expect(await metric(service, 'risk_persistence_enabled')).toBe(1)
  expect(await readyz(service)).toMatchObject({ ready: true, checks: { persistence: 'ok' } })
  expect(await scene.snapshotFaults()).toBe(0)
})

test('the flag counts of a log that replaces another one, however short it is', async () => {
  const quiet = createLogger('test', 'silent')
  const lifecycle = new Lifecycle(quiet)
  const persistence = new PersistenceSwitch(quiet)
  await persistence.follow(scene.connection, lifecycle)
  const log = new TraderLog('bot1')
  await scene.publish(equities(10).map((equity) => log.tick(equity)))
  await scene.switchPersistence(false)
  await eventually(() => !persistence.on, { what: 'persistence to be off' })

  await scene.recreateStreams()
  await eventually(() => persistence.on, { what: 'persistence to be on, as the log has no flag' })
  await scene.switchPersistence(false)
  await eventually(() => !persistence.on, { what: 'the flag of the other log' })
  await lifecycle.stop()
})

test('a persister that starts while persistence is off stores nothing until it is on', async () => {
  await scene.switchPersistence(false)
  await scene.publish([new TraderLog('bot1').tick(1000)])
  const service = await scene.startPersister()
  expect(await metric(service, 'persister_consuming')).toBe(0)
  expect(await scene.query('SELECT * FROM risk_log_epoch')).toEqual([])

  await scene.switchPersistence(true)

  await scene.untilStored(1)
})

test('flags that cannot be read go to REJECTS, and the last ones stay in force', async () => {
  const service = await scene.startPersister()
  await scene.switchPersistence(true)
  await scene.publishRaw(subjects.outConfig('flags'), new TextEncoder().encode('nonsense'))
  await scene.publish([new TraderLog('bot1').tick(1000)])

  await scene.untilStored(1)
  await eventually(async () => (await scene.rejected()) === 1, { what: 'the flags in REJECTS' })
  const reject = await scene.manager.streams.getMessage(streams.rejects, { seq: 1 })
  expect(reject?.string()).toBe('nonsense')
  expect(await readyz(service)).toMatchObject({ ready: true, checks: { persistence: 'ok' } })
})

test('a persister stops while persistence is off', async () => {
  await scene.switchPersistence(false)
  await scene.publish([new TraderLog('bot1').tick(1000)])
  const service = await scene.startPersister()

  await service.stop()

  expect(await scene.stored()).toBe(0)
})

test('what is asked for when persistence is switched off comes for a quarter of a second and no longer', async () => {
  const requests: { readonly expires: number }[] = []
  scene.connection.subscribe(`$JS.API.CONSUMER.MSG.NEXT.${streams.risk}.${durables.persister}`, {
    callback: (_error, message) => void requests.push(message.json()),
  })
  await scene.connection.flush()
  await scene.startPersister()

  await eventually(async () => requests.length > 1, { what: 'the persister to ask again' })
  expect(requests.every(({ expires }) => expires > 0 && expires <= 250_000_000)).toBe(true)
})

test('a consumer that is deleted is made again, and what came meanwhile is stored', async () => {
  await scene.startPersister()
  const log = new TraderLog('bot1')
  await scene.publish([log.tick(1000)])
  await scene.untilStored(1)

  await scene.manager.consumers.delete(streams.risk, durables.persister)
  await scene.publish([log.tick(990)])

  await scene.untilStored(2)
  await scene.untilAllAcked()
})
