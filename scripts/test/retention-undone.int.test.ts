import { Scene } from '@drawbridge/testing/persister-scene'
import { runCommand } from '@drawbridge/testing/run-command'
import { TraderLog } from '@drawbridge/testing/trader-log'
import { afterEach, beforeEach, expect, test } from 'vitest'

const DAY_MS = 86_400_000

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open()
})
afterEach(() => scene.close())

test('a rebuild keeps to the cut, and brings everything back when the cut is taken away', async () => {
  const log = new TraderLog('bot1', Date.now() - 400 * DAY_MS)
  for (const days of [150, 200, 49]) {
    log.tick(1000 + days)
    log.wait(days * DAY_MS)
  }
  await scene.publish(log.events)
  const keeping = await scene.startPersister()
  await scene.untilStored(3)
  const whole = await scene.query('SELECT * FROM risk_state_history ORDER BY version')
  await keeping.stop()
  const cutting = await scene.startPersister({ retentionDays: 100 })
  await scene.untilStored(1)
  await cutting.stop()

  expect((await runCommand(scene.database.url, 'rebuild', 'history')).code).toBe(0)
  expect(await scene.stored()).toBe(1)
  expect((await runCommand(scene.database.url, 'verify', '--tables-only')).code).toBe(0)

  await scene.query("UPDATE risk_retention SET kept_from = '-infinity'")
  await scene.query('TRUNCATE risk_state_at_cut')
  expect((await runCommand(scene.database.url, 'rebuild', 'history')).code).toBe(0)

  const restored = await scene.query('SELECT * FROM risk_state_history ORDER BY version')
  expect(restored.map((row) => ({ ...row, updated_at: null }))).toEqual(
    whole.map((row) => ({ ...row, updated_at: null })),
  )
  expect((await runCommand(scene.database.url, 'verify', '--tables-only')).code).toBe(0)
})
