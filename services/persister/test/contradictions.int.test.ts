import { durables, streams } from '@drawbridge/contracts'
import { eventually } from '@drawbridge/testing'
import { metric, readyz, Scene } from '@drawbridge/testing/persister-scene'
import { START, TraderLog } from '@drawbridge/testing/trader-log'
import { afterEach, beforeEach, expect, test } from 'vitest'

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open({ looks: { logDamageEveryMs: 50 } })
})
afterEach(() => scene.close())

function logOf(trader: string, equities: readonly number[], start = START): TraderLog {
  const log = new TraderLog(trader, start)
  for (const equity of equities) log.tick(equity)
  return log
}

test('events of versions that the history has otherwise go to REJECTS, are counted, and the persister is not ready', async () => {
  const service = await scene.startPersister()
  await scene.publish(logOf('bot1', [1000, 1001, 1002]).events)
  await scene.publish(logOf('bot2', [500]).events)
  await scene.untilStored(4)
  const before = await scene.query('SELECT * FROM risk_state_history ORDER BY trader_id, version')

  // As a log brings them that began again, or was restored from a copy of the first event.
  const other = logOf('bot1', [1000, 900, 800, 801], START + 3_600_000)
  await scene.publish(other.events)
  await scene.untilAllAcked()

  expect(await metric(service, 'persister_contradictions_total')).toBe(3)
  expect(await readyz(service)).toMatchObject({
    ready: false,
    checks: { 'risk log': expect.stringMatching(/contradicts the history.*version 1 of trader bot1/) },
  })
  expect((await scene.manager.streams.info(streams.rejects)).state.messages).toBe(3)
  const after = await scene.query('SELECT * FROM risk_state_history ORDER BY trader_id, version')
  expect(after.filter((row) => Number(row.version) < 4)).toEqual(before)
  expect(after).toHaveLength(5)
})

test('the same events once more are no contradiction', async () => {
  const service = await scene.startPersister()
  await scene.publish(logOf('bot1', [1000, 1001, 1002]).events)
  await scene.untilStored(3)
  await scene.untilAllAcked()

  await scene.manager.consumers.delete(streams.risk, durables.persister)
  await eventually(async () => (await metric(service, 'persister_duplicate_rows_total')) === 3, {
    what: 'all events to come again',
  })
  await scene.untilAllAcked()

  expect(await metric(service, 'persister_contradictions_total')).toBe(0)
  expect(await readyz(service)).toMatchObject({ ready: true, checks: { 'risk log': 'ok' } })
})

test('a log that ends before what is stored is told', async () => {
  const service = await scene.startPersister()
  await scene.publish(logOf('bot1', [1000]).events)
  await scene.untilStored(1)

  // As if the row were of a message that the log has lost.
  await scene.pool.query('UPDATE risk_state SET stream_seq = stream_seq + 100')

  await eventually(async () => (await metric(service, 'persister_risk_log_damaged')) === 1, { what: 'it to be told' })
  expect(await readyz(service)).toMatchObject({
    ready: false,
    checks: { 'risk log': expect.stringMatching(/RISK ends at \d+, and message \d+ was known.*adopt-log/) },
  })
  await scene.pool.query('UPDATE risk_state SET stream_seq = stream_seq - 100')
  await eventually(async () => (await readyz(service)).ready, { what: 'it to be ready again' })
})
