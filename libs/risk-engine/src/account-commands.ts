import { ALL_HOLDER, authorOf, type Hold, NO_DOUBT, type Reading, type TraderControl } from '@drawbridge/contracts/pure'
import { seeLastReading } from './account.ts'
import { flowRefusal, isKnownFlow, takeFlow } from './cash-flow.ts'
import { hearReading } from './confirm.ts'
import { type Draft, limitNamed } from './draft.ts'
import { keepHolds } from './holds.ts'
import { judge } from './judge.ts'
import { withLine } from './limits/limit-states.ts'
import { passTime } from './pass-time.ts'
import { undoReading } from './undo.ts'

type CashFlow = Extract<TraderControl, { kind: 'cash-flow' }>
type Restart = Extract<TraderControl, { kind: 'restart' }>
type Correct = Extract<TraderControl, { kind: 'correct' }>

/**
 * Takes a deposit or withdrawal: it is neither a loss nor a gain. One whose id is known has been taken already.
 * @returns why it cannot be; null: it is taken
 */
export function takeCashFlow(draft: Draft, flow: CashFlow): string | null {
  const { state, limits, input } = draft
  if (isKnownFlow(draft, flow)) return null
  const undo = flow.inEquity ? state.undo : null
  if (flow.inEquity && undo === null) {
    return 'the last reading cannot be taken again: correct the reference, or give the flow without in_equity'
  }
  const before = undo === null ? state.equity : undo.equity
  const refusal = flowRefusal(draft, flow, before)
  if (refusal !== null || before === null) return refusal
  if (undo !== null) undoReading(draft, undo)
  takeFlow(draft, flow)
  if (undo === null) {
    const last = { at: input.time, before, after: before + flow.amount }
    state.undo = null
    if (state.flows !== null) state.flows = { ...state.flows, last }
  } else takeAgain(draft, undo.reading)
  // Where the reading waits, the one before it is judged by lines that have moved.
  seeLastReading(state, limits)
  judge(draft)
  // What was to confirm it by now does so at once.
  if (undo !== null && limits.timeBase === 'server') passTime(draft)
  return null
}

/** As at its own time. */
function takeAgain(draft: Draft, reading: Reading): void {
  const { state, limits, now, input } = draft
  const receivedAt = state.lastTickAt ?? input.time
  draft.heardAgain = { at: limits.timeBase === 'server' ? receivedAt : now, receivedAt }
  hearReading(draft, reading)
  draft.heardAgain = null
}

/** Begins a new account period: references, holds and counts start again, the history goes on. */
export function restart(draft: Draft, command: Restart): string | null {
  const { state, facts, now } = draft
  const { initialBalance, peak, dayStart, reason } = command
  facts.push({ kind: 'restarted', initialBalance, peak, dayStart, reason, ...authorOf(command) })
  state.period = { initialBalance, peak, dayStart }
  state.firstEquity = null
  state.equity = null
  state.balance = null
  state.peakEquity = null
  state.dayStartedAt = null
  state.nextResetAt = null
  state.dayEquity = null
  state.dayBalance = null
  state.limitStates = []
  state.unenforced = []
  state.warned = []
  state.doubt = NO_DOUBT
  state.lastTickAt = null
  state.staleSince = null
  state.currency = null
  state.netDeposits = null
  state.nonZero = null
  state.undo = null
  state.days = null
  state.flows = state.flows === null ? null : { known: state.flows.known, total: 0n, last: null }
  state.trades = state.trades === null ? null : { ...state.trades, losers: [], losersInARow: 0, inWindow: 0 }
  keepHolds(draft, (hold) => leftOf(hold, now))
  return null
}

/** What is left of a hold: that of all traders, and what is firm; null: nothing. */
function leftOf(hold: Hold, now: number): Hold | null {
  if (hold.holder === ALL_HOLDER) return hold
  return hold.firmUntil === null || hold.firmUntil <= now ? null : { ...hold, until: hold.firmUntil }
}

/** Sets what a limit is measured from, or voids the last reading. */
export function correct(draft: Draft, command: Correct): string | null {
  const { state, limits, facts } = draft
  const { correction, reason } = command
  const words = { reason, ...authorOf(command) }
  if (correction.kind === 'void') {
    const { undo } = state
    if (undo === null || undo.version !== correction.version) {
      const known = undo === null ? 'none can be voided' : `the last one is of version ${undo.version}`
      return `version ${correction.version} is not that of the last reading: ${known}`
    }
    const from = state.equity
    undoReading(draft, undo)
    seeLastReading(state, limits)
    facts.push({ kind: 'corrected', rule: null, from, to: state.equity, ...words })
    judge(draft)
    // What waited before it may be due.
    if (limits.timeBase === 'server') passTime(draft)
    return null
  }
  const { index, limit, known } = limitNamed(draft, correction.limit)
  if (limit === undefined || known === undefined) {
    const names = state.limitStates.map(({ name }) => name).join(', ')
    return `${correction.limit} is no limit of this trader${names === '' ? ': nothing has been reported yet' : ` (${names})`}`
  }
  const after = withLine(limit, { ...known, reference: correction.reference })
  state.limitStates = state.limitStates.with(index, after)
  state.undo = null
  facts.push({ kind: 'corrected', rule: limit.name, from: known.reference, to: correction.reference, ...words })
  judge(draft)
  return null
}
