import { eventually, TcpProxy } from '@drawbridge/testing'
import { metric, readyz, Scene } from '@drawbridge/testing/persister-scene'
import { equities, TraderLog } from '@drawbridge/testing/trader-log'
import { afterEach, beforeEach, expect, test } from 'vitest'

let scene: Scene
let proxy: TcpProxy
beforeEach(async () => {
  scene = await Scene.open()
  proxy = await TcpProxy.to(scene.database.url)
})
afterEach(async () => {
  await scene.close()
  await proxy.cut()
})

function logOf(trader: string, ticks: number): TraderLog {
  const log = new TraderLog(trader)
  for (const equity of equities(ticks)) log.tick(equity)
  return log
}

test('a database that is away at the start is waited for, and then everything is stored', async () => {
  await proxy.cut()
  const service = await scene.startPersister({ databaseUrl: proxy.url })
  await scene.publish(logOf('bot1', 50).events)
  const report = await eventually(
    async () => {
      const answer = await readyz(service)
      return answer.checks.database?.includes('ECONNREFUSED') ? answer : null
    },
    { what: 'readiness to say that the database is away' },
  )
  expect(report).toMatchObject({ ready: false, status: 503 })
  expect(await metric(service, 'persister_database_up')).toBe(0)

  await proxy.restore()

  await scene.untilStored(50)
  await scene.untilAllAcked()
  expect(await readyz(service)).toMatchObject({ ready: true })
  expect(await metric(service, 'persister_database_up')).toBe(1)
})

test('a database that goes away later is waited for while the log keeps what comes', async () => {
  const log = logOf('bot1', 300)
  const service = await scene.startPersister({ databaseUrl: proxy.url, batchSize: 20 })
  await scene.publish(log.events.slice(0, 100))
  await scene.untilStored(100)

  await proxy.cut()
  await scene.publish(log.events.slice(100))
  await eventually(async () => (await readyz(service)).ready === false, { what: 'readiness to be lost' })
  await eventually(async () => (await metric(service, 'persister_lag_events')) === 200, {
    what: 'the lag to be the events that are not stored',
  })
  expect(await scene.stored()).toBe(100)

  await proxy.restore()

  await scene.untilStored(300)
  await scene.untilAllAcked()
  expect(await scene.snapshotFaults()).toBe(0)
  expect(await readyz(service)).toMatchObject({ ready: true })
})

test('connections that the server ends while events come are replaced, and nothing is lost or stored twice', async () => {
  const log = logOf('bot1', 300)
  await scene.startPersister({ databaseUrl: proxy.url, batchSize: 5 })
  const publishing = scene.publish(log.events)
  for (const reached of [50, 120, 200]) {
    await eventually(async () => (await scene.stored()) >= reached, { what: `${reached} events in the history` })
    await scene.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'drawbridge-persister'`)
  }
  await publishing

  await scene.untilStored(300)
  await scene.untilAllAcked()
  expect(await scene.snapshotFaults()).toBe(0)
})

test('a persister stops at once while the database is away', async () => {
  const service = await scene.startPersister({ databaseUrl: proxy.url })
  await scene.publish(logOf('bot1', 10).events)
  await scene.untilStored(10)
  await proxy.cut()
  await scene.publish(logOf('bot2', 10).events)
  await eventually(async () => (await readyz(service)).ready === false, { what: 'readiness to be lost' })

  await service.stop()
  expect(await scene.stored()).toBe(10)
})

test('tables that are missing are waited for, saying how to make them', async () => {
  const bare = await Scene.open({ migrated: false })
  try {
    const service = await bare.startPersister()
    await bare.publish(logOf('bot1', 10).events)
    await eventually(async () => (await readyz(service)).checks.database?.includes('npm run migrate'), {
      what: 'readiness to say that the tables are missing',
    })

    await bare.migrate()

    await bare.untilStored(10)
    expect(await readyz(service)).toMatchObject({ ready: true })
  } finally {
    await bare.close()
  }
})
