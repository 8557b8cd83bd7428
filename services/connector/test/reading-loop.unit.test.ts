import type { Outbox } from '@drawbridge/client'
import { createLogger } from '@drawbridge/service-kit'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ConnectorFaults } from '../src/connector-faults.ts'
import { Clock } from '../src/outbound/clock.ts'
import { OpenedAccount } from '../src/outbound/opened-account.ts'
import { Pause } from '../src/pause.ts'
import type { Account, ReadAnswer } from '../src/port.ts'
import { ReadingLoop, type ReadingLoopParts } from '../src/reading-loop.ts'

const SECRET = 'a-secret-of-the-account'

let stopping: AbortController
beforeEach(() => {
  vi.useFakeTimers()
  stopping = new AbortController()
})
afterEach(async () => {
  stopping.abort()
  await vi.runAllTimersAsync()
  vi.useRealTimers()
})

/** Reads an account that a test plays, each second unless it says otherwise. */
function reading(readEquity: () => Promise<ReadAnswer>, more: Partial<ReadingLoopParts> = {}) {
  const account: Account = { readEquity, block: null, unblock: null }
  const log = createLogger('test', 'silent')
  const faults = new ConnectorFaults(log, () => undefined)
  const loop = new ReadingLoop(
    {
      outbox: null,
      account: new OpenedAccount(
        { readSecrets: () => ({ key: SECRET }), open: () => account, alsoSecret: [] },
        stopping.signal,
      ),
      everyMs: 1_000,
      atLeastEveryMs: 10_000,
      currency: null,
      faults,
      clock: new Clock(),
      may: () => true,
      isInDoubt: () => false,
      pause: new Pause(),
      log,
      ...more,
    },
    stopping.signal,
  )
  void loop.run()
  return { loop, faults }
}

test.each([
  ['forward', 1],
  ['back', -1],
])('an account is read on when the clock of this machine jumps %s by an hour', async (_where, sign) => {
  let othersNow = Date.now()
  const { loop, faults } = reading(async () => {
    return { kind: 'reading', reading: { equity: 1n, currency: 'USD', at: othersNow } }
  })
  await vi.advanceTimersByTimeAsync(0)
  vi.setSystemTime(Date.now() + sign * 3_600_000)
  const before = loop.readings
  for (let second = 1; second <= 10; second += 1) {
    othersNow += 1_000
    await vi.advanceTimersByTimeAsync(1_000)
  }
  expect(loop.readings - before).toBeGreaterThanOrEqual(9)
  expect(loop.ageMs).toBeLessThanOrEqual(1_000)
  expect(faults.open).toEqual([])
})

test('a long wait that the other side asks for is told at once, with its end', async () => {
  vi.setSystemTime(Date.parse('2026-01-05T17:30:10Z'))
  const limited = { kind: 'rate-limited', reason: 'it answers 429', retryAfterMs: 2_090_000 } as const
  const { faults } = reading(async () => limited)
  await vi.advanceTimersByTimeAsync(0)
  expect(faults.open).toMatchObject([
    {
      task: 'read',
      reason: 'it answers 429; it is asked again after 18:05 UTC, and a restart of the connector asks at once',
    },
  ])
})

test.each([
  ['a day', 86_400_000, '18:30'],
  ['two minutes', 120_000, '17:32'],
])('where the other side asks for %s, the time is that of the next try', async (_what, retryAfterMs, time) => {
  vi.setSystemTime(Date.parse('2026-01-05T17:30:10Z'))
  const { faults } = reading(async () => ({ kind: 'rate-limited', reason: '', retryAfterMs }))
  await vi.advanceTimersByTimeAsync(0)
  expect(faults.open[0]?.reason).toContain(`asked again after ${time} UTC`)
})

test('a short wait is told when it comes again and again, without a time', async () => {
  const { faults } = reading(async () => ({ kind: 'rate-limited', reason: 'it answers 429', retryAfterMs: 5_000 }))
  await vi.advanceTimersByTimeAsync(4_000)
  expect(faults.open).toEqual([])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(faults.open).toMatchObject([{ reason: 'it answers 429' }])
})

test('what is wrong with a reading tells no secret that stands in it', async () => {
  const { faults } = reading(
    async () => {
      return { kind: 'reading', reading: { equity: 1n, currency: SECRET } }
    },
    { currency: 'USD' },
  )
  await vi.advanceTimersByTimeAsync(10_000)
  expect(faults.open).toMatchObject([{ task: 'read', reason: expect.stringContaining('it counts in ***') }])
})

test('an account with a long every_seconds is still read in time for each tick', async () => {
  const { loop } = reading(async () => ({ kind: 'reading', reading: { equity: 1n, currency: 'USD' } }), {
    everyMs: 3_600_000,
  })
  await vi.advanceTimersByTimeAsync(30_000)
  expect(loop.readings).toBe(4)
})

test('an account that another process reads is not read, and what is read after it belongs to another run', async () => {
  let isOurs = true
  const sent: { seq: number; run: string }[] = []
  const send = (bytes: Uint8Array) => sent.push(JSON.parse(Buffer.from(bytes).toString()))
  const { loop, faults } = reading(async () => ({ kind: 'reading', reading: { equity: 1n, currency: 'USD' } }), {
    may: () => isOurs,
    outbox: Promise.resolve({ send } as unknown as Outbox),
  })
  await vi.advanceTimersByTimeAsync(15_000)
  isOurs = false
  await vi.advanceTimersByTimeAsync(1_000)
  const before = loop.readings
  await vi.advanceTimersByTimeAsync(60_000)
  expect(loop.readings).toBe(before)
  isOurs = true
  await vi.advanceTimersByTimeAsync(1_000)
  expect(sent.map(({ seq }) => seq)).toEqual([1, 2, 1])
  expect(new Set(sent.map(({ run }) => run)).size).toBe(2)
  expect(faults.open).toEqual([])
})

test('while the decision waits for another reading, the account is read each second, and each reading is reported', async () => {
  let isInDoubt = false
  const sent: number[] = []
  const { loop } = reading(async () => ({ kind: 'reading', reading: { equity: 1n, currency: 'USD' } }), {
    everyMs: 30_000,
    atLeastEveryMs: 100_000,
    isInDoubt: () => isInDoubt,
    outbox: Promise.resolve({ send: () => sent.push(Date.now()) } as unknown as Outbox),
  })
  await vi.advanceTimersByTimeAsync(500)
  expect([loop.readings, sent.length]).toEqual([1, 1])
  isInDoubt = true
  await vi.advanceTimersByTimeAsync(5_000)
  expect([loop.readings, sent.length]).toEqual([6, 6])
  isInDoubt = false
  await vi.advanceTimersByTimeAsync(29_000)
  expect([loop.readings, sent.length]).toEqual([6, 6])
})

test('a doubt makes no try earlier that the other side asked to wait for', async () => {
  let tries = 0
  reading(
    async () => {
      tries += 1
      return { kind: 'rate-limited', reason: 'it answers 429', retryAfterMs: 30_000 }
    },
    { isInDoubt: () => true },
  )
  await vi.advanceTimersByTimeAsync(29_000)
  expect(tries).toBe(1)
})
