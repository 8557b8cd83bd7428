import {
  ALL_HOLDER,
  authorOf,
  formatInstant,
  HOLDS_MAX,
  type Hold,
  type Holder,
  type Instant,
  limitOfHolder,
  operatorHolder,
  type TraderControl,
  testedIn,
} from '@drawbridge/contracts/pure'
import { type Draft, limitNamed } from './draft.ts'
import { addHold, hasRoomFor, holdOf, releaseHolds } from './holds.ts'
import { hasRoomAfter, isBroken, judge, rebaseLimit } from './judge.ts'
import { rebased } from './limits/limit-states.ts'
import { forgetTrades, tradeLimit } from './trades.ts'

type Pause = Extract<TraderControl, { kind: 'pause' }>
type Resume = Extract<TraderControl, { kind: 'resume' }>

const FIRM_MAX_MS = 31 * 86_400_000

/** Adds the operator's hold. It shortens none that the same operator has. @returns why it cannot be; null: it is done */
export function pause(draft: Draft, command: Pause): string | null {
  const { state, facts, now } = draft
  const { until, reason, firm } = command
  if (until !== null && until <= now) {
    return `until ${formatInstant(until)} is not after the trader's time ${formatInstant(now)}`
  }
  if (firm && (until === null || until > now + FIRM_MAX_MS)) return 'a firm pause lasts at most 31 days'
  const holder = operatorHolder(command.by)
  if (!hasRoomFor(state.pause, holder)) return `${HOLDS_MAX} operators hold already: resume one of them first`
  facts.push({ kind: 'paused', until, reason, ...authorOf(command) })
  const known = holdOf(state.pause, holder)
  const isShorter = known !== undefined && isAfter(known.until, until)
  addHold(draft, {
    holder,
    at: known?.at ?? now,
    until: isShorter ? known.until : until,
    reason: isShorter ? known.reason : `operator: ${reason}`,
    action: null,
    onEnd: 'keep',
    firmUntil: laterOf(known?.firmUntil ?? null, firm ? until : null),
  })
  return null
}

/** Whether an end is later than another; null is the end of time. */
function isAfter(a: Instant | null, b: Instant | null): boolean {
  return b !== null && (a === null || a > b)
}

function laterOf(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b
  return Math.max(a, b)
}

/** Ends the caller's own hold, or those that it names: all of them, or none. */
export function resume(draft: Draft, command: Resume): string | null {
  const { state, now } = draft
  const held = state.pause?.holds ?? []
  if (held.length === 0) return 'the trader is not paused'
  const holds = new Set<Hold>()
  for (const name of command.holders ?? [operatorHolder(command.by)]) {
    const hold = held.find(({ holder }) => isNamed(holder, name))
    if (hold === undefined) {
      return `${name} holds nothing; name a holder: ${held.map(({ holder }) => holder).join(', ')}`
    }
    holds.add(hold)
  }
  for (const hold of holds) {
    const refusal = refusalOf(draft, hold, command)
    if (refusal !== null) return refusal
  }
  const isFirm = [...holds].some(({ firmUntil }) => firmUntil !== null && firmUntil > now)
  const loud = isFirm ? ({ firm: true } as const) : {}
  const how = { at: now, cause: 'operator', reason: command.reason, ...loud, ...authorOf(command) } as const
  releaseHolds(draft, (hold) => holds.has(hold), how)
  for (const { holder } of holds) settle(draft, holder, command.rebase)
  judge(draft)
  return null
}

function isNamed(holder: Holder, name: string): boolean {
  return holder === name || limitOfHolder(holder) === name || holder === operatorHolder(name)
}

/** Why a hold cannot end now; null: it can. */
function refusalOf(draft: Draft, hold: Hold, { rebase, admin, reason }: Resume): string | null {
  const { state, limits, now } = draft
  if (hold.holder === ALL_HOLDER) return 'all traders are paused, which ends for all at once: resume all'
  if (hold.firmUntil !== null && hold.firmUntil > now) {
    if (!admin) return `${hold.holder} is firm until ${formatInstant(hold.firmUntil)}: only an admin ends it`
    return reason === null ? 'reason is missing: the hold is firm' : null
  }
  const name = limitOfHolder(hold.holder)
  const stillBroken = `${name} is still broken; "rebase": true with a reason forgives the loss and measures from now on`
  const ofTrades = tradeLimit(name)
  if (ofTrades !== null) {
    const isReached = state.trades !== null && ofTrades.isReached(state.trades, limits)
    return isReached && !rebase ? stillBroken : null
  }
  const { limit, known } = limitNamed(draft, name)
  if (limit === undefined) return null
  if (known === undefined) return `${name} cannot be judged: the trader has not reported any equity yet`
  const tested = testedIn(known.tests, state)
  if (!rebase) return known.uncomputable === null && !isBroken(limit, known, tested) ? null : stillBroken
  if (state.doubt.pending !== null || state.doubt.zeros !== null) {
    return 'the last reading is not confirmed: nothing is measured from it'
  }
  return hasRoomAfter(limit, rebased(limit, known, tested), tested)
    ? null
    : `${name} would be broken even if it were measured from now on`
}

/** What ends with a hold of a limit. */
function settle(draft: Draft, holder: string, rebase: boolean): void {
  const name = limitOfHolder(holder)
  const ofTrades = tradeLimit(name)
  if (ofTrades !== null) forgetTrades(draft.state, ofTrades)
  const { limit } = limitNamed(draft, name)
  if (rebase && limit !== undefined) rebaseLimit(draft, limit)
}
