import { migrate } from '@drawbridge/migrations'
import { createLogger } from '@drawbridge/service-kit'
import { createDatabase } from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/persister-scene'
import { runCommand } from '@drawbridge/testing/run-command'
import { equities, TraderLog } from '@drawbridge/testing/trader-log'
import pg from 'pg'
import { expect, test } from 'vitest'

test('an empty database is filled from the log, and persisters go on there', async () => {
  const scene = await Scene.open()
  const other = await createDatabase()
  const pool = new pg.Pool({ connectionString: other.url, max: 1 })
  pool.on('error', () => undefined)
  try {
    const log = new TraderLog('bot1')
    for (const equity of equities(50)) log.tick(equity)
    await scene.publish(log.events)
    const before = await scene.startPersister()
    await scene.untilStored(50)
    await before.stop()

    await migrate(other.url, createLogger('test', 'silent'))
    expect((await runCommand(other.url, 'rebuild', 'history')).code).toBe(0)
    await scene.startPersister({ databaseUrl: other.url })
    await scene.publish([log.tick(1234)])
    await scene.untilAllAcked()

    const { rows } = await pool.query('SELECT count(*)::int, max(version) AS newest FROM risk_state_history')
    expect(rows).toEqual([{ count: 51, newest: '51' }])
    expect((await runCommand(other.url, 'verify', '--tables-only')).code).toBe(0)
  } finally {
    await scene.close()
    await pool.end()
    await other.drop()
  }
})
