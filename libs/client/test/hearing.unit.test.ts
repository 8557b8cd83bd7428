import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Hearing } from '../src/core/hearing.ts'
import { Gate } from '../src/gate.ts'
import { FollowedGate } from '../src/inbound/followed-gate.ts'
import { Decisions } from './decisions.ts'

const LEASE_MS = 10_000
const LOOK_EVERY_MS = 5_000

let hearing: Hearing

beforeEach(() => {
  hearing = new Hearing({ leaseMs: LEASE_MS, lookEveryMs: LOOK_EVERY_MS })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('guardians', () => {
  test('are heard for the lease after a heartbeat', () => {
    expect(hearing.isGuardianHeard(0)).toBe(false)

    hearing.heartbeat(0)

    expect(hearing.isGuardianHeard(LEASE_MS - 1)).toBe(true)
    expect(hearing.isGuardianHeard(LEASE_MS)).toBe(false)
  })

  test('are not heard before the first heartbeat with an adopted log', () => {
    hearing.heartbeat(0)

    hearing.forgetGuardians()
    expect(hearing.isGuardianHeard(1)).toBe(false)
    hearing.heartbeat(2)

    expect(hearing.isGuardianHeard(3)).toBe(true)
  })

  test('are silent when no heartbeat came for longer than the lease', () => {
    hearing.heartbeat(0)

    expect(hearing.isSilent(LEASE_MS)).toBe(false)
    expect(hearing.isSilent(LEASE_MS + 1)).toBe(true)
  })

  test('are not silent for the lease after the newest decisions were read', () => {
    hearing.heartbeat(0)

    hearing.restart(LEASE_MS)

    expect(hearing.isSilent(2 * LEASE_MS)).toBe(false)
    expect(hearing.isSilent(2 * LEASE_MS + 1)).toBe(true)
  })
})

describe('a heartbeat keeps a gate open', () => {
  test('up to two seconds after its newest event was read, if no decision is heard', () => {
    expect(hearing.knownUntil(1_000, 2_500)).toBe(2_500)
    expect(hearing.knownUntil(1_000, 3_500)).toBe(3_000)
  })

  test('up to two seconds after a decision on any trader, if none were missed', () => {
    hearing.decision(0)

    hearing.decision(4_000)

    expect(hearing.knownUntil(1_000, 5_500)).toBe(5_500)
    expect(hearing.knownUntil(1_000, 6_500)).toBe(6_000)
  })

  test('no longer by a decision that follows a silence, until its newest event is read again', () => {
    hearing.decision(0)

    hearing.decision(LOOK_EVERY_MS + 1)

    expect(hearing.knownUntil(1_000, 5_500)).toBe(3_000)
    expect(hearing.knownUntil(5_400, 5_500)).toBe(5_500)
  })

  test('not by the first decision, if its newest event was read before', () => {
    hearing.decision(3_500)

    expect(hearing.knownUntil(1_000, 4_000)).toBe(3_000)
  })
})

describe('a gate is read again', () => {
  const cases: readonly {
    readonly name: string
    readonly decisions: readonly number[]
    readonly readAt?: number
    readonly isConfirmed?: boolean
    readonly now?: number
    readonly isDue: boolean
  }[] = [
    { name: 'not while decisions are heard', decisions: [0, 4_000], isDue: false },
    { name: 'after the interval without a decision', decisions: [0], isDue: true },
    { name: 'not before the interval is over', decisions: [], now: 5_999, isDue: false },
    { name: 'after its first reading, whatever is heard', decisions: [0, 4_000], isConfirmed: false, isDue: true },
    { name: 'where a silence may have hidden decisions', decisions: [0, 5_500], isDue: true },
    {
      name: 'not where the silence was before its reading',
      decisions: [0, 5_500, 9_000],
      readAt: 6_000,
      now: 11_000,
      isDue: false,
    },
  ]
  test.each(cases)('$name', ({ decisions, readAt = 1_000, isConfirmed = true, now = 6_000, isDue }) => {
    for (const at of decisions) hearing.decision(at)

    expect(hearing.isDue({ readAt, isConfirmed }, now)).toBe(isDue)
  })
})

test('a gate that was deaf to decisions for longer than the lease does not open by a decision on another trader', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const gate = new Gate('bot1', LEASE_MS)
  const followed = new FollowedGate(gate)
  const beat = () => {
    const now = performance.now()
    hearing.heartbeat(now)
    gate.heartbeat(hearing.knownUntil(followed.readAt, now), now)
  }
  hearing.decision(performance.now())
  followed.apply(new Decisions('bot1').tick(1000), 1)
  followed.isRead(1, performance.now())
  beat()
  expect(gate.canTrade().allowed).toBe(true)

  vi.advanceTimersByTime(LEASE_MS + 2_000)
  hearing.decision(performance.now())
  beat()
  expect(gate.canTrade().code).toBe('no-guardian')
  followed.isRead(1, performance.now())
  beat()

  expect(gate.canTrade().allowed).toBe(true)
})
