import { decodeRiskEvent, encodeRiskEvent, type RiskEvent, type TraderState } from '@drawbridge/contracts'
import { evolve, INITIAL_STATE, resetsAround } from '@drawbridge/risk-engine'
import { event, resetsBetween, scenarios } from '@drawbridge/testing/engine'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectAsTheOracle, isBreach } from './against-oracle.ts'
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

describe('whatever happens, the engine', () => {
  it('decides as the oracle does', { timeout: 120_000 }, () => {
    expectAsTheOracle(2_500)
  })

  it('makes one event of every tick, numbered without a gap, and at most one of any other input', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        for (const { kind, before, decision, after } of live(scenario)) {
          if (kind === 'tick' || kind === 'unreadable') expect(decision.kind).toBe('event')
          expect(after.version).toBe(before.version + (decision.kind === 'event' ? 1 : 0))
          if (decision.kind !== 'event') expect(after).toBe(before)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('makes events that hold the whole state: the last one, or all folded, give the same', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const passages = live(scenario)
        const events = eventsOf(passages)
        const folded = events.reduce(evolve, INITIAL_STATE)
        expect(folded).toEqual(passages.at(-1)?.after)
        expect([...events, ...events].toReversed().reduce(evolve, INITIAL_STATE)).toEqual(folded)
      }),
      { numRuns: 1_000 },
    )
  })

  it('begins no pause without a breach or an operator, and ends none without saying so', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        for (const { before, decision, after } of live(scenario)) {
          const facts = decision.kind === 'event' ? decision.event.facts : []
          const kinds = facts.map((fact) => (isBreach(fact) && !fact.enforced ? 'recorded' : fact.kind))
          for (const hold of after.pause?.holds ?? []) {
            if (before.pause?.holds.includes(hold) === true) continue
            expect(kinds).toContain(hold.holder === 'operator' ? 'paused' : 'breached')
          }
          if (before.pause !== null && after.pause?.since !== before.pause.since) expect(kinds).toContain('resumed')
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('lets a peak fall only by a recorded rebase or cash flow', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        for (const { before, decision, after } of live(scenario)) {
          if (before.peakEquity === null || after.peakEquity === null) continue
          if (after.peakEquity >= before.peakEquity) continue
          const kinds = event(decision).facts.map((fact) => fact.kind)
          expect(kinds.includes('peak-rebased') || kinds.includes('cash-flow')).toBe(true)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('never lets the time of a trader go back while it keeps one clock', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        for (const { before, after } of live(scenario)) {
          if (before.clock.split(' ')[0] !== after.clock.split(' ')[0] || before.time === null) continue
          expect(after.time).toBeGreaterThanOrEqual(before.time)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('changes nothing but version and input sequence by a rejected tick', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        for (const { before, decision, after } of live(scenario)) {
          if (decision.kind !== 'event' || decision.event.type !== 'tick-rejected') continue
          const { version, inputSeq, firstInputSeq } = before
          expect({ ...after, version, inputSeq, firstInputSeq }).toEqual(before)
          expect(after.firstInputSeq).toBe(version === 0 ? after.inputSeq : firstInputSeq)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('makes the same bytes of the same inputs, from states that crossed the wire too, and changes none of them', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const bytes = (passages: readonly Passage[]) => eventsOf(passages).map((made) => String(encodeRiskEvent(made)))
        const once = live(scenario, deepFreeze)
        const again = live(scenario, (position) => ({ ...position, state: overTheWire(position.state) }))
        expect(bytes(again)).toEqual(bytes(once))
      }),
      { numRuns: 1_000 },
    )
  })

  it('makes events that read back from the wire as they were, the most extreme amounts included', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        for (const made of eventsOf(live(scenario))) {
          expect(decodeRiskEvent(encodeRiskEvent(made))).toEqual({ ok: true, value: made })
        }
      }),
      { numRuns: 1_000 },
    )
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
    rulesVersion: 1,
    configVersion: 1,
    tickSeq: null,
    facts: [],
    state,
  }
  const read = decodeRiskEvent(encodeRiskEvent(carrier))
  if (!read.ok) throw new Error(read.reason)
  return deepFreeze(read.value.state)
}

describe('the daily resets next to a moment', () => {
  const zones = Intl.supportedValuesOf('timeZone')
  const twoDigits = (max: number) => fc.integer({ min: 0, max }).map((value) => String(value).padStart(2, '0'))

  it('are those that Intl gives, in every zone, from 1990 to 2037', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.tuple(twoDigits(23), twoDigits(59)),
        fc.integer({ min: Date.UTC(1990), max: Date.UTC(2037) }),
        (zone, [hours, minutes], moment) => {
          const time = `${hours}:${minutes}`
          const { last, next } = resetsAround(moment, { resetTime: time, resetTimeZone: zone })
          const near = resetsBetween(moment - 4 * 86_400_000, moment + 4 * 86_400_000, {
            reset_time: time,
            reset_time_zone: zone,
          })
          expect({ last, next }).toEqual({
            last: near.findLast((at) => at <= moment),
            next: near.find((at) => at > moment),
          })
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
