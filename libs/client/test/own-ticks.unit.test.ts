import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Gate } from '../src/gate.ts'
import type { OwnTick } from '../src/own-ticks.ts'
import { Decisions } from './decisions.ts'

const LEASE_MS = 10_000
/** So many inputs of others came before the first one of the trader. */
const BEFORE = 100

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date', 'setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** An open gate after one reading of 1000; a loss of 100 breaks a limit. The reading is input {@link BEFORE} + 1. */
function open() {
  const gate = new Gate('bot1', LEASE_MS)
  const decisions = new Decisions('bot1', BEFORE)
  gate.apply(decisions.tick(1000))
  gate.caughtUp()
  gate.heartbeat(performance.now())
  gate.inputsOffset(0)
  const report = (equity: number): OwnTick => {
    const own = gate.report({ equity: BigInt(equity) * 100_000_000n, balance: null })
    own.sending()
    return own
  }
  return { gate, decisions, report }
}

const NEXT = BEFORE + 2
const unjudged = { kind: 'undecided', why: 'unjudged' }
const judged = (version: number) => ({ kind: 'decided', decision: { outcome: 'judged', version, reason: null } })

describe('a reading is decided', () => {
  test('by the event of its own input, and by none before', async () => {
    const { gate, decisions, report } = open()
    const own = report(1001)
    own.stored(NEXT + 1)
    gate.apply(decisions.pause('lunch'))
    expect(await own.fate(0)).toEqual(unjudged)

    gate.apply(decisions.tick(1001))

    expect(await own.fate(0)).toEqual({ kind: 'decided', decision: { outcome: 'judged', version: 3, reason: null } })
    expect(gate.undecided).toBe(0)
  })

  test('also if its event is heard before the answer of NATS', async () => {
    const { gate, decisions, report } = open()
    const own = report(1001)
    gate.apply(decisions.tick(1001))
    gate.apply(decisions.pause('lunch'))
    expect(await own.fate(0)).toEqual({ kind: 'undecided', why: 'unsent' })

    own.stored(NEXT)

    expect(await own.fate(0)).toEqual(judged(2))
  })

  test('by a later event that includes it, if its own was missed', async () => {
    const { gate, decisions, report } = open()
    const own = report(1001)
    own.stored(NEXT)
    decisions.tick(1001)

    gate.apply(decisions.tick(1002))

    expect(await own.fate(0)).toMatchObject({ decision: { outcome: 'included', version: 3 } })
  })

  test('as rejected, with what the guardian says of it', async () => {
    const { gate, decisions, report } = open()
    const own = report(1001)
    own.stored(NEXT)

    gate.apply(decisions.unreadable('no JSON'))

    expect(await own.fate(0)).toMatchObject({ decision: { outcome: 'rejected', version: 2, reason: 'no JSON' } })
  })

  test('each of a batch by its own event', async () => {
    const { gate, decisions, report } = open()
    const own = [1001, 1002, 1003].map(report)
    for (const [index, tick] of own.entries()) tick.stored(NEXT + index)

    for (const equity of [1001, 1002, 1003]) gate.apply(decisions.tick(equity))

    expect(await Promise.all(own.map((tick) => tick.fate(0)))).toEqual([judged(2), judged(3), judged(4)])
  })

  test('while somebody waits, who is told at once', async () => {
    const { gate, decisions, report } = open()
    const own = report(1001)
    const told = own.fate(60_000)
    own.stored(NEXT)

    gate.apply(decisions.tick(1001))

    expect(await told).toEqual(judged(2))
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a reading is not decided', () => {
  test('when the wait is over', async () => {
    const { report } = open()
    const own = report(1001)
    const told = own.fate(1_000)
    own.stored(NEXT)
    vi.advanceTimersByTime(1_000)
    expect(await told).toEqual(unjudged)
  })

  test('if it was left out because more waited, and then it closes no gate', async () => {
    const { gate, report } = open()
    const own = report(500)
    expect(gate.canTrade().code).toBe('undecided')
    own.dropped()
    expect(await own.fate(60_000)).toEqual({ kind: 'undecided', why: 'dropped' })
    expect(gate.canTrade().allowed).toBe(true)
  })

  test('if guardians have passed its input without an event, and entries wait for the next good reading', async () => {
    const { gate, decisions, report } = open()
    const own = report(1001)
    own.stored(NEXT)
    gate.settledUpTo(NEXT - 1)
    expect(await own.fate(0)).toEqual(unjudged)

    gate.settledUpTo(NEXT)
    vi.advanceTimersByTime(1_000)
    expect(await own.fate(0)).toEqual({ kind: 'undecided', why: 'set-aside' })
    expect(gate.canTrade().code).toBe('undecided')

    decisions.tick(1001)
    gate.apply(decisions.tick(1002))
    expect(gate.canTrade().allowed).toBe(true)
  })

  test('if NATS has lost it: sequences only go up', async () => {
    const { gate, decisions, report } = open()
    const lost = report(1001)
    lost.stored(NEXT + 5)
    const next = report(1002)
    next.stored(NEXT)
    expect(await lost.fate(0)).toEqual({ kind: 'undecided', why: 'lost' })

    gate.apply(decisions.tick(1002))

    expect(await next.fate(0)).toEqual(judged(2))
    expect(gate.undecided).toBe(0)
  })

  test('once the process has stopped', async () => {
    const { gate, report } = open()
    const told = report(1001).fate(60_000)
    gate.close()
    expect(await told).toEqual({ kind: 'undecided', why: 'closed' })
  })
})

describe('the sequences of another INPUTS', () => {
  test('are no inputs that were known before the reading was sent', async () => {
    const { gate, report } = open()
    const own = report(1001)
    own.stored(1)
    expect(await own.fate(0)).toEqual(unjudged)
    vi.advanceTimersByTime(1_000)
    expect(gate.canTrade().code).toBe('undecided')
  })

  test('count once a guardian tells where they begin', async () => {
    const { gate, decisions, report } = open()
    const own = report(1001)
    own.stored(1)
    gate.apply(decisions.tick(1001))
    expect(await own.fate(0)).toEqual(unjudged)

    gate.inputsOffset(NEXT - 1)

    expect(await own.fate(0)).toEqual(judged(2))
  })
})

test('of thousands that nobody judges a bounded number is kept, and the gate opens when the last is judged', async () => {
  const { gate, decisions, report } = open()
  const count = 5_000
  for (let index = 0; index < count; index += 1) report(1001).stored(NEXT + index)
  expect(gate.undecided).toBeLessThanOrEqual(1_000)
  vi.advanceTimersByTime(1_000)
  gate.heartbeat(performance.now())

  for (let index = 0; index < count - 1; index += 1) gate.apply(decisions.tick(1001))
  expect(gate.canTrade().code).toBe('undecided')
  gate.apply(decisions.tick(1001))

  expect(gate.canTrade().allowed).toBe(true)
  expect(gate.undecided).toBe(0)
})

describe('before the decision, the gate', () => {
  const near = { equity: 990_00000000n, balance: null }
  const cases = [
    ['stays open for a reading that moves by less than the room', near, true],
    ['stays open for a reading that is the same', { equity: 1000_00000000n }, true],
    ['closes for a loss of the room', { equity: 900_00000000n }, false],
    ['closes for a loss of half of the account', { equity: 500_00000000n }, false],
    ['closes for a gain of 5 percent', { equity: 1050_00000000n }, false],
    ['closes for a balance, if the last reading had none', { ...near, balance: 1000_00000000n }, false],
    ['closes for closed trades', { ...near, closed: [{ id: 'a', at: null, pnl: -1n }] }, false],
    ['closes for a field that cannot be read', { ...near, faults: { balance: 'must be a decimal' } }, false],
  ] as const
  test.each(cases)('%s', (_name, reading, isOpen) => {
    const { gate } = open()
    const own = gate.report(reading)
    expect(gate.canTrade()).toMatchObject({ allowed: isOpen, code: isOpen ? 'ok' : 'undecided' })
    own.dropped()
    expect(gate.canTrade().allowed).toBe(true)
  })

  test('weighs those that wait by what the last decision says', () => {
    const { gate, decisions } = open()
    const first = gate.report({ equity: 960_00000000n })
    const second = gate.report({ equity: 925_00000000n })
    expect(gate.canTrade().code).toBe('undecided')
    first.stored(NEXT)

    gate.apply(decisions.tick(960))

    expect(gate.canTrade().allowed).toBe(true)
    second.stored(NEXT + 1)
    gate.apply(decisions.tick(925))
    expect(gate.undecided).toBe(0)
  })
})
