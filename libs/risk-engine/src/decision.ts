import {
  type Fact,
  limitOfHolder,
  type RiskEvent,
  TRADER_EVENT_TYPES,
  type TraderEventType,
} from '@drawbridge/contracts/pure'
import { budgetOf } from './budget.ts'
import type { Draft } from './draft.ts'

/**
 * Raised whenever the same state, configuration and input would give another event than before. Version 1 gave no
 * warnings, took no note of silence and let every change of limits take effect at once. Version 2 took the amounts of
 * operators rounded where they had more digits than a double holds, used other words for ticks of too many digits or
 * decimals, and its configurations did not say what held before. Version 3 read ticks of any depth and length, ended at
 * some of them, and took a trader called `removed`. Version 4 took whoever a command named for its author. Version 5 rejected
 * ticks for digits that it could have cut and for fields that no limit uses, and took them in any order and currency; it
 * knew two limits, believed every reading, and ended pauses by time alone, which forgave the loss.
 */
export const RULES_VERSION = 6

/** The result of an input: an event, nothing (a wake-up that came early), or a refusal that says why. */
export type Decision = (
  | /** `refused`: why a command was not obeyed while time, which passed with it, made the event; else null. */
  { readonly kind: 'event'; readonly event: RiskEvent; readonly refused: string | null }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly reason: string }
) & {
  /** What the rules threw, instead of judging the input. */
  readonly error?: unknown
}

export const NOTHING: Decision = { kind: 'nothing' }

/** The event that a draft has become. @param tickSeq the tick's own `seq`, where it had one */
export function eventOf(draft: Draft, tickSeq: number | null, refused: string | null = null): Decision {
  nameWarned(draft.state)
  return {
    kind: 'event',
    refused,
    event: {
      type: typeOf(draft),
      trader: draft.trader,
      recordedAt: draft.input.time,
      effectiveAt: draft.now,
      rulesVersion: RULES_VERSION,
      configVersion: draft.configuration.version,
      tickSeq,
      budget: budgetOf(draft.state, draft.limits),
      facts: draft.facts,
      state: draft.state,
    },
  }
}

/** Names the limits that have warned in this crossing. */
function nameWarned(state: Draft['state']): void {
  const { warned, limitStates } = state
  if (warned.length === 0 && !limitStates.some(({ warnedPct }) => warnedPct !== null)) return
  state.warned = limitStates.filter(({ warnedPct }) => warnedPct !== null).map(({ name }) => name)
}

/** The fact that makes an event of a type, where its name is another one. */
const FACTS: { readonly [T in TraderEventType]?: Fact['kind'] } = { breach: 'breached', warning: 'warned' }

/** The type of the event that a draft has become: that of its weightiest fact. */
function typeOf({ facts, state }: Draft): TraderEventType {
  return facts.length === 0 ? 'assessed' : typeOfFacts(facts, state)
}

function typeOfFacts(facts: Draft['facts'], state: Draft['state']): TraderEventType {
  const switched = facts.find((fact) => fact.kind === 'enforcement')
  const isBreach = facts.some((fact) => fact.kind === 'breached')
  if (switched !== undefined && state.pause !== null && !isBreach) {
    // The hold of an operator is applied without enforcement, too.
    const isHeld = switched.enforced || state.pause.holds.some(({ holder }) => limitOfHolder(holder) === null)
    return isHeld ? 'paused' : 'resumed'
  }
  for (const type of TRADER_EVENT_TYPES) {
    const made = FACTS[type] ?? type
    if (!facts.some(({ kind }) => kind === made)) continue
    // The holds of limits may have ended while an operator's hold remains.
    return type === 'resumed' && state.pause !== null ? 'paused' : type
  }
  return 'assessed'
}
