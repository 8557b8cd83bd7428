import {
  type Amount,
  formatAmount,
  type LimitDefinition,
  type LimitName,
  type LimitState,
  percentOf,
  type TraderState,
  testedIn,
} from '@drawbridge/contracts'
import type { ResolvedLimits } from '@drawbridge/risk-engine'
import { statesOfEarlierRules } from './earlier-rules.ts'

/** How far an account is from a limit. */
export interface Distance {
  readonly rule: LimitName
  readonly measure: LimitState['measure']
  /** What the limit is measured from; null: it was not reported. */
  readonly from: Amount | null
  /** The value of the last reading that is compared; null: it was not reported. */
  readonly tested: Amount | null
  /** The loss, or of a profit the gain; below 0: the other one. */
  readonly loss: Amount | null
  /** The percentage is the loss over this amount. */
  readonly base: Amount | null
  /** The loss in percent of {@link base}, truncated to 8 decimals. */
  readonly observedPct: Amount | null
  /** The room of the limit in percent of {@link base}; null: the limit is not in force any more. */
  readonly limitPct: Amount | null
  /** The floor, or the ceiling of a profit. */
  readonly line: Amount | null
  /** Where entries are blocked; null: nowhere. */
  readonly breaksAt: Amount | null
  /** How much more may be lost until then, or gained; 0 or less: the limit is broken. Null: it cannot be. */
  readonly room: Amount | null
  /** False: it begins to hold later, after a profit. */
  readonly active: boolean
  /** Why it cannot be computed; null: it can. */
  readonly uncomputable: string | null
}

/** The distance to each limit by which the last reading was judged; empty before the first one. */
export function distancesOf(state: TraderState, limits: ResolvedLimits): readonly Distance[] {
  const definitions = new Map(limits.definitions.limits.map((limit) => [limit.name, limit]))
  return judgedStates(state, limits).map((one) => {
    const tested = testedIn(one.tests, state)
    return distanceOf(one, tested, definitions.get(one.name) ?? null)
  })
}

/** What is known of each limit, in events of earlier rules, too. */
function judgedStates(state: TraderState, limits: ResolvedLimits): readonly LimitState[] {
  return state.limitStates.length > 0 ? state.limitStates : statesOfEarlierRules(state, limits)
}

function distanceOf(state: LimitState, tested: Amount | null, definition: LimitDefinition | null): Distance {
  const { name, measure, reference, base, line, blocksAt, active, uncomputable } = state
  const loss = reference === null || tested === null ? null : below(measure, reference, tested)
  return {
    rule: name,
    measure,
    from: reference,
    tested,
    loss,
    base,
    observedPct: loss === null || base === null ? null : percentOf(loss, base),
    limitPct: definition === null ? null : sizePct(definition, base),
    line,
    breaksAt: blocksAt,
    room: blocksAt === null || tested === null ? null : -below(measure, blocksAt, tested),
    active,
    uncomputable,
  }
}

/** How far a value is on the side of a loss, or for a profit on that of a gain. */
function below(measure: LimitState['measure'], from: Amount, value: Amount): Amount {
  return measure === 'loss' ? from - value : value - from
}

function sizePct({ size }: LimitDefinition, base: Amount | null): Amount | null {
  if (size.kind === 'percent') return size.percent
  return base === null ? null : percentOf(size.amount, base)
}

/** The JSON of the answer: amounts and percentages are decimal strings. */
export function distanceToMessage(distance: Distance): object {
  const inText = (value: unknown) => (typeof value === 'bigint' ? formatAmount(value) : value)
  return Object.fromEntries(Object.entries(distance).map(([name, value]) => [name, inText(value)]))
}
