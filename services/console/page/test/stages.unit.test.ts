import { describe, expect, test } from 'vitest'
import type { Health } from '../src/views/health/health.ts'
import { stagesOf } from '../src/views/health/stages.tsx'

const HEALTH: Health = {
  nats: { away: null },
  streams: [],
  storage: null,
  guardians: [],
  persister: null,
  database: null,
  feed: { isCurrent: true },
  connectors: [],
  deadLetters: [],
}
const NEAR = { away: null, since: '2026-03-12T20:00:00Z', connections: 7, connectionsMax: 100, lagMs: null }
const database = (of: Health['database'], health: Partial<Health> = {}) =>
  stagesOf({ ...HEALTH, ...health, database: of }).find(({ name }) => name === 'Database')

describe('the stage of the database', () => {
  test('says that it can be reached, and how many use it', () => {
    expect(database(NEAR)).toMatchObject({
      level: 'good',
      words: expect.stringMatching(/^reachable since .*; 7 of 100 connections are in use$/),
    })
  })

  test('says since when it is away, and why', () => {
    const words = 'the history cannot be read: refused. What is live goes on.'
    const away = { ...NEAR, away: words, connections: null, connectionsMax: null }
    expect(database(away)).toMatchObject({ level: 'bad', words: expect.stringMatching(/^away since .*: the history/) })
  })

  test.each([
    [0, 'good', /; a replica, not behind$/],
    [4_000, 'good', /; a replica, 4 s behind$/],
    [90_000, 'late', /; a replica, 1 min 30 s behind$/],
  ] as const)('says how far a replica is behind: %s ms', (lagMs, level, words) => {
    expect(database({ ...NEAR, lagMs })).toMatchObject({ level, words: expect.stringMatching(words) })
  })

  test('is told while NATS is away, too', () => {
    expect(database(NEAR, { nats: { away: 'NATS is away' } })).toMatchObject({ level: 'good' })
  })
})
