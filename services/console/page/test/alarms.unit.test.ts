import { expect, test } from 'vitest'
import type { LivePulse } from '../../src/core/live-messages.ts'
import { alarmsOf } from '../src/store/alarms.ts'

const NOW = 1_000_000
const pulse: LivePulse = {
  now: NOW,
  natsAway: null,
  isCurrent: true,
  newest: null,
  guardian: { instance: 'one', at: NOW - 1_000, settled: 1, lag: 0 },
}
const facts = { link: 'open', pulse, ageMs: 0, leaseMs: 10_000 } as const
const kinds = (changes: Partial<Parameters<typeof alarmsOf>[0]>) =>
  alarmsOf({ ...facts, ...changes }).map(({ kind }) => kind)

test('while all is well there is no alarm', () => {
  expect(kinds({})).toEqual([])
})

test.each([
  ['the console has never answered', { link: 'lost', pulse: null, ageMs: null }, ['disconnected']],
  ['the console was lost, and what is shown is old', { link: 'lost', ageMs: 6_000 }, ['stale']],
  ['the console hangs, though the connection is open', { ageMs: 6_000 }, ['stale']],
  ['NATS is away', { pulse: { ...pulse, natsAway: 'NATS is unreachable' } }, ['nats']],
  ['the risk log is being read', { pulse: { ...pulse, isCurrent: false } }, ['reading']],
  ['no guardian was ever heard', { pulse: { ...pulse, guardian: null } }, ['guardian']],
  ['no guardian is heard for the lease', { pulse: { ...pulse, now: NOW + 10_000 } }, ['guardian']],
] as const)('an alarm says that %s', (_what, changes, expected) => {
  expect(kinds(changes)).toEqual(expected)
})

test('a page that has just begun is not alarmed yet', () => {
  expect(kinds({ link: 'connecting', pulse: null, ageMs: null })).toEqual([])
})
