import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Gate } from '../src/gate.ts'
import { EXIT, type GateCode } from '../src/verdict.ts'
import { Decisions, START } from './decisions.ts'

const LEASE_MS = 10_000
const UNDECIDED_AFTER_MS = 1_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date', 'setTimeout', 'setInterval'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A gate that knows of one allowed tick and has heard a guardian now. */
function openGate() {
  const gate = new Gate('bot1', LEASE_MS)
  const decisions = new Decisions('bot1')
  gate.apply(decisions.tick(1000))
  gate.caughtUp()
  gate.heartbeat(performance.now())
  return { gate, decisions }
}

function pass(ms: number): void {
  vi.advanceTimersByTime(ms)
}

describe('a gate is', () => {
  const unknown = 'the risk state of this trader is not known yet'
  const cases: readonly {
    readonly name: string
    readonly arrange: (gate: Gate, decisions: Decisions) => void
    readonly code?: GateCode
    readonly reason: string | null
    readonly until?: string
  }[] = [
    { name: 'closed at first', arrange: () => undefined, code: 'unknown', reason: unknown },
    {
      name: 'closed while the log is still being read',
      arrange: (gate, decisions) => {
        gate.apply(decisions.tick(1000))
        gate.heartbeat(performance.now())
      },
      code: 'unknown',
      reason: unknown,
    },
    {
      name: 'closed for a trader that the log does not know',
      arrange: (gate) => {
        gate.caughtUp()
        gate.heartbeat(performance.now())
      },
      code: 'unknown',
      reason: unknown,
    },
    {
      name: 'closed before a guardian is heard',
      arrange: (gate, decisions) => {
        gate.apply(decisions.tick(1000))
        gate.caughtUp()
      },
      code: 'no-guardian',
      reason: 'no risk guardian has been heard yet',
    },
    {
      name: 'open once the state is known, allows, and a guardian is heard',
      arrange: (gate, decisions) => {
        gate.apply(decisions.tick(1000))
        gate.caughtUp()
        gate.heartbeat(performance.now())
      },
      reason: null,
    },
    {
      name: 'open just before the lease ends',
      arrange: (gate, decisions) => {
        gate.apply(decisions.tick(1000))
        gate.caughtUp()
        gate.heartbeat(performance.now())
        pass(LEASE_MS - 1)
      },
      reason: null,
    },
    {
      name: 'closed when no heartbeat came for the lease',
      arrange: (gate, decisions) => {
        gate.apply(decisions.tick(1000))
        gate.caughtUp()
        gate.heartbeat(performance.now())
        pass(LEASE_MS)
      },
      code: 'no-guardian',
      reason: 'no risk guardian has been heard for 10 s',
    },
    {
      name: 'closed when guardians are heard and none told the newest decision for the lease',
      arrange: (gate, decisions) => {
        gate.apply(decisions.tick(1000))
        gate.caughtUp()
        const told = performance.now()
        pass(LEASE_MS)
        gate.heartbeat(told, performance.now())
      },
      code: 'no-guardian',
      reason: 'no risk guardian has told the newest decision for 10 s',
    },
    {
      name: 'closed by an operator until somebody resumes',
      arrange: (gate, decisions) => {
        gate.apply(decisions.tick(1000))
        gate.apply(decisions.pause('lunch'))
        gate.caughtUp()
        gate.heartbeat(performance.now())
      },
      code: 'operator',
      reason: 'operator: lunch',
    },
    {
      name: 'closed by an operator until a time',
      arrange: (gate, decisions) => {
        gate.apply(decisions.tick(1000))
        gate.apply(decisions.pause('lunch', START + 3_600_000))
        gate.caughtUp()
        gate.heartbeat(performance.now())
      },
      code: 'operator',
      reason: 'operator: lunch',
      until: '2026-03-12T15:00:00.000Z',
    },
    {
      name: 'closed with the words of the pause, also where no guardian is heard',
      arrange: (gate, decisions) => {
        gate.apply(decisions.tick(1000))
        gate.apply(decisions.pause('lunch'))
        gate.caughtUp()
        pass(LEASE_MS)
      },
      code: 'operator',
      reason: 'operator: lunch',
    },
    {
      name: 'open while a reading is undecided for less than a second',
      arrange: (gate, decisions) => {
        gate.apply(decisions.tick(1000))
        gate.caughtUp()
        gate.report({ equity: 1001_00000000n })
        pass(UNDECIDED_AFTER_MS - 1)
        gate.heartbeat(performance.now())
      },
      reason: null,
    },
    {
      name: 'closed when a reading is undecided for a second, however alive the guardian is',
      arrange: (gate, decisions) => {
        gate.apply(decisions.tick(1000))
        gate.caughtUp()
        gate.report({ equity: 1001_00000000n })
        pass(UNDECIDED_AFTER_MS)
        gate.heartbeat(performance.now())
      },
      code: 'undecided',
      reason: 'a reading has not been judged for 1 s',
    },
    {
      name: 'closed while a stored reading is undecided as long',
      arrange: (gate, decisions) => {
        gate.apply(decisions.tick(1000))
        gate.caughtUp()
        gate.inputsOffset(0)
        gate.report({ equity: 1001_00000000n }).stored(2)
        pass(UNDECIDED_AFTER_MS)
        gate.heartbeat(performance.now())
      },
      code: 'undecided',
      reason: 'a reading has not been judged for 1 s',
    },
    {
      name: 'open again when that reading is decided',
      arrange: (gate, decisions) => {
        gate.apply(decisions.tick(1000))
        gate.caughtUp()
        gate.inputsOffset(0)
        gate.report({ equity: 1001_00000000n }).stored(2)
        pass(UNDECIDED_AFTER_MS)
        gate.heartbeat(performance.now())
        gate.apply(decisions.tick(1001))
      },
      reason: null,
    },
    {
      name: 'closed at once by a reading that may change the answer',
      arrange: (gate, decisions) => {
        gate.apply(decisions.tick(1000))
        gate.caughtUp()
        gate.heartbeat(performance.now())
        gate.report({ equity: 500_00000000n })
      },
      code: 'undecided',
      reason: 'the reading that was just reported may change this answer, and is not judged yet',
    },
    {
      name: 'closed when the log can not be followed any more, with the words why',
      arrange: (gate, decisions) => {
        gate.apply(decisions.tick(1000))
        gate.caughtUp()
        gate.heartbeat(performance.now())
        gate.lost('the log is gone')
      },
      code: 'unknown',
      reason: 'the log is gone',
    },
    {
      name: 'closed while the log can not be followed, whatever else is heard',
      arrange: (gate, decisions) => {
        gate.apply(decisions.tick(1000))
        gate.caughtUp()
        gate.lost('the log is gone')
        gate.apply(decisions.tick(1001))
        gate.heartbeat(performance.now())
      },
      code: 'unknown',
      reason: 'the log is gone',
    },
    {
      name: 'open again when the log has been read again',
      arrange: (gate, decisions) => {
        gate.apply(decisions.tick(1000))
        gate.caughtUp()
        gate.lost('the log is gone')
        gate.heartbeat(performance.now())
        gate.caughtUp()
      },
      reason: null,
    },
  ]

  test.each(cases)('$name', ({ arrange, code = 'ok', reason, until = null }) => {
    const gate = new Gate('bot1', LEASE_MS)

    arrange(gate, new Decisions('bot1'))

    expect(gate.canTrade()).toMatchObject({ allowed: reason === null, code, reason, until })
    expect(gate.canTrade('enter')).toBe(gate.canTrade())
  })

  test.each(cases)('open for reducing when it is $name', ({ arrange }) => {
    const gate = new Gate('bot1', LEASE_MS)

    arrange(gate, new Decisions('bot1'))

    expect(gate.canTrade('reduce')).toBe(EXIT)
  })
})

test('a breach closes the gate and says what broke, and until when', () => {
  const { gate, decisions } = openGate()

  const breach = decisions.tick(100)
  gate.apply(breach)

  expect(breach.type).toBe('breach')
  expect(gate.canTrade()).toEqual({
    allowed: false,
    code: 'limit',
    action: 'block-entries',
    holders: ['limit:max_daily_loss', 'limit:max_drawdown'],
    reason: 'max_daily_loss: 90 % reached the limit of 10 %; max_drawdown: 90 % reached the limit of 20 %',
    until: '2026-03-13T00:00:00.000Z',
    budget: { room: '-800', limit: 'max_daily_loss', factor: '0' },
    retryAfterMs: null,
  })
})

test('a pause whose end has passed stays closed until an event opens it', () => {
  const { gate, decisions } = openGate()
  gate.apply(decisions.pause('lunch', START + 60_000))

  for (let second = 0; second < 24 * 3_600; second += 600) {
    pass(600_000)
    gate.heartbeat(performance.now())
    expect(gate.canTrade().allowed).toBe(false)
  }
  gate.apply(decisions.resume())

  expect(gate.canTrade().allowed).toBe(true)
})

test('a gate that a passed lease has closed opens by a heartbeat alone', () => {
  const { gate } = openGate()
  pass(LEASE_MS)
  expect(gate.canTrade().allowed).toBe(false)

  pass(LEASE_MS)
  expect(gate.canTrade().allowed).toBe(false)
  gate.heartbeat(performance.now())

  expect(gate.canTrade().allowed).toBe(true)
})

test('an event that is not newer than what is known is ignored', () => {
  const { gate, decisions } = openGate()
  const allowed = decisions.tick(1001)
  const paused = decisions.pause('lunch')
  gate.apply(paused)

  gate.apply(allowed)
  gate.apply({ ...allowed, state: { ...allowed.state, version: paused.state.version } })

  expect(gate.version).toBe(paused.state.version)
  expect(gate.canTrade().allowed).toBe(false)
})

test('versions that were left out do not matter: one event is enough', () => {
  const { gate, decisions } = openGate()
  decisions.pause('lunch')
  decisions.tick(1001)
  const resumed = decisions.resume()

  gate.apply(resumed)

  expect(gate.version).toBe(resumed.state.version)
  expect(gate.canTrade().allowed).toBe(true)
})

test('a trader that is silent for too long may not enter until it is heard again, and may always reduce', () => {
  const { gate, decisions } = openGate()
  decisions.staleAfterSeconds(1)
  const heard = decisions.tick(1000)
  gate.apply(heard)
  expect(gate.canTrade().allowed).toBe(true)

  const stale = decisions.wake()
  gate.apply(stale)

  expect(stale.type).toBe('feed-stale')
  expect(gate.staleSince).toBe(heard.effectiveAt)
  expect(gate.canTrade()).toMatchObject({
    allowed: false,
    code: 'silent',
    reason: `no equity has been reported since ${new Date(heard.effectiveAt).toISOString()}`,
    until: null,
  })
  expect(gate.canTrade('reduce').allowed).toBe(true)
  expect(gate.isLive).toBe(true)

  gate.apply(decisions.tick(1000))

  expect(gate.staleSince).toBeNull()
  expect(gate.canTrade().allowed).toBe(true)
})

test('a pause that ends leaves the gate of a silent trader closed', () => {
  const { gate, decisions } = openGate()
  decisions.staleAfterSeconds(1)
  decisions.tick(1000)
  gate.apply(decisions.pause('lunch'))
  expect(gate.canTrade().reason).toBe('operator: lunch')

  gate.apply(decisions.resume())

  expect(gate.canTrade().reason).toMatch(/^no equity has been reported since/)
})

test('a log that starts from scratch says nothing of who was silent', () => {
  const { gate, decisions } = openGate()
  decisions.staleAfterSeconds(1)
  decisions.tick(1000)
  gate.apply(decisions.wake())

  gate.forget()

  expect(gate.staleSince).toBeNull()
})

test('every answer is frozen, and the same object as long as nothing changes', () => {
  const { gate, decisions } = openGate()
  const answers = [() => gate.canTrade(), () => gate.canTrade('reduce')]
  const expectStable = () => {
    for (const answer of answers) {
      expect(answer()).toBe(answer())
      expect(Object.isFrozen(answer())).toBe(true)
    }
  }

  expectStable()
  pass(LEASE_MS)
  expectStable()
  gate.apply(decisions.pause('lunch', START + 60_000))
  expectStable()
  gate.lost('the log is gone')
  expectStable()
  expectStable()
})

test('a gate is live while the decision is known and fresh, be it a pause', () => {
  const { gate, decisions } = openGate()
  expect(gate.isLive).toBe(true)

  gate.apply(decisions.pause('lunch'))
  expect(gate.isLive).toBe(true)
  pass(LEASE_MS)
  expect(gate.isLive).toBe(false)
  gate.heartbeat(performance.now())
  expect(gate.isLive).toBe(true)
  gate.lost('the log is gone')
  expect(gate.isLive).toBe(false)
})

test('a gate that starts again by another log knows nothing of the one before, its heartbeats included', () => {
  const { gate, decisions } = openGate()
  gate.apply(decisions.tick(1001))
  gate.forget()
  expect(gate.canTrade().reason).toBe('the risk state of this trader is not known yet')
  expect(gate.canTrade('reduce').allowed).toBe(true)

  gate.apply(new Decisions('bot1').tick(1000))
  gate.caughtUp()
  expect(gate.version).toBe(1)
  expect(gate.canTrade().reason).toBe('no risk guardian has been heard yet')
  gate.heartbeat(performance.now())
  expect(gate.canTrade().allowed).toBe(true)
})
