import { formatAmount, riskEventToMessage, testedIn } from '@drawbridge/contracts'
import { migrate } from '@drawbridge/migrations'
import { createLogger } from '@drawbridge/service-kit'
import { createDatabase, type TestDatabase } from '@drawbridge/testing'
import { histories } from '@drawbridge/testing/engine'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { historyRow } from '../src/core/history-row.ts'
import { eventsOf } from './made-events.ts'

let database: TestDatabase
let client: pg.Client
beforeAll(async () => {
  database = await createDatabase()
  await migrate(database.url, createLogger('test', 'silent'))
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

const SQL = `SELECT documents.place::int AS place, limit_name, measure, reference::text, line::text, blocks_at::text, tested::text,
    room::text, percent::text, active, uncomputable
  FROM unnest($1::jsonb[]) WITH ORDINALITY AS documents (document, place) CROSS JOIN LATERAL risk_limits_of(document) AS one
  ORDER BY documents.place, limit_name COLLATE "C"`

test('the database reads of each row the limits that its event has on the wire, whatever happened to the account', async () => {
  const messages = fc
    .sample(histories({ maxSteps: 16 }), 150)
    .flatMap((history) => eventsOf(history).map(({ event }) => ({ event, message: riskEventToMessage(event) })))
    .filter(({ message }) => message.state.limitStates !== undefined)
  const expected = messages.flatMap(({ event: { state }, message }, index) =>
    [...(message.state.limitStates ?? [])]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, measure = 'loss', active = true, blocks = true, uncomputable = null, ...one }) => {
        const { reference, line, blocksAt = line, room, percent, tests = 'equity' } = one
        const value = line === null ? null : testedIn(tests, state)
        const tested = value === null ? null : formatAmount(value)
        const told = { reference, line, blocks_at: blocks ? blocksAt : null, tested, room, percent }
        return { place: index + 1, limit_name: name, measure, ...told, active, uncomputable }
      }),
  )

  const documents = messages.map(({ event }) => historyRow(event, 1, null).limit_states)
  const { rows } = await client.query(SQL, [documents])

  expect(expected.length).toBeGreaterThan(500)
  expect(rows).toEqual(expected)
})
