import { expect, test } from 'vitest'
import { discardedBy, type LogSizes, logRoomOf } from '../src/core/log-room.ts'

const UNLIMITED: LogSizes = { bytes: 1_000, bytesMax: -1, accountBytes: 5_000, accountBytesMax: -1, replicas: 1 }

test('a log without a limit has room', () => {
  expect(logRoomOf(UNLIMITED, 80)).toEqual({ bytes: 1_000, limitBytes: null, usedPct: 0, level: 'enough' })
})

test.each([
  [799, 'enough'],
  [800, 'nearly-full'],
  [949, 'nearly-full'],
  [950, 'almost-full'],
  [1_000, 'almost-full'],
] as const)('%i of 1000 bytes are %s, where the threshold is 80 %%', (bytes, level) => {
  expect(logRoomOf({ ...UNLIMITED, bytes, bytesMax: 1_000 }, 80)).toMatchObject({ limitBytes: 1_000, level })
})

test('the threshold is what was configured', () => {
  const half = { ...UNLIMITED, bytes: 500, bytesMax: 1_000 }
  expect(logRoomOf(half, 50).level).toBe('nearly-full')
  expect(logRoomOf(half, 51).level).toBe('enough')
})

test('an account that other streams fill leaves less room than the stream has by itself', () => {
  const sizes = { bytes: 1_000, bytesMax: 100_000, accountBytes: 9_000, accountBytesMax: 10_000, replicas: 1 }
  expect(logRoomOf(sizes, 80)).toEqual({ bytes: 1_000, limitBytes: 2_000, usedPct: 90, level: 'nearly-full' })
})

test('each replica takes its share of the account', () => {
  const sizes = { bytes: 1_000, bytesMax: -1, accountBytes: 4_000, accountBytesMax: 10_000, replicas: 3 }
  expect(logRoomOf(sizes, 80)).toEqual({ bytes: 1_000, limitBytes: 3_000, usedPct: 40, level: 'enough' })
})

test('an account beyond its limit leaves no room, and no less', () => {
  const sizes = { bytes: 1_000, bytesMax: -1, accountBytes: 12_000, accountBytesMax: 10_000, replicas: 1 }
  expect(logRoomOf(sizes, 80)).toMatchObject({ limitBytes: 1_000, level: 'almost-full' })
})

const PROVISIONED = {
  discard: 'new',
  retention: 'limits',
  max_age: 0,
  max_bytes: -1,
  max_msgs: -1,
  max_msgs_per_subject: -1,
}

test.each([
  ['as it is provisioned', {}],
  ['with a limit that refuses what is new', { max_bytes: 1_000, max_msgs: 10 }],
  ['that would discard what is old, and has no limit', { discard: 'old' }],
])('a log %s drops nothing', (_, settings) => {
  expect(discardedBy({ ...PROVISIONED, ...settings })).toBeNull()
})

test.each([
  ['max_age', { max_age: 1 }],
  ['max_bytes', { discard: 'old', max_bytes: 1_000 }],
  ['max_msgs', { discard: 'old', max_msgs: 10 }],
  ['max_msgs_per_subject', { max_msgs_per_subject: 1 }],
  ['retention', { retention: 'workqueue' }],
])('a log may drop events by %s', (setting, settings) => {
  expect(discardedBy({ ...PROVISIONED, ...settings })).toContain(setting)
})
