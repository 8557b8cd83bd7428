import { type ConnectorReport, formatInstant } from '@drawbridge/contracts'
import { expect, test } from 'vitest'
import { LISTEN_FIRST_MS, OtherProcesses } from '../src/core/other-process.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
const SILENT_MS = 15_000
const TASKS = ['read', 'block', 'unblock', 'flatten'] as const

/** Of the process "other", which started a minute before ours unless it says otherwise. */
const report = (more: Partial<ConnectorReport> = {}): ConnectorReport => ({
  connector: 'bot1',
  adapter: 'generic',
  trader: 'bot1',
  instance: 'there-2',
  run: 'other',
  startedAt: formatInstant(NOON - 60_000),
  reads: true,
  acts: true,
  dryRun: false,
  wanted: null,
  stands: null,
  reading: null,
  faults: [],
  ...more,
})
const LATER = { startedAt: formatInstant(NOON + 1) }
const fault = (task: 'block' | 'flatten') => ({
  faults: [{ task, kind: 'refused' as const, reason: '', advice: '', since: formatInstant(NOON) }],
})

function ours(run = 'ours'): OtherProcesses {
  const others = new OtherProcesses({ run, instance: 'here-1', startedAt: NOON })
  others.listen(-LISTEN_FIRST_MS)
  return others
}
const allowed = (others: OtherProcesses, now = 0) => TASKS.filter((task) => others.may(task, 'bot1', now))

test('a process that hears nobody does everything', () => {
  const others = ours()
  expect(allowed(others)).toEqual(TASKS)
  expect(others.waits('bot1', 0)).toBe(false)
  expect(others.faultOf('bot1', 0)).toBeNull()
})

test('before it has listened it only blocks', () => {
  const others = new OtherProcesses({ run: 'ours', instance: 'here-1', startedAt: NOON })
  expect(allowed(others, 99_999)).toEqual(['block'])
  others.listen(100_000)
  expect(allowed(others, 100_000 + LISTEN_FIRST_MS - 1)).toEqual(['block'])
  expect(allowed(others, 100_000 + LISTEN_FIRST_MS)).toEqual(TASKS)
})

test('where NATS does not let it hear others it works at once, as if it were alone', () => {
  const others = new OtherProcesses({ run: 'ours', instance: 'here-1', startedAt: NOON })
  others.cannotHear()
  others.listen(0)
  expect(allowed(others, 0)).toEqual(TASKS)
})

test('the one that started later leaves everything to the first, and the first leaves nothing', () => {
  const later = ours()
  expect(later.hear(report(), 0)).toBe(true)
  expect(later.hear(report(), 1)).toBe(false)
  expect(allowed(later, 1)).toEqual([])
  expect(later.waits('bot1', 1)).toBe(true)
  const first = ours()
  first.hear(report(LATER), 0)
  expect(allowed(first)).toEqual(TASKS)
  expect(first.waits('bot1', 0)).toBe(false)
})

test('one that waits blocks while the first says that it cannot', () => {
  const others = ours()
  others.hear(report(fault('block')), 0)
  expect(allowed(others)).toEqual(['block'])
  others.hear(report(fault('flatten')), 1)
  expect(allowed(others, 1)).toEqual([])
})

test('one that waits takes over when the first has been silent for 15 s, and steps back when it is heard again', () => {
  const others = ours()
  others.hear(report(), 0)
  expect(allowed(others, SILENT_MS - 1)).toEqual([])
  expect(allowed(others, SILENT_MS)).toEqual(TASKS)
  expect(others.faultOf('bot1', SILENT_MS)).toBeNull()
  expect(others.hear(report(), SILENT_MS)).toBe(true)
  expect(allowed(others, SILENT_MS)).toEqual([])
})

test('of two that started at the same time, exactly one works', () => {
  const same = { startedAt: formatInstant(NOON) }
  const a = ours('a')
  a.hear(report({ run: 'b', ...same }), 0)
  const b = ours('b')
  b.hear(report({ run: 'a', ...same }), 0)
  expect([allowed(a).length, allowed(b).length]).toEqual([TASKS.length, 0])
})

test('of three, the first alone works, and the next one after it', () => {
  const others = ours()
  others.hear(report({ run: 'first' }), 0)
  others.hear(report({ run: 'second', startedAt: formatInstant(NOON - 1), ...fault('block') }), 10_000)
  expect(allowed(others, 10_000)).toEqual([])
  // The second works now, and says that it cannot block.
  expect(allowed(others, SILENT_MS)).toEqual(['block'])
  expect(allowed(others, 10_000 + SILENT_MS)).toEqual(TASKS)
})

test('an older version, which does not say when it started and waits for nobody, counts as the first', () => {
  const { run: _run, startedAt: _startedAt, ...old } = report()
  const others = ours()
  others.hear(old, 0)
  expect(allowed(others)).toEqual([])
  expect(others.faultOf('bot1', 0)?.reason).toBe(
    '2 processes run it: there-2 (an older version) does the work, and here-1 (since 2026-01-01T12:00:00.000Z) waits',
  )
})

test.each([
  ['our own reports', { run: 'ours' }],
  ['a dry run', { dryRun: true }],
  ['another connector', { connector: 'bot2' }],
])('%s changes nothing', (_what, more) => {
  const others = ours()
  others.hear(report(more), 0)
  expect(allowed(others)).toEqual(TASKS)
  expect(others.faultOf('bot1', 0)).toBeNull()
})

test('each process tells the fault in the same words, with what mends it', () => {
  const later = ours()
  later.hear(report(), 0)
  const first = new OtherProcesses({ run: 'other', instance: 'there-2', startedAt: NOON - 60_000 })
  first.hear(report({ run: 'ours', instance: 'here-1', startedAt: formatInstant(NOON) }), 0)
  const told = later.faultOf('bot1', 0)
  expect(told).toEqual(first.faultOf('bot1', 0))
  expect(told).toMatchObject({
    kind: 'refused',
    reason:
      '2 processes run it: there-2 (since 2026-01-01T11:59:00.000Z) does the work, and here-1 (since 2026-01-01T12:00:00.000Z) waits',
    advice: expect.stringContaining('docker compose --profile connector stop connector'),
  })
})

test('however many processes somebody makes up, memory has a bound, and room comes back', () => {
  const others = ours()
  for (let i = 0; i < 600; i += 1) others.hear(report({ run: `r${i}`, ...LATER }), 0)
  expect(others.hear(report({ run: 'one more' }), 1)).toBe(false)
  expect(others.hear(report({ run: 'one more' }), SILENT_MS)).toBe(true)
})
