import { durables, streams } from '@drawbridge/contracts'
import { createLogger } from '@drawbridge/service-kit'
import { eventually, infrastructure, type ServiceHere, TcpProxy } from '@drawbridge/testing'
import { metric, Scene } from '@drawbridge/testing/persister-scene'
import { TraderLog } from '@drawbridge/testing/trader-log'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Maintenance } from '../src/maintenance.ts'
import { persisterMetrics } from '../src/persister-metrics.ts'

const DAY_MS = 86_400_000
const isPlain = infrastructure().timescale === 'none'

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open({ looks: { maintenanceAgainMs: 20 } })
})
afterEach(() => scene.close())

/** A trader with one tick on each day that is named. */
function ticksOf(trader: string, daysAgo: readonly number[]): TraderLog {
  const [first = 0] = daysAgo
  const log = new TraderLog(trader, Date.now() - first * DAY_MS)
  let last = first
  for (const days of daysAgo) {
    log.wait((last - days) * DAY_MS)
    last = days
    log.tick(1000 + days)
  }
  return log
}

async function versions(): Promise<readonly string[]> {
  const rows = await scene.query<{ event: string }>(
    "SELECT trader_id || ' ' || version AS event FROM risk_state_history ORDER BY trader_id, version",
  )
  return rows.map((row) => row.event)
}

async function statesAt(daysAgo: number): Promise<readonly string[]> {
  const rows = await scene.query<{ state: string }>(
    `SELECT trader_id || ' ' || version || ' ' || current_equity AS state
     FROM risk_state_at('${new Date(Date.now() - daysAgo * DAY_MS).toISOString()}') ORDER BY trader_id`,
  )
  return rows.map((row) => row.state)
}

async function untilMaintained(service: ServiceHere): Promise<void> {
  await eventually(async () => (await metric(service, 'history_maintained_timestamp_seconds')) > 0, {
    what: 'the history to be looked after',
  })
}

/** Reads the whole log once more, as a new durable consumer does. */
async function readAgain(): Promise<void> {
  await scene.manager.consumers.delete(streams.risk, durables.persister)
}

test('a persister drops what is older than the retention and goes on storing what comes', async () => {
  const log = ticksOf('bot1', [400, 200, 50, 1])
  await scene.publish(log.events)
  const keeping = await scene.startPersister()
  await scene.untilStored(4)
  await untilMaintained(keeping)
  expect(await versions()).toHaveLength(4)
  await keeping.stop()

  const service = await scene.startPersister({ retentionDays: 100 })
  await scene.untilStored(2)
  await untilMaintained(service)
  await scene.publish([log.tick(1)])

  await scene.untilStored(3)
  expect(await versions()).toEqual(['bot1 3', 'bot1 4', 'bot1 5'])
  expect(await scene.snapshotFaults()).toBe(0)
  expect(await metric(service, 'history_parts_dropped_total')).toBe(2)
  expect(await metric(service, 'history_maintenance_failures_total')).toBe(0)
})

test('nothing that was given up comes back when the log is read once more from its start', async () => {
  await scene.publish([...ticksOf('busy', [400, 200, 50, 1]).events, ...ticksOf('silent', [300, 210]).events])
  const keeping = await scene.startPersister()
  await scene.untilStored(6)
  await keeping.stop()
  const cutting = await scene.startPersister({ retentionDays: 100 })
  await scene.untilStored(2)
  await cutting.stop()
  const [before, statesBefore, snapshot] = [await versions(), await statesAt(90), await scene.query('TABLE risk_state')]
  expect(statesBefore).toEqual(['busy 2 1200', 'silent 2 1210'])

  await readAgain()
  const service = await scene.startPersister({ retentionDays: 100 })
  await scene.untilAllAcked()

  expect(await versions()).toEqual(before)
  expect(await statesAt(90)).toEqual(statesBefore)
  expect(await scene.query('TABLE risk_state')).toEqual(snapshot)
  expect(await scene.rejected()).toBe(0)
  expect(await metric(service, 'persister_duplicate_rows_total')).toBe(6)
})

test('a persister without a retention of its own heeds the cut that another one has made', async () => {
  await scene.publish(ticksOf('bot1', [400, 200, 50]).events)
  const cutting = await scene.startPersister({ retentionDays: 100 })
  await scene.untilStored(1)
  await untilMaintained(cutting)
  await cutting.stop()

  await readAgain()
  await scene.startPersister()
  await scene.untilAllAcked()

  expect(await versions()).toEqual(['bot1 3'])
  expect(await scene.rejected()).toBe(0)
})

test('an empty database takes from an old log what the retention keeps, and knows every state since the cut', async () => {
  const cutting = await scene.startPersister({ retentionDays: 100 })
  await untilMaintained(cutting)

  await scene.publish([...ticksOf('busy', [400, 200, 50, 1]).events, ...ticksOf('silent', [300, 210]).events])
  await scene.untilAllAcked()

  expect(await versions()).toEqual(['busy 3', 'busy 4'])
  expect(await statesAt(90)).toEqual(['busy 2 1200', 'silent 2 1210'])
  expect(await statesAt(0)).toEqual(['busy 4 1001', 'silent 2 1210'])
  expect(await scene.query('SELECT trader_id, version FROM risk_state ORDER BY trader_id')).toEqual([
    { trader_id: 'busy', version: '4' },
    { trader_id: 'silent', version: '2' },
  ])
  expect(await scene.rejected()).toBe(0)
})

test('of several persisters that look after the history at once each part is dropped by one', async () => {
  await scene.publish(ticksOf('bot1', [400, 350, 300, 250, 200, 50]).events)
  const keeping = await scene.startPersister()
  await scene.untilStored(6)
  await keeping.stop()

  const services = await Promise.all(Array.from({ length: 3 }, () => scene.startPersister({ retentionDays: 100 })))
  await scene.untilStored(1)

  const dropped = async () => {
    const counts = await Promise.all(services.map((service) => metric(service, 'history_parts_dropped_total')))
    return counts.reduce((sum, count) => sum + count)
  }
  await eventually(async () => (await dropped()) === 5, { what: 'five parts to be dropped' })
  expect(await scene.snapshotFaults()).toBe(0)
})

test('a persister that finds another one at it looks again soon', async () => {
  await scene.publish(ticksOf('bot1', [400, 50]).events)
  const other = await scene.pool.connect()
  try {
    await other.query("SELECT pg_advisory_lock(hashtextextended('drawbridge maintenance', 0))")
    const service = await scene.startPersister({ retentionDays: 100 })
    await scene.untilStored(2)
    expect(await metric(service, 'history_parts_dropped_total')).toBe(0)
  } finally {
    other.release(true)
  }

  await scene.untilStored(1)
})

test('what stands in the way is told, not waited for, and tried again; events are stored meanwhile', async () => {
  const log = ticksOf('bot1', [400, 50])
  await scene.publish(log.events)
  await scene.startPersister()
  await scene.untilStored(2)
  const reader = await scene.pool.connect()
  await reader.query('BEGIN')
  await reader.query("SELECT FROM risk_state_history WHERE recorded_at < now() - INTERVAL '300 days'")
  const metrics = persisterMetrics()
  const stopping = new AbortController()
  const maintenance = new Maintenance(
    {
      databaseUrl: () => scene.database.url,
      retentionDays: 100,
      isReady: () => true,
      metrics,
      log: createLogger('test', 'silent'),
      retryMs: 10,
    },
    stopping.signal,
  )
  const running = maintenance.run()
  try {
    await eventually(() => metrics.maintenanceFailures.value >= 2, { what: 'two attempts to fail' })
    // The event is from today. On the first of a month, yesterday's month may have no partition, and none can be created
    // while the reader holds its lock.
    log.wait(50 * DAY_MS)
    await scene.publish([log.tick(1)])
    // Only the newest events: on the community edition its own jobs wait for this reader, and readers of old events wait for them.
    const newest = "SELECT FROM risk_state_history WHERE recorded_at > now() - INTERVAL '9 days'"
    await eventually(async () => (await scene.query(newest)).length === 1, { what: 'the new event to be stored' })

    await reader.query('COMMIT')

    await scene.untilStored(2)
    expect(await versions()).toEqual(['bot1 2', 'bot1 3'])
  } finally {
    reader.release()
    stopping.abort()
    await running
  }
})

test('a persister stops while its connection to look after the history is being made', async () => {
  const proxy = await TcpProxy.to(scene.database.url)
  proxy.swallowAnswers()
  const stopping = new AbortController()
  const connecting = Promise.withResolvers<void>()
  const maintenance = new Maintenance(
    {
      databaseUrl: () => {
        // The connection is begun in the same step.
        setImmediate(connecting.resolve)
        return proxy.url
      },
      retentionDays: 100,
      isReady: () => true,
      metrics: persisterMetrics(),
      log: createLogger('test', 'silent'),
    },
    stopping.signal,
  )
  const running = maintenance.run()
  await connecting.promise

  stopping.abort()

  await running
  await proxy.cut()
})

test('a persister makes blocks of the events that all persisters have written by now', async () => {
  const log = new TraderLog('busy', Date.now() - DAY_MS)
  for (let count = 0; count < 4_200; count += 1) {
    log.wait(1_000)
    log.tick(1_000 + (count % 50))
  }
  await scene.publish(log.events)
  const storing = await scene.startPersister()
  await scene.untilStored(log.events.length)
  await storing.stop()

  const service = await scene.startPersister()
  const blocks = () => scene.query('SELECT block::int, low::int, high::int FROM risk_history_block ORDER BY block')
  await eventually(async () => (await blocks()).length === 3, { what: 'the blocks' })

  expect(await blocks()).toEqual([0, 1, 2].map((block) => ({ block, low: 1_000, high: 1_049 })))
  expect(await metric(service, 'history_maintenance_failures_total')).toBe(0)
})

test('nothing is dropped from the tables of another log', async () => {
  await scene.publish(ticksOf('bot1', [400, 50]).events)
  const keeping = await scene.startPersister()
  await scene.untilStored(2)
  await keeping.stop()
  await scene.recreateStreams()

  const service = await scene.startPersister({ retentionDays: 100 })
  await service.failed

  expect(await versions()).toHaveLength(2)
  expect(
    await scene.query('SELECT maintained_at IS NULL OR kept_from > now() AS cut FROM risk_retention'),
  ).toHaveLength(1)
  expect(await scene.query("SELECT FROM risk_retention WHERE kept_from > '-infinity'")).toEqual([])
})

test.skipIf(!isPlain)('a month ahead that cannot get its partition is told by a metric', async () => {
  const [last] = await scene.query<{ name: string }>(
    `SELECT relid::text AS name FROM pg_partition_tree('risk_state_history') WHERE isleaf ORDER BY 1 DESC LIMIT 1`,
  )
  await scene.query(`DROP TABLE ${last?.name}`)
  await scene.query(`CREATE TABLE ${last?.name} ()`)

  const service = await scene.startPersister()
  await untilMaintained(service)
  expect(await metric(service, 'history_partitions_missing')).toBe(1)
  await service.stop()

  await scene.query(`DROP TABLE ${last?.name}`)
  const next = await scene.startPersister()
  await untilMaintained(next)
  expect(await metric(next, 'history_partitions_missing')).toBe(0)
})
