import { expect, test } from 'vitest'
import { CONFIGS, HISTORY, SNAPSHOT } from '../src/tables.ts'

test('a table names every column but the one that the database fills, with its type, in the order of the schema', () => {
  expect(CONFIGS.columns).toEqual({
    kind: 'text',
    input_seq: 'bigint',
    stream_seq: 'bigint',
    recorded_at: 'timestamp with time zone',
    reason: 'text',
    by: 'text',
    detail: 'jsonb',
  })
  expect(CONFIGS.names).toBe('"kind", "input_seq", "stream_seq", "recorded_at", "reason", "by", "detail"')
})

test('history and snapshot have the same columns and keys of their own', () => {
  expect(SNAPSHOT.names).toBe(HISTORY.names)
  expect([HISTORY.key, SNAPSHOT.key]).toEqual([['trader_id', 'version', 'recorded_at'], ['trader_id']])
  expect(SNAPSHOT.changes).toMatch(/^"version" = EXCLUDED\."version", /)
})
