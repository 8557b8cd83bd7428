import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Gate } from '../src/gate.ts'
import { together } from '../src/obeyed.ts'
import { EXIT, type Verdict } from '../src/verdict.ts'
import { Decisions, START } from './decisions.ts'

const LEASE_MS = 10_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

function openGate(trader: string) {
  const gate = new Gate(trader, LEASE_MS)
  const decisions = new Decisions(trader)
  gate.apply(decisions.tick(1000))
  gate.caughtUp()
  gate.heartbeat(performance.now())
  return { gate, decisions }
}

/** bot1, which obeys a desk, and this one a firm. */
function scene() {
  const [bot, desk, firm] = [openGate('bot1'), openGate('desk'), openGate('firm')]
  desk.gate.obey([firm.gate])
  bot.gate.obey([desk.gate])
  return { bot, desk, firm }
}

describe('a gate that obeys others', () => {
  test('is open while all of them are', () => {
    const { bot } = scene()
    expect(bot.gate.canTrade()).toMatchObject({ allowed: true, code: 'ok', reason: null, holders: [] })
  })

  test('tells the code, the holders and the action of the one that is closed, and names it', () => {
    const { bot, desk } = scene()
    desk.gate.apply(desk.decisions.tick(850))
    const told = desk.gate.canTrade()
    expect(told).toMatchObject({ code: 'limit', reason: expect.stringMatching(/^max_daily_loss/) })
    expect(bot.gate.canTrade()).toMatchObject({
      allowed: false,
      code: 'limit',
      action: 'block-entries',
      holders: ['limit:max_daily_loss'],
      reason: `desk: ${told.reason}`,
      until: told.until,
    })
  })

  test('obeys those whom these obey', () => {
    const { bot, firm } = scene()
    firm.gate.apply(firm.decisions.pause('stop all'))
    expect(bot.gate.canTrade()).toMatchObject({
      allowed: false,
      code: 'operator',
      reason: 'desk: firm: operator: stop all',
    })
  })

  test('is closed while nobody knows whether one of them is', () => {
    const { bot, desk } = scene()
    desk.gate.lost('the log is gone')
    expect(bot.gate.canTrade()).toMatchObject({ allowed: false, code: 'unknown', reason: 'desk: the log is gone' })
    desk.gate.caughtUp()
    desk.gate.doubt('bot2 is silent')
    expect(bot.gate.canTrade()).toMatchObject({ allowed: false, code: 'undecided', reason: 'desk: bot2 is silent' })
    desk.gate.doubt(null)
    expect(bot.gate.canTrade().allowed).toBe(true)
  })

  test('that is closed itself tells its own code first, and the others after it', () => {
    const { bot, desk } = scene()
    bot.gate.apply(bot.decisions.pause('a check', START + 60_000))
    desk.gate.apply(desk.decisions.tick(850))
    expect(bot.gate.canTrade()).toMatchObject({
      code: 'operator',
      action: 'block-entries',
      holders: ['operator', 'limit:max_daily_loss'],
      reason: expect.stringMatching(/^operator: a check; desk: max_daily_loss/),
      until: desk.gate.canTrade().until,
    })
  })

  test('lets exits pass', () => {
    const { bot, desk } = scene()
    desk.gate.apply(desk.decisions.tick(850))
    expect(bot.gate.canTrade('reduce')).toBe(EXIT)
  })

  test('may lose no more than any of them, and names whose limit that is', () => {
    const { bot, desk, firm } = scene()
    expect(bot.gate.canTrade().budget).toEqual({ room: '100', limit: 'max_daily_loss', factor: '1' })
    firm.gate.apply(firm.decisions.tick(930))
    expect(desk.gate.canTrade().budget).toEqual({ room: '30', limit: 'firm/max_daily_loss', factor: '1' })
    expect(bot.gate.canTrade().budget).toEqual({ room: '30', limit: 'desk/firm/max_daily_loss', factor: '1' })
  })

  test('gives the same object as long as nothing changes, so that asking costs no memory', () => {
    const { bot, desk } = scene()
    expect(bot.gate.canTrade()).toBe(bot.gate.canTrade())
    desk.gate.apply(desk.decisions.tick(850))
    const blocked = bot.gate.canTrade()
    expect(bot.gate.canTrade()).toBe(blocked)
    desk.gate.apply(desk.decisions.tick(840))
    expect(bot.gate.canTrade()).not.toBe(blocked)
  })

  test('may obey nobody again', () => {
    const { bot, desk } = scene()
    desk.gate.apply(desk.decisions.tick(850))
    bot.gate.obey([])
    expect(bot.gate.canTrade().allowed).toBe(true)
  })
})

const blocked = (more: Partial<Verdict>): Verdict => ({ ...EXIT, allowed: false, code: 'limit', reason: 'r', ...more })

test.each<{ name: string; own: Partial<Verdict>; others: readonly Partial<Verdict>[]; is: Partial<Verdict> }>([
  {
    name: 'flatten of one is flatten',
    own: { allowed: false, code: 'operator', action: 'block-entries', reason: 'own' },
    others: [{ action: null }, { action: 'flatten' }],
    is: { code: 'operator', action: 'flatten' },
  },
  {
    name: 'the latest end counts',
    own: { allowed: true },
    others: [{ until: '2026-01-01T00:00:00.000Z' }, { until: '2026-01-02T00:00:00.000Z' }],
    is: { until: '2026-01-02T00:00:00.000Z' },
  },
  {
    name: 'nobody can say where one has no end',
    own: { allowed: true },
    others: [{ until: '2026-01-01T00:00:00.000Z' }, { until: null }],
    is: { until: null },
  },
  {
    name: 'the first that blocks says when to ask again',
    own: { allowed: true },
    others: [{ code: 'unconfirmed', retryAfterMs: 1_000 }, { code: 'limit' }],
    is: { code: 'unconfirmed', retryAfterMs: 1_000, reason: 'a: r; b: r' },
  },
  {
    name: 'a holder of several is told once',
    own: { allowed: false, holders: ['limit:x'] },
    others: [{ holders: ['limit:x', 'operator:eve'] }],
    is: { holders: ['limit:x', 'operator:eve'] },
  },
  {
    name: 'the smallest factor counts, whoever has the least room',
    own: { allowed: true, budget: { room: '10', limit: 'x', factor: '1' } },
    others: [{ allowed: true, budget: { room: '20', limit: 'y', factor: '0.5' } }],
    is: { allowed: true, budget: { room: '10', limit: 'x', factor: '0.5' } },
  },
  {
    name: 'a budget of another counts where the gate has none',
    own: { allowed: true, budget: null },
    others: [{ allowed: true, budget: { room: '20', limit: 'y', factor: '0.5' } }],
    is: { budget: { room: '20', limit: 'a/y', factor: '0.5' } },
  },
])('of several answers, $name', ({ own, others, is }) => {
  const names = ['a', 'b']
  const obeyed = others.map((one, index) => ({
    trader: names[index] ?? '',
    verdict: one.allowed === true ? { ...EXIT, ...one } : blocked(one),
  }))
  expect(together(own.allowed === true ? { ...EXIT, ...own } : blocked(own), obeyed)).toMatchObject(is)
})

describe('a gate', () => {
  test('tells what its newest decision is, and when that changes', () => {
    const { gate, decisions } = openGate('desk')
    const heard: unknown[] = []
    gate.onNewest(() => heard.push(gate.newest))
    const event = decisions.tick(1001)
    gate.apply(event)
    gate.apply(event)
    gate.heartbeat(performance.now())
    gate.caughtUp()
    gate.lost('the log is gone')
    gate.caughtUp()
    gate.forget()
    gate.caughtUp()
    expect(heard).toEqual([
      { known: true, event },
      { known: false },
      { known: true, event },
      { known: false },
      { known: true, event: null },
    ])
  })

  test('that is blocked by its decision tells that before a doubt of this process', () => {
    const { gate, decisions } = openGate('desk')
    gate.doubt('bot1 is silent')
    expect(gate.canTrade()).toMatchObject({ code: 'undecided', reason: 'bot1 is silent' })
    gate.apply(decisions.tick(850))
    expect(gate.canTrade()).toMatchObject({ code: 'limit' })
  })

  test('without a reading tells what this process knows of it', () => {
    const gate = new Gate('desk', LEASE_MS)
    gate.doubt('bot2 has not reported yet')
    expect(gate.canTrade().code).toBe('unknown')
    gate.caughtUp()
    gate.heartbeat(performance.now())
    expect(gate.canTrade()).toMatchObject({
      allowed: false,
      code: 'undecided',
      reason: 'bot2 has not reported yet',
    })
    const { gate: silent, decisions } = openGate('desk')
    decisions.staleAfterSeconds(1)
    silent.apply(decisions.tick(1000))
    silent.apply(decisions.wake())
    expect(silent.canTrade()).toMatchObject({ code: 'silent' })
    silent.doubt('bot2 is silent')
    expect(silent.canTrade()).toMatchObject({ code: 'undecided', reason: 'bot2 is silent' })
  })

  test('knows whether a reading may change its answer', () => {
    const { gate } = openGate('desk')
    expect(gate.mayChange({ equity: 1001_00000000n })).toBe(false)
    expect(gate.mayChange({ equity: 900_00000000n })).toBe(true)
  })
})
