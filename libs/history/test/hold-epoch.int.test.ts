import { migrate } from '@drawbridge/migrations'
import { createLogger } from '@drawbridge/service-kit'
import { createDatabase, type TestDatabase } from '@drawbridge/testing'
import { messageOf, TraderLog } from '@drawbridge/testing/trader-log'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { batchOf } from '../src/core/batch.ts'
import { databaseFault } from '../src/core/database-fault.ts'
import { readMessage } from '../src/core/read-message.ts'
import { HistoryStore } from '../src/outbound/history-store.ts'

const LOST = '2026-03-12T14:00:00.123Z'

let database: TestDatabase
let pool: pg.Pool
beforeEach(async () => {
  database = await createDatabase()
  await migrate(database.url, createLogger('test', 'silent'))
  pool = new pg.Pool({ connectionString: database.url, max: 2 })
  pool.on('error', () => undefined)
})
afterEach(async () => {
  await pool.end()
  await database.drop()
})

const batch = () => batchOf([readMessage(messageOf(new TraderLog('bot1').tick(1000), 1))])
const stored = async () => (await pool.query('SELECT FROM risk_state_history')).rowCount

test('a batch that waited until the tables were bound to another log is not stored', async () => {
  const store = new HistoryStore(pool)
  expect(await store.open(LOST)).toEqual({ kind: 'ready' })
  await pool.query(`UPDATE risk_log_epoch SET created = 'another'`)

  const error = await store.store(batch()).catch((reason: unknown) => reason)

  expect(String(error)).toContain(`no longer bound to the stream RISK created at ${LOST}`)
  expect(databaseFault(error)).toBe('crash')
  expect(await stored()).toBe(0)
})

test('who binds the tables to another log waits for the batch that is being stored, and keeps the next one out', async () => {
  const store = new HistoryStore(pool)
  await store.open(LOST)
  const operator = new pg.Client(database.url)
  await operator.connect()
  try {
    await operator.query('BEGIN')
    await operator.query('SELECT FROM risk_log_epoch FOR UPDATE')
    const storing = store.store(batch()).catch((reason: unknown) => reason)
    await operator.query(`UPDATE risk_log_epoch SET created = 'another'`)
    await operator.query('COMMIT')

    expect(String(await storing)).toContain('no longer bound')
    expect(await stored()).toBe(0)
  } finally {
    await operator.end()
  }
})
