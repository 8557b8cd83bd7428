import { DEFAULT_LIMITS } from '@drawbridge/contracts'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { Gate } from '../src/gate.ts'
import { EXIT, GATE_CODES, type GateCode } from '../src/verdict.ts'
import { Decisions, START } from './decisions.ts'

const LEASE_MS = 10_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
  return () => vi.useRealTimers()
})

interface Scene {
  readonly gate: Gate
  readonly decisions: Decisions
}

/** A gate that knows the newest decision, and has heard a guardian now. */
function sceneOf(act: (scene: Scene) => void): Gate {
  const scene = { gate: new Gate('bot1', LEASE_MS), decisions: new Decisions('bot1') }
  scene.gate.caughtUp()
  scene.gate.heartbeat(performance.now())
  act(scene)
  return scene.gate
}

/** One way to each code. A new code needs one here. */
const WAYS: { readonly [C in GateCode]: (scene: Scene) => void } = {
  unknown: ({ gate }) => gate.lost('the log is gone'),
  unconfirmed: ({ gate, decisions }) => {
    decisions.tick(1000)
    decisions.set({ confirmJump: DEFAULT_LIMITS.confirmJump })
    gate.apply(decisions.tick(700))
  },
  'no-reading': ({ gate, decisions }) => gate.apply(decisions.unreadable('no JSON')),
  limit: ({ gate, decisions }) => {
    decisions.tick(1000)
    gate.apply(decisions.tick(850))
  },
  operator: ({ gate, decisions }) => {
    decisions.tick(1000)
    gate.apply(decisions.pause('lunch'))
  },
  closed: ({ gate, decisions }) => {
    const holidays = ['2026-03-12']
    decisions.set({ sessions: { zone: 'UTC', hours: ['mon-sun 00:00-24:00'], holidays, blockEntries: true } })
    gate.apply(decisions.tick(1000))
  },
  rejected: ({ gate, decisions }) => {
    decisions.tick(1000)
    gate.apply(decisions.unreadable('no JSON'))
  },
  'out-of-order': ({ gate, decisions }) => {
    decisions.tick(1000, 9)
    for (let seq = 1; seq <= 5; seq += 1) gate.apply(decisions.tick(1000, seq))
  },
  silent: ({ gate, decisions }) => {
    decisions.staleAfterSeconds(1)
    decisions.tick(1000)
    gate.apply(decisions.wake())
  },
  uncomputable: ({ gate, decisions }) => gate.apply(decisions.tick(-5)),
  undecided: ({ gate, decisions }) => {
    gate.apply(decisions.tick(1000))
    gate.report({ equity: 1001_00000000n })
    vi.advanceTimersByTime(1_000)
  },
  'no-guardian': ({ gate, decisions }) => {
    gate.apply(decisions.tick(1000))
    vi.advanceTimersByTime(LEASE_MS)
  },
  ok: ({ gate, decisions }) => gate.apply(decisions.tick(1000)),
}

describe.each(GATE_CODES)('a gate of the code %s', (code) => {
  test('says so, and lets nobody enter but where it is ok', () => {
    expect(sceneOf(WAYS[code]).canTrade()).toMatchObject({ code, allowed: code === 'ok' })
  })

  test('lets everybody reduce', () => {
    expect(sceneOf(WAYS[code]).canTrade('reduce')).toBe(EXIT)
  })

  test('says why in words where it is closed', () => {
    const { reason } = sceneOf(WAYS[code]).canTrade()
    expect(reason).toEqual(code === 'ok' ? null : expect.stringMatching(/\w/))
  })

  test('asks to be asked again only where the next reading decides', () => {
    expect(sceneOf(WAYS[code]).canTrade().retryAfterMs).toBe(code === 'unconfirmed' ? 1_000 : null)
  })
})

describe('of several codes the first is told', () => {
  const inOrder = GATE_CODES.filter((code) => code !== 'ok')

  test('of the state of the log before all others', () => {
    for (const code of inOrder) {
      const gate = sceneOf(WAYS[code])
      gate.lost('the log is gone')
      expect(gate.canTrade().code).toBe('unknown')
    }
  })

  test('of the decision before the guardian that tells it', () => {
    const gate = sceneOf(WAYS.limit)
    gate.report({ equity: 1001_00000000n })
    vi.advanceTimersByTime(LEASE_MS)
    expect(gate.canTrade().code).toBe('limit')
  })

  test('of a guardian that is not heard before the readings that nobody judges then', () => {
    const gate = sceneOf(WAYS.ok)
    gate.report({ equity: 1001_00000000n })
    vi.advanceTimersByTime(LEASE_MS - 1)
    expect(gate.canTrade().code).toBe('undecided')
    vi.advanceTimersByTime(1)
    expect(gate.canTrade().code).toBe('no-guardian')
  })
})

test('an open gate tells how much may be lost yet, and by which limit', () => {
  const gate = sceneOf(({ gate, decisions }) => {
    decisions.set({
      budgetSteps: [
        { abovePct: 50_00000000n, factor: 100_000_000n },
        { abovePct: 0n, factor: 50_000_000n },
      ],
    })
    decisions.tick(1000)
    gate.apply(decisions.tick(940))
  })
  expect(gate.canTrade()).toEqual({ ...EXIT, budget: { room: '40', limit: 'max_daily_loss', factor: '0.5' } })
})

test('a hold of a limit that flattens says so, and an operator says nothing of the positions', () => {
  const flattening = sceneOf(({ gate, decisions }) => {
    decisions.set({
      maxDailyLossPct: null,
      named: {
        hard: {
          window: 'day',
          reference: { kind: 'start', of: 'equity' },
          size: { kind: 'amount', amount: 100_00000000n },
          tiers: [{ atPct: 100_00000000n, action: 'flatten' }],
        },
      },
    })
    decisions.tick(1000)
    gate.apply(decisions.tick(880))
  })
  expect(flattening.canTrade()).toMatchObject({ code: 'limit', action: 'flatten', holders: ['limit:hard'] })
  expect(sceneOf(WAYS.operator).canTrade()).toMatchObject({ until: null, holders: ['operator'] })
})

test('a pause with an end tells it as a time', () => {
  const gate = sceneOf(({ gate, decisions }) => gate.apply(decisions.pause('lunch', START + 3_600_000)))
  expect(gate.canTrade().until).toBe('2026-03-12T15:00:00.000Z')
})
