import { eventually, type ServiceHere } from '@drawbridge/testing'
import { metric, Scene } from '@drawbridge/testing/persister-scene'
import { TraderLog } from '@drawbridge/testing/trader-log'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { query } from './history.ts'
import { createSecuredDatabase, type SecuredDatabase } from './security/secured-database.ts'

const DAY_MS = 86_400_000

let scene: Scene
let database: SecuredDatabase
let log: TraderLog

beforeAll(async () => {
  scene = await Scene.open({ migrated: false })
})
afterAll(() => scene?.close())

/** Stores three ticks; a retention of 100 days keeps one. */
beforeEach(async () => {
  await scene.recreateStreams()
  database = await createSecuredDatabase()
  log = new TraderLog('bot1', Date.now() - 400 * DAY_MS)
  log.tick(1000)
  log.wait(200 * DAY_MS)
  log.tick(1001)
  log.wait(199 * DAY_MS)
  log.tick(1002)
  await scene.publish(log.events)
  const keeping = await scene.startPersister({ databaseUrl: database.urlOf('writer') })
  await untilVersions(['1', '2', '3'])
  await keeping.stop()
})
afterEach(() => database?.drop())

async function untilVersions(wanted: readonly string[]): Promise<void> {
  const versions = async () => {
    const sql = 'SELECT version FROM risk_state_history ORDER BY version'
    return (await query<{ version: string }>(database.urlOf('reader'), sql)).map(({ version }) => version)
  }
  await eventually(async () => String(await versions()) === String(wanted), { what: `the versions ${wanted}` })
}

const untilCounted = (service: ServiceHere, name: string, count: number) =>
  eventually(async () => (await metric(service, name)) >= count, { what: `${name} to be ${count}` })

test('a persister as a member of the group for retention drops what is older, and stores on', async () => {
  const service = await scene.startPersister({ databaseUrl: database.urlOf('keeper'), retentionDays: 100 })
  await untilVersions(['3'])
  await untilCounted(service, 'history_parts_dropped_total', 2)
  await scene.publish([log.tick(1003)])
  await untilVersions(['3', '4'])

  expect(await metric(service, 'history_maintenance_failures_total')).toBe(0)
  const atTheCut = await query(database.urlOf('reader'), 'SELECT version FROM risk_state_at_cut')
  expect(atTheCut).toEqual([{ version: '2' }])
  await service.stop()
})

test('a persister that has a retention, and is no member of that group, drops nothing, counts that, and stores on', async () => {
  const service = await scene.startPersister({ databaseUrl: database.urlOf('writer'), retentionDays: 100 })
  await untilCounted(service, 'history_maintenance_failures_total', 1)
  await scene.publish([log.tick(1003)])
  await untilVersions(['1', '2', '3', '4'])

  expect(await metric(service, 'history_parts_dropped_total')).toBe(0)
  await service.stop()
})
