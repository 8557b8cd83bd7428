import { type Fact, formatAmount, limitsToMessage } from '@drawbridge/contracts'
import { Oracle, type OracleLimits, type Scenario, scenarios, type Verdict } from '@drawbridge/testing/engine'
import fc from 'fast-check'
import { expect } from 'vitest'
import { live, type Passage } from './passages.ts'

/** Lets engine and oracle live through so many random scenarios. @throws where one decides otherwise */
export function expectAsTheOracle(scenarioCount: number): void {
  fc.assert(
    fc.property(scenarios.map(withoutOddSwitches), (scenario) => {
      const oracle = new Oracle(scenario.limits)
      expect(live(scenario).map(view)).toEqual(scenario.steps.map((input) => oracle.take(input)))
    }),
    { numRuns: scenarioCount },
  )
}

const REBASED: ReadonlyMap<Fact['kind'], 'peak' | 'baseline'> = new Map([
  ['peak-rebased', 'peak'],
  ['baseline-rebased', 'baseline'],
])

const FEED: ReadonlyMap<Fact['kind'], 'stale' | 'restored'> = new Map([
  ['feed-stale', 'stale'],
  ['feed-restored', 'restored'],
])

function view({ decision, after, limits, wakeAt }: Passage): Verdict {
  const made = decision.kind === 'event' ? decision.event : null
  const amount = (value: bigint | null) => (value === null ? null : formatAmount(value))
  return {
    outcome: decision.kind,
    type: made?.type ?? null,
    time: made?.effectiveAt ?? null,
    breaches: (made?.facts ?? []).filter(isBreach).map((fact) => ({
      rule: fact.rule,
      observed: formatAmount(fact.observedPct),
      enforced: fact.enforced,
      until: fact.until,
    })),
    warnings: (made?.facts ?? []).filter(isWarning).map((fact) => ({
      rule: fact.rule,
      observed: formatAmount(fact.observedPct),
    })),
    feed: (made?.facts ?? []).flatMap((fact) => FEED.get(fact.kind) ?? []),
    staleSince: after.staleSince,
    loosenedAt: after.pendingLimits.map(({ at }) => at),
    limits: limitsToMessage(limits) as OracleLimits,
    wakeAt,
    rebased: (made?.facts ?? []).flatMap((fact) => REBASED.get(fact.kind) ?? []),
    paused: after.pause !== null,
    until: after.pause?.until ?? null,
    equity: amount(after.equity),
    peak: amount(after.peakEquity),
    dayEquity: amount(after.dayEquity),
  }
}

export function isBreach(fact: Fact): fact is Extract<Fact, { kind: 'breached' }> {
  return fact.kind === 'breached'
}

function isWarning(fact: Fact): fact is Extract<Fact, { kind: 'warned' }> {
  return fact.kind === 'warned'
}

/**
 * A time base that changes while a pause holds leaves its end in the other time; no rule says what that means, so the
 * oracle is not asked. Nor is it where the change waits: a pause may begin meanwhile.
 */
function withoutOddSwitches(scenario: Scenario): Scenario {
  const oracle = new Oracle(scenario.limits)
  const steps = scenario.steps.map((input) => {
    const switches = 'limits' in input && input.limits.time_base !== undefined
    const { time_base: _, ...rest } = switches ? input.limits : {}
    const isOdd = oracle.isPaused || oracle.waits(input.time)
    const kept = switches && isOdd ? { ...input, limits: { ...rest, stop_trading_minutes: 30 } } : input
    oracle.take(kept)
    return kept
  })
  return { ...scenario, steps }
}
