import type { Amount, Reading, TraderState } from '@drawbridge/contracts/pure'
import type { ResolvedLimits } from './configuration.ts'
import type { Account, Known } from './limits/limit-kind.ts'
import { adaptLimit, incompleteLimit, seenAgain } from './limits/limit-states.ts'
import { TRADE_LIMITS } from './limits/trade-limits.ts'
import type { NextState } from './state.ts'
import { isZero } from './zero.ts'

/** The last confirmed reading; null: there is none. */
export function lastReading(state: Pick<TraderState, 'equity' | 'balance' | 'netDeposits'>): Reading | null {
  const { equity, balance, netDeposits } = state
  return equity === null ? null : { equity, balance, netDeposits, currency: null, at: null }
}

/** What the account began with: as an operator said at the start of the period, or as configured; null: neither. */
export function configuredInitial({ period }: Pick<TraderState, 'period'>, limits: ResolvedLimits): Amount | null {
  return period?.initialBalance ?? limits.initialBalance
}

/** What an operator says later of the initial balance replaces what began the period. */
export function forgetInitial(state: NextState, before: ResolvedLimits, after: ResolvedLimits): void {
  if (state.period === null || before.initialBalance === after.initialBalance) return
  state.period = { ...state.period, initialBalance: null }
}

/** Looks at the last confirmed reading again, whose values a flow has moved: a limit may begin by the profit that is there. */
export function seeLastReading(state: NextState, { definitions }: ResolvedLimits): void {
  const last = lastReading(state)
  if (last === null) return
  state.limitStates = state.limitStates.map((known, index) => {
    const limit = definitions.limits[index]
    return limit === undefined ? known : seenAgain(limit, known, last)
  })
}

/** The values of a reading that may become references: itself, as exactly 0 alone may not, where readings are confirmed. */
export function knownOf(values: Known, limits: ResolvedLimits): Known {
  const { equity, balance } = values
  if (limits.confirmJump === null || !(isZero(equity) || isZero(balance))) return values
  return { equity: equity === 0n ? null : equity, balance: balance === 0n ? null : balance }
}

/** The values with which a window begins: those of the last confirmed reading, or before it where they are 0. */
export function closingValues(state: NextState, limits: ResolvedLimits): Known {
  const { equity, balance } = knownOf(state, limits)
  // A cash flow may have left nothing of what was known before.
  const before = state.nonZero === null ? null : knownOf(state.nonZero, limits)
  return {
    equity: equity ?? (state.equity === null ? null : (before?.equity ?? null)),
    balance: balance ?? (state.balance === null ? null : (before?.balance ?? null)),
  }
}

/** What limits begin with; null: nothing has been reported. */
function accountOf(state: NextState, limits: ResolvedLimits, isNew: boolean): Account | null {
  const { equity, peakEquity, dayEquity, dayBalance, firstEquity, period } = state
  if (equity === null || peakEquity === null) return null
  const known = knownOf(state, limits)
  const dayStart = { equity: dayEquity, balance: dayBalance }
  // What an operator said of the day holds for the day alone.
  const start = period?.dayStart == null ? dayStart : firstValues(state, limits)
  const configured = configuredInitial(state, limits)
  return {
    initial: configured ?? firstEquity,
    configured,
    dayStart,
    windowStart: isNew ? start : known,
    lastReading: isNew ? null : known,
    peakEquity,
    peak: isNew ? (period?.peak ?? null) : null,
  }
}

/** With what windows begin at the first reading. */
export function firstValues(state: NextState, limits: ResolvedLimits): Known {
  const initial = limits.firstDay === 'initial-balance' ? configuredInitial(state, limits) : null
  return initial === null ? knownOf(state, limits) : { equity: initial, balance: initial }
}

/**
 * Brings the memories of limits into line with the limits in force.
 * @param isNew whether the account's first reading is being taken
 * @returns whether there may be other lines than those by which the last reading was judged
 */
export function adaptLimits(state: NextState, limits: ResolvedLimits, isNew = false): boolean {
  return !isNew && state.limitsKey === limits.key ? false : adapt(state, limits, isNew)
}

function adapt(state: NextState, limits: ResolvedLimits, isNew: boolean): boolean {
  const account = accountOf(state, limits, isNew)
  if (account === null) return false
  const known = new Map(state.limitStates.map((one) => [one.name, one]))
  const last = isNew ? null : lastReading(state)
  const adapted = limits.definitions.limits.map((limit) => {
    const after = adaptLimit(limit, known.get(limit.name), account, configuredInitial(state, limits))
    // A change is judged by the last confirmed reading at once.
    return last === null ? after : seenAgain(limit, after, last)
  })
  const incomplete = [...limits.definitions.incomplete].map(([name, reason]) => incompleteLimit(name, reason, account))
  // What rules without lines decided stays: today's judge from the next reading on.
  const hadLines = state.limitsKey !== ''
  state.limitStates = [...adapted, ...incomplete]
  state.limitsKey = limits.key
  const names = new Set([...limits.definitions.limits, ...TRADE_LIMITS].map(({ name }) => name))
  if (state.unenforced.some((name) => !names.has(name))) {
    state.unenforced = state.unenforced.filter((name) => names.has(name))
  }
  return hadLines
}
