import { EXIT, type Verdict } from '@drawbridge/client'
import { createLogger } from '@drawbridge/service-kit'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ActingLoop, type ActingLoopParts } from '../src/acting-loop.ts'
import { ConnectorFaults } from '../src/connector-faults.ts'
import { Clock } from '../src/outbound/clock.ts'
import { OpenedAccount } from '../src/outbound/opened-account.ts'
import { Pause } from '../src/pause.ts'
import type { Account, BlockAnswer, Failure, FlattenAnswer } from '../src/port.ts'

const SECOND_MS = 1_000
const LIMITED: Failure = { kind: 'rate-limited', retryAfterMs: 99_999_999_000, reason: 'it answers 429' }
const AWAY: Failure = { kind: 'temporary', reason: 'it is away' }
const BREACH: Verdict = { ...EXIT, allowed: false, code: 'limit', action: 'flatten', reason: 'a loss' }
const BLOCKED: BlockAnswer = { kind: 'blocked', until: null, changed: true }

/** What the gate says. */
let verdict: Verdict
let stopping: AbortController
let running: Promise<void> | null
beforeEach(() => {
  vi.useFakeTimers()
  verdict = EXIT
  stopping = new AbortController()
  running = null
})
afterEach(async () => {
  stopping.abort()
  await vi.advanceTimersByTimeAsync(SECOND_MS)
  await running
  vi.useRealTimers()
})

/** An account that a test plays, its calls in order, and what cannot be done. */
function acting(
  play: { block?: (() => Promise<BlockAnswer>) | null; flatten?: () => Promise<FlattenAnswer> },
  may: ActingLoopParts['may'] = () => true,
  mayClose = true,
  more: Partial<Pick<ActingLoopParts, 'dryRun' | 'log'>> = {},
) {
  const calls: string[] = []
  const { block = async () => BLOCKED, flatten = async () => ({ kind: 'flat' as const }) } = play
  const called = <T>(call: string, make: () => Promise<T>) => {
    return () => {
      calls.push(call)
      return make()
    }
  }
  const account: Account = {
    readEquity: async () => AWAY,
    block: block === null ? null : called('block', block),
    unblock: called('unblock', async () => ({ kind: 'unblocked' as const, changed: true })),
    flatten: called('flatten', flatten),
  }
  const log = createLogger('test', 'silent')
  const faults = new ConnectorFaults(log, () => undefined)
  const opening = { readSecrets: () => ({}), open: () => account, alsoSecret: [] }
  const loop = new ActingLoop(
    {
      gate: { canTrade: () => verdict, onNewest: () => undefined },
      account: new OpenedAccount(opening, stopping.signal),
      mayClose,
      dryRun: false,
      faults,
      clock: new Clock(),
      may,
      pause: new Pause(),
      log,
      ...more,
    },
    stopping.signal,
  )
  running = loop.run()
  const made = (call: string) => calls.filter((one) => one === call).length
  return { calls, made, loop, faults, faultsOf: () => faults.open.map(({ task }) => task) }
}

const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * SECOND_MS)

test('positions are closed after entries are blocked', async () => {
  const { calls } = acting({})
  verdict = BREACH
  await pass(1)
  expect(calls).toEqual(['unblock', 'block', 'flatten'])
})

test.each([
  ['fails', async () => AWAY],
  ['has to wait', async () => LIMITED],
  ['does not answer', () => new Promise<never>(() => undefined)],
])('where the block %s, positions are closed all the same', async (_how, block) => {
  const { made, faultsOf } = acting({ block })
  verdict = BREACH
  await pass(4)
  expect(made('flatten')).toBe(1)
  await pass(60)
  expect(faultsOf()).toEqual(['block'])
  expect(made('block')).toBeGreaterThan(1)
})

test('where nothing can be blocked, positions are closed all the same', async () => {
  const { calls } = acting({ block: null })
  verdict = BREACH
  await pass(1)
  expect(calls).toEqual(['unblock', 'flatten'])
})

test.each([
  ['fails', async () => AWAY],
  ['has to wait', async () => LIMITED],
  ['does not answer', () => new Promise<never>(() => undefined)],
])('where closing %s, entries are blocked all the same, and the block is looked at again', async (_how, flatten) => {
  const { made, faultsOf } = acting({ flatten })
  verdict = BREACH
  await pass(100)
  expect(made('block')).toBe(4)
  expect(made('flatten')).toBeGreaterThan(1)
  expect(faultsOf()).toEqual(['flatten'])
})

test('what was entered until a late block came true is closed, too', async () => {
  let answer: BlockAnswer = AWAY
  const { calls } = acting({ block: async () => answer })
  verdict = BREACH
  await pass(1)
  expect(calls.at(-1)).toBe('flatten')
  answer = BLOCKED
  await pass(5)
  expect(calls.slice(-2)).toEqual(['block', 'flatten'])
})

test('a position that is opened again while the decision says to close is closed, too', async () => {
  const { made } = acting({ block: null })
  verdict = BREACH
  await pass(65)
  expect(made('flatten')).toBe(3)
})

test('an other side that refuses to block is asked again within a minute, however often it refuses', async () => {
  const { made } = acting({ block: async () => ({ kind: 'refused', reason: 'no right' }) })
  verdict = BREACH
  await pass(600)
  const before = made('block')
  await pass(61)
  expect(made('block')).toBeGreaterThan(before)
})

test('an other side that asks for years of patience is told to block again after a minute', async () => {
  const answers: BlockAnswer[] = [LIMITED, BLOCKED]
  const { made, loop } = acting({ block: async () => answers.shift() ?? BLOCKED })
  verdict = { ...BREACH, action: null }
  await pass(59)
  expect(made('block')).toBe(1)
  await pass(3)
  expect(loop.stands).toBe('blocked')
})

test('a gate that opens and closes each second for a minute costs few calls, and stays blocked', async () => {
  const { calls, made, loop } = acting({})
  await pass(1)
  for (let second = 0; second < 60; second += 1) {
    verdict = second % 2 === 0 ? { ...BREACH, until: new Date(second * SECOND_MS).toISOString() } : EXIT
    await pass(1)
    if (second > 0) expect(loop.stands).toBe('blocked')
  }
  expect(calls.slice(0, 3)).toEqual(['unblock', 'block', 'flatten'])
  expect(made('unblock')).toBe(1)
  expect(made('block')).toBeLessThanOrEqual(13)
  expect(made('flatten')).toBeLessThanOrEqual(13)
  verdict = EXIT
  await pass(6)
  expect(calls.at(-1)).toBe('unblock')
  expect(loop.stands).toBe('open')
})

test('a closing that could not be done is no fault any more once nobody asks for it', async () => {
  const { faultsOf } = acting({ flatten: async () => AWAY })
  verdict = BREACH
  await pass(2)
  expect(faultsOf()).toEqual(['flatten'])
  verdict = { ...BREACH, action: null }
  await pass(6)
  expect(faultsOf()).toEqual([])
})

test('a new key is tried at once', async () => {
  const { made, loop } = acting({ block: async () => ({ kind: 'refused', reason: 'a wrong key' }) })
  verdict = BREACH
  await pass(3)
  expect(made('block')).toBe(1)
  loop.tryAgain()
  await pass(1)
  expect(made('block')).toBe(2)
})

test.each([
  ['forward', 1],
  ['back', -1],
])('a clock that jumps %s by an hour lets no lock end', async (_where, sign) => {
  const lastsMs = 20 * SECOND_MS
  /** By the clock of the other side, which stays right. */
  let [othersNow, endsAt] = [Date.now(), 0]
  const block = async (): Promise<BlockAnswer> => {
    endsAt = othersNow + lastsMs
    return { kind: 'blocked', until: endsAt, changed: true }
  }
  const { made } = acting({ block })
  verdict = { ...BREACH, action: null }
  for (let second = 1; second <= 120; second += 1) {
    await pass(1)
    othersNow += SECOND_MS
    if (second === 3) vi.setSystemTime(Date.now() + sign * 3_600_000)
    expect(endsAt).toBeGreaterThan(othersNow)
  }
  expect(made('block')).toBeLessThanOrEqual(25)
})

test('what another process does is left to it, and done at once when it is ours again', async () => {
  let ours: readonly string[] = []
  const { calls, loop, faultsOf } = acting({}, (task) => ours.includes(task))
  await pass(10)
  verdict = BREACH
  await pass(60)
  expect(calls).toEqual([])
  expect([loop.wanted?.kind, loop.stands]).toEqual(['blocked', null])
  ours = ['block']
  await pass(1)
  expect(calls).toEqual(['block'])
  ours = []
  await pass(60)
  ours = ['block', 'unblock', 'flatten']
  await pass(1)
  expect(calls).toEqual(['block', 'block', 'flatten'])
  expect(faultsOf()).toEqual([])
})

test('whoever may not close is told so, and nobody is sent to look at keys for it', async () => {
  const { calls, faults } = acting({}, () => true, false)
  verdict = BREACH
  await pass(3)
  expect(calls).not.toContain('flatten')
  expect(faults.open).toMatchObject([{ task: 'flatten', advice: expect.stringContaining('set "may_close": true') }])
})

test('a dry run says once what it would do and why, does nothing, and claims nothing of the other side', async () => {
  const said: object[] = []
  const log = createLogger('test', 'silent')
  log.info = ((fields: object) => said.push(fields)) as typeof log.info
  verdict = BREACH
  const { calls, loop, faultsOf } = acting({}, () => true, false, { dryRun: true, log })
  await pass(120)
  const cannot = 'close positions, as "may_close" is not set'
  expect(said).toEqual([{ does: 'block', cannot, code: 'limit', reason: 'a loss' }])
  expect([calls, loop.wanted?.kind, loop.stands, faultsOf()]).toEqual([[], 'blocked', null, []])
})
