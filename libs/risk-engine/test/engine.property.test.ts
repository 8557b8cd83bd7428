import {
  decodeRiskEvent,
  encodeRiskEvent,
  limitOfHolder,
  type RiskEvent,
  type TraderState,
  testedIn,
} from '@drawbridge/contracts'
import { decide, evolve, INITIAL_STATE, nextWakeAt, RULES_VERSION } from '@drawbridge/risk-engine'
import { event, type History, histories, TRADER } from '@drawbridge/testing/engine'
import { seedOfTest } from '@drawbridge/testing/random'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectAsTheOracle } from './against-oracle.ts'
import { live, type Passage } from './passages.ts'

function eventsOf(passages: readonly Passage[]): RiskEvent[] {
  return passages.flatMap(({ decision }) => (decision.kind === 'event' ? [decision.event] : []))
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !(value instanceof Map) && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) deepFreeze(inner)
  }
  return value
}

const RUNS = 500
const seed = seedOfTest('random histories')

interface Lived {
  readonly history: History
  readonly passages: readonly Passage[]
}

let lived: readonly Lived[] | undefined

/** What holds of every history. They are lived through once for all; of those that fail the shortest one is shown. */
function ofAll(holds: (passages: readonly Passage[], history: History) => void): void {
  lived ??= fc.sample(histories(), { numRuns: RUNS, seed }).map((history) => ({ history, passages: live(history) }))
  try {
    for (const { passages, history } of lived) holds(passages, history)
  } catch (error) {
    const property = fc.property(histories(), (history) => holds(live(history), history))
    fc.assert(property, { numRuns: RUNS, seed })
    throw error
  }
}

/** What holds of every input of every history. */
function always(holds: (passage: Passage) => void): void {
  ofAll((passages) => {
    for (const passage of passages) holds(passage)
  })
}

describe('whatever happens, the engine', () => {
  it('decides as the oracle does', { timeout: 120_000 }, () => {
    expectAsTheOracle(400, seed)
  })

  it('makes one event of every tick, numbered without a gap, and at most one of any other input', () => {
    always(({ kind, before, decision, after }) => {
      if (kind === 'tick') expect(decision.kind).toBe('event')
      expect(after.version).toBe(before.version + (decision.kind === 'event' ? 1 : 0))
      if (decision.kind !== 'event') expect(after).toBe(before)
    })
  })

  it('makes events that hold the whole state: the last one, or all folded, give the same', () => {
    ofAll((passages) => {
      const events = eventsOf(passages)
      const folded = events.reduce(evolve, INITIAL_STATE)
      expect(folded).toEqual(passages.at(-1)?.after)
      expect([...events, ...events].toReversed().reduce(evolve, INITIAL_STATE)).toEqual(folded)
    })
  })

  it('begins no hold without a breach or an operator, and ends none without saying so', () => {
    always(({ before, decision, after }) => {
      const facts = decision.kind === 'event' ? decision.event.facts : []
      const kinds = facts.map((fact) => (fact.kind === 'breached' && !fact.enforced ? 'recorded' : fact.kind))
      const held = before.pause?.holds.map(({ holder }) => holder) ?? []
      const holds = after.pause?.holds.map(({ holder }) => holder) ?? []
      for (const holder of holds) {
        if (!held.includes(holder)) expect(kinds).toContain(limitOfHolder(holder) === null ? 'paused' : 'breached')
      }
      if (kinds.includes('restarted')) return
      const ended = facts.flatMap((fact) => (fact.kind === 'resumed' || fact.kind === 'hold-ended' ? fact.holders : []))
      for (const holder of held) if (!holds.includes(holder)) expect(ended).toContain(holder)
    })
  })

  it('ends no hold of a limit that is broken, but by an operator or where it is rebased', () => {
    always(({ kind, decision, after }) => {
      if (decision.kind !== 'event') return
      const { facts } = decision.event
      const moved = new Set(facts.flatMap((fact) => ('rule' in fact ? [fact.rule] : [])))
      for (const fact of facts) {
        const byTime = fact.kind === 'hold-ended' || (fact.kind === 'resumed' && fact.cause === 'time')
        // What has moved since in the same input, a breach for instance, is another matter.
        if (!byTime || facts.at(-1) !== fact) continue
        for (const name of fact.holders.flatMap((holder) => limitOfHolder(holder) ?? [])) {
          const limit = after.limitStates.find((one) => one.name === name)
          if (limit === undefined || moved.has(name)) continue
          // The reading itself may lack what the limit needs; the hold ended before it.
          if (kind === 'tick' && limit.uncomputable !== null) continue
          expect({ name, uncomputable: limit.uncomputable }).toEqual({ name, uncomputable: null })
          const { tests, blocksAt, measure } = limit
          const tested = testedIn(tests, after)
          if (tested === null || blocksAt === null) continue
          expect(measure === 'loss' ? tested > blocksAt : tested < blocksAt).toBe(true)
        }
      }
    })
  })

  it('lets the highest equity fall only by a recorded cash flow, a restart or a correction', () => {
    always(({ before, decision, after }) => {
      if (before.peakEquity === null || after.peakEquity === null || after.peakEquity >= before.peakEquity) return
      const moves = new Set(['cash-flow', 'restarted', 'corrected'])
      expect(event(decision).facts.some((fact) => moves.has(fact.kind))).toBe(true)
    })
  })

  it('moves no reference by a reading that waits or is rejected', () => {
    always(({ kind, before, decision, after }) => {
      if (kind !== 'tick' || decision.kind !== 'event') return
      const kinds = decision.event.facts.map((fact) => fact.kind)
      const waits = kinds.every((one) => one === 'reading-unconfirmed' || one === 'tick-rejected')
      if (!waits || kinds.length === 0 || before.clock !== after.clock) return
      expect(after.equity).toBe(before.equity)
      expect(after.peakEquity).toBe(before.peakEquity)
      expect(after.dayEquity).toBe(before.dayEquity)
    })
  })

  it('tells the facts of an event in time order', () => {
    always(({ decision }) => {
      if (decision.kind !== 'event') return
      const times = decision.event.facts.flatMap((fact) => ('at' in fact ? [fact.at] : []))
      expect(times).toEqual(times.toSorted((a, b) => a - b))
    })
  })

  it('never lets the time of a trader go back while it keeps one clock', () => {
    always(({ before, after }) => {
      if (before.clock.split(' ')[0] !== after.clock.split(' ')[0] || before.time === null) return
      expect(after.time).toBeGreaterThanOrEqual(before.time)
    })
  })

  it('plans no wake-up again that came to nothing', () => {
    always(({ after, configuration, time, seq }) => {
      let now = time
      for (let vain = 0; vain < 3; vain += 1) {
        const at = nextWakeAt(TRADER, after, configuration, now)
        if (at === null) break
        now = Math.max(now, at)
        const input = { kind: 'control', seq: seq + 1, time: now, control: { kind: 'wake' } } as const
        if (decide(TRADER, after, configuration, input).kind !== 'nothing') break
        const next = nextWakeAt(TRADER, after, configuration, now)
        if (next !== null) expect(next).toBeGreaterThan(now)
      }
    })
  })

  it('makes the same bytes of the same inputs, from states that crossed the wire too, and changes none of them', () => {
    ofAll((passages, history) => {
      const bytes = (some: readonly Passage[]) => eventsOf(some).map((made) => String(encodeRiskEvent(made)))
      const frozen = live(history, deepFreeze)
      const again = live(history, (position) => ({ ...position, state: overTheWire(position.state) }))
      expect(bytes(frozen)).toEqual(bytes(passages))
      expect(bytes(again)).toEqual(bytes(passages))
    })
  })

  it('makes events that read back from the wire as they were, the most extreme amounts included', () => {
    always(({ decision }) => {
      if (decision.kind !== 'event') return
      expect(decodeRiskEvent(encodeRiskEvent(decision.event))).toEqual({ ok: true, value: decision.event })
    })
  })
})

/** The state as another guardian reads it from the last event. */
function overTheWire(state: TraderState): TraderState {
  if (state.version === 0) return state
  const carrier: RiskEvent = {
    type: 'assessed',
    trader: 'bot1',
    recordedAt: 0,
    effectiveAt: 0,
    rulesVersion: RULES_VERSION,
    configVersion: 1,
    tickSeq: null,
    budget: null,
    facts: [],
    state,
  }
  const read = decodeRiskEvent(encodeRiskEvent(carrier))
  if (!read.ok) throw new Error(read.reason)
  return deepFreeze(read.value.state)
}
