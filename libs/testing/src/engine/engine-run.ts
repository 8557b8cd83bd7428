import {
  type Fact,
  formatAmount,
  type LimitState,
  limitOfHolder,
  measuresOf,
  percentOf,
  standingOf,
  type TraderState,
  testedIn,
} from '@drawbridge/contracts'
import {
  BUILT_IN_CONFIGURATION,
  budgetOf,
  type Decision,
  INITIAL_STATE,
  limitsOf,
  nextWakeAt,
  reportOf,
} from '@drawbridge/risk-engine'
import { configurationEntries, entryOf, inputsOf } from './engine-messages.ts'
import type { OracleConfig } from './oracle/config.ts'
import type { Command, Step } from './oracle/steps.ts'
import type { Verdict } from './oracle/verdict.ts'
import { type LogEntry, type Position, TRADER, step as take } from './specification.ts'

const IMPOSSIBLE: Command = { kind: 'resume', holder: 'nobody', reason: 'refused' }

/** The engine behind the oracle's interface: a config and steps as they are written, a verdict of each step. */
export class EngineRun {
  #position: Position = { state: INITIAL_STATE, configuration: BUILT_IN_CONFIGURATION }
  #seq = 0

  constructor(config: OracleConfig) {
    for (const entry of configurationEntries(config)) this.#give(entry)
  }

  step(step: Step): Verdict {
    const time = Date.parse(step.at)
    const held = heldBy(this.#position.state)
    const facts: Fact[] = []
    let refusedWhy: string | null = null
    let isEvent = false
    try {
      for (const entry of inputsOf(step, this.#position.state.undo?.version ?? 1)) {
        const decided = this.#give(entry)
        refusedWhy ??= refusalOf(decided)
        if (decided.kind !== 'event') continue
        isEvent = true
        facts.push(...decided.event.facts)
      }
    } catch (error) {
      refusedWhy = String(error)
      // What the door refuses is no input: for its time stands a command that nobody can obey.
      const passed = isOfAll(step) ? null : this.#give(entryOf({ at: step.at, command: IMPOSSIBLE }, 0))
      if (passed?.kind === 'event') facts.push(...passed.event.facts)
    }
    const verdict = this.#verdict(held, facts, time)
    return { ...verdict, refusedWhy, outcome: refusedWhy !== null ? 'refused' : isEvent ? 'event' : 'nothing' }
  }

  #give(entry: LogEntry): Decision {
    this.#seq += 1
    const taken = take(this.#position, entry, this.#seq)
    this.#position = { state: taken.state, configuration: taken.configuration }
    return taken.decision
  }

  #verdict(held: ReadonlySet<string>, facts: readonly Fact[], time: number): Verdict {
    const { state, configuration } = this.#position
    const settings = limitsOf(configuration, TRADER, state.limits, time)
    const standing = standingOf(state, settings.timeBase === 'server' ? time : state.time)
    const budget = budgetOf(state, settings)
    const lines = (measure: 'loss' | 'profit') =>
      Object.fromEntries(
        state.limitStates.flatMap((one) =>
          one.measure === measure && one.line !== null ? [[one.name, formatAmount(one.line)]] : [],
        ),
      )
    const { dailyPnl, drawdownPct } = measuresOf(state)
    return {
      outcome: 'nothing',
      refusedWhy: null,
      rejected: facts.find((fact) => fact.kind === 'tick-rejected')?.reason ?? null,
      allowed: standing.allowed,
      code: standing.code as Verdict['code'],
      codes: [],
      action: standing.action ?? 'none',
      holders: state.pause?.holds.map(({ holder }) => holder) ?? [],
      until: standing.until,
      facts: [],
      ...breachesOf(facts, held),
      warned: facts.flatMap((fact) => (fact.kind === 'warned' ? [fact.rule] : [])),
      uncomputable: state.limitStates.flatMap((one) => (one.uncomputable === null ? [] : [one.name])),
      floors: lines('loss'),
      ceilings: lines('profit'),
      references: Object.fromEntries(
        state.limitStates.flatMap((one) => (one.reference === null ? [] : [[one.name, formatAmount(one.reference)]])),
      ),
      percent: Object.fromEntries(state.limitStates.flatMap((one) => percentOfLimit(one, state))),
      used: {},
      room: budget === null ? null : formatAmount(budget.room < 0n ? 0n : budget.room),
      nearest: budget?.limit ?? null,
      factor: budget === null || settings.budgetSteps.length === 0 ? null : formatAmount(budget.factor),
      dayPnl: dailyPnl === null ? null : formatAmount(dailyPnl),
      drawdownPct: drawdownPct === null ? null : formatAmount(drawdownPct),
      equity: state.equity === null ? null : formatAmount(state.equity),
      pending: pendingOf(state),
      waiting: state.pendingLimits.map(({ at, limits }) => ({ field: Object.keys(limits).join(), from: at })),
      wakeAt: nextWakeAt(TRADER, state, configuration, time),
      report: reportInWords(state, settings),
    }
  }
}

/** The time of a change for all has passed by the wake-up before it. */
const isOfAll = (step: Step): boolean => 'command' in step && step.command.kind === 'flags'

function pendingOf({ doubt }: TraderState): string | null {
  if (doubt.zeros !== null) return '0'
  return doubt.pending === null ? null : formatAmount(doubt.pending.newest.equity)
}

function percentOfLimit({ name, reference, tests, base, measure }: LimitState, state: TraderState) {
  const tested = testedIn(tests, state)
  if (reference === null || tested === null || base === null) return []
  return [[name, formatAmount(percentOf(measure === 'loss' ? reference - tested : tested - reference, base))]]
}

function reportInWords(state: TraderState, settings: ReturnType<typeof limitsOf>): Verdict['report'] {
  const { consistency, minDays, profitTarget } = reportOf(state, settings)
  return {
    consistency:
      consistency === null
        ? null
        : {
            best_day: formatAmount(consistency.bestDay),
            profit: formatAmount(consistency.profit),
            share_percent: consistency.sharePct === null ? null : formatAmount(consistency.sharePct),
            profit_needed: formatAmount(consistency.profitNeeded),
            met: consistency.isMet,
          },
    minDays: minDays === null ? null : { days: minDays.days, met: minDays.isMet },
    profitTarget:
      profitTarget === null
        ? null
        : { target: formatAmount(profitTarget.target), distance: formatAmount(profitTarget.distance) },
  }
}

/** The limits that hold. */
function heldBy({ pause }: TraderState): Set<string> {
  return new Set(pause?.holds.flatMap(({ holder }) => limitOfHolder(holder) ?? []))
}

function refusalOf(decided: Decision): string | null {
  return decided.kind === 'refused' ? decided.reason : decided.kind === 'event' ? decided.refused : null
}

/** What the breaches of some facts mean for limits, some of which held before. */
function breachesOf(
  facts: readonly Fact[],
  before: ReadonlySet<string>,
): Pick<Verdict, 'breaches' | 'worseTiers' | 'unenforced'> {
  const held = new Set(before)
  const told = { breaches: new Set<string>(), worseTiers: new Set<string>(), unenforced: new Set<string>() }
  for (const fact of facts) {
    if (fact.kind === 'resumed' || fact.kind === 'hold-ended') {
      for (const holder of fact.holders) held.delete(limitOfHolder(holder) ?? '')
    }
    if (fact.kind !== 'breached') continue
    if (!fact.enforced) told.unenforced.add(fact.rule)
    else if (held.has(fact.rule)) told.worseTiers.add(fact.rule)
    else told.breaches.add(fact.rule)
    if (fact.enforced) held.add(fact.rule)
  }
  return { breaches: [...told.breaches], worseTiers: [...told.worseTiers], unenforced: [...told.unenforced] }
}
