import type { Amount, Instant, PendingReading, Reading, TraderState } from '@drawbridge/contracts/pure'
import { configuredInitial } from './account.ts'
import type { ResolvedLimits } from './configuration.ts'
import type { Draft } from './draft.ts'
import type { Share } from './share.ts'
import { takeReading } from './take-reading.ts'
import { beforeReading, extendUndo, keepMoved } from './undo.ts'
import { isZero } from './zero.ts'

/** A fall that nothing contradicts for so long is confirmed, milliseconds. */
const UNCONTRADICTED_MS = 60_000
/** Exactly 0 is confirmed by so many readings over so long. */
const ZERO_READINGS = 3
const ZERO_MS = 600_000

/** Takes a reading that can be used, or lets it wait for others. What it changes can be undone. */
export function hearReading(draft: Draft, reading: Reading): void {
  const { state } = draft
  const { limitStates } = state
  state.undo = beforeReading(draft, reading)
  weigh(draft, reading)
  keepMoved(draft, limitStates)
}

function weigh(draft: Draft, reading: Reading): void {
  const { state, limits } = draft
  if (limits.confirmJump !== null && isNewZero(draft, reading)) {
    hearZero(draft, reading)
    return
  }
  if (state.doubt.zeros !== null) state.doubt = { ...state.doubt, zeros: null }
  const stale = ofBeforeTheFlow(draft, reading)
  const jump = stale ?? jumpOf(draft, reading)
  if (jump === null) contradictPending(draft, reading)
  else hearJump(draft, reading, jump, stale !== null)
}

/** A reading within the band drops one that waits. */
function contradictPending(draft: Draft, reading: Reading): void {
  const { state, facts } = draft
  const { pending } = state.doubt
  if (pending !== null) {
    state.doubt = { ...state.doubt, pending: null }
    facts.push({ kind: 'reading-dropped', ...valuesOf(pending.newest) })
  }
  takeReading(draft, reading)
}

/** @param isStale whether it may not know of a flow: then no time confirms it that has passed */
function hearJump(draft: Draft, reading: Reading, jump: Jump, isStale: boolean): void {
  const { state } = draft
  const { at, receivedAt } = heardAt(draft)
  const { pending } = state.doubt
  if (pending === null || pending.side !== jump.side || !agreesAtFirst(draft, pending, reading)) {
    begin(draft, reading, jump, at, receivedAt)
    return
  }
  const next: PendingReading = {
    ...pending,
    nearest: nearer(draft, pending, reading),
    newest: reading,
    newestAt: at,
    newestReceivedAt: receivedAt,
  }
  state.doubt = { ...state.doubt, pending: next }
  if (isStale || !isLongEnough(draft, next)) return
  confirm(draft, next.nearest)
  weighNewest(draft, next)
}

/** When a fall is confirmed because nothing contradicted it; null: nothing waits for that. */
export function confirmationAt({ doubt }: Pick<TraderState, 'doubt'>): Instant | null {
  const { pending } = doubt
  if (pending === null || pending.side !== 'below') return null
  return pending.since + UNCONTRADICTED_MS
}

/** Takes the pending reading, because nothing contradicted it, and weighs the last of them against it. */
export function confirmPending(draft: Draft): void {
  const { doubt, limitStates } = draft.state
  const { pending } = doubt
  if (pending === null) return
  confirm(draft, pending.nearest)
  weighNewest(draft, pending)
  extendUndo(draft, limitStates)
}

function confirm(draft: Draft, reading: Reading): void {
  const { state, facts, now } = draft
  state.doubt = { ...state.doubt, pending: null }
  facts.push({ kind: 'reading-confirmed', at: now, ...valuesOf(reading) })
  takeReading(draft, reading)
}

/** The confirmed reading may be far from the last one, which then waits since its own time. */
function weighNewest(draft: Draft, { nearest, newest, newestAt, newestReceivedAt }: PendingReading): void {
  if (isSame(newest, nearest)) return
  const { heardAgain } = draft
  draft.heardAgain = { at: newestAt, receivedAt: newestReceivedAt }
  if (draft.limits.confirmJump !== null && isNewZero(draft, newest)) hearZero(draft, newest)
  else {
    const jump = ofBeforeTheFlow(draft, newest) ?? jumpOf(draft, newest)
    if (jump === null) takeReading(draft, newest)
    else begin(draft, newest, jump, newestAt, newestReceivedAt)
  }
  draft.heardAgain = heardAgain
}

function isSame(a: Reading, b: Reading): boolean {
  if (a.equity !== b.equity || a.balance !== b.balance) return false
  return a.netDeposits === b.netDeposits && a.currency === b.currency
}

function begin(draft: Draft, reading: Reading, jump: Jump, since: Instant, receivedAt: Instant): void {
  const { state, facts } = draft
  const { side, of } = jump
  const newest = { newest: reading, newestAt: since, newestReceivedAt: receivedAt }
  state.doubt = {
    ...state.doubt,
    pending: { side, of, nearest: reading, ...newest, since, receivedAt, reportedAt: reading.at },
  }
  facts.push({ kind: 'reading-unconfirmed', ...valuesOf(reading) })
}

function valuesOf({ equity, balance }: Reading): Pick<Reading, 'equity' | 'balance'> {
  return { equity, balance }
}

/** Whether a value that the limits use is 0 and was not. */
function isNewZero({ state, limits }: Draft, { equity, balance }: Reading): boolean {
  if (isZero(equity) && state.equity !== 0n) return true
  return limits.usesBalance && balance === 0n && (state.equity === null || state.balance !== 0n)
}

/** Exactly 0 neither supports nor contradicts what waits. */
function hearZero(draft: Draft, reading: Reading): void {
  const { state, facts } = draft
  const { zeros } = state.doubt
  const heard = heardAt(draft)
  const count = (zeros?.count ?? 0) + 1
  const since = zeros?.since ?? heard.at
  const receivedAt = zeros?.receivedAt ?? heard.receivedAt
  const reportedAt = zeros === null ? reading.at : zeros.reportedAt
  if (count >= ZERO_READINGS && passedSince(draft, { since, receivedAt, reportedAt }, reading) >= ZERO_MS) {
    state.doubt = { ...state.doubt, zeros: null }
    confirm(draft, reading)
    return
  }
  state.doubt = { ...state.doubt, zeros: { count, since, receivedAt, reportedAt } }
  if (zeros === null) facts.push({ kind: 'reading-unconfirmed', ...valuesOf(reading) })
}

interface Jump {
  readonly side: PendingReading['side']
  readonly of: PendingReading['of']
  /** How far the value is from the last confirmed one, net of flows. */
  readonly distance: Amount
}

/** Soon after a flow: a reading that is nearer to the equity before it may not know of it. Null: it does. */
function ofBeforeTheFlow(draft: Draft, { equity }: Reading): Jump | null {
  const { state, limits } = draft
  const last = state.flows?.last ?? null
  if (last === null || limits.confirmJump === null || state.equity === null) return null
  if (heardAt(draft).receivedAt >= last.at + limits.confirmJump.seconds * 1_000 || equity === state.equity) return null
  if (sizeOf(equity - last.before) >= sizeOf(equity - last.after)) return null
  return { side: equity < state.equity ? 'below' : 'above', of: 'equity', distance: 0n }
}

/** Which value of a reading is too far from the last confirmed one, net of flows, and where; null: none is. */
function jumpOf({ state, limits }: Draft, reading: Reading): Jump | null {
  const { jump, usesBalance } = limits
  const { equity, balance, netDeposits } = state
  if (jump === null) return null
  if (equity === null) return isAtInitial(state, limits, reading) ? null : { side: null, of: 'equity', distance: 0n }
  const flow = reading.netDeposits === null || netDeposits === null ? 0n : reading.netDeposits - netDeposits
  const side = sideOf(equity + flow, reading.equity, jump)
  if (side !== null) return { side, of: 'equity', distance: sizeOf(reading.equity - equity - flow) }
  if (usesBalance && balance !== null && reading.balance !== null) {
    const ofBalance = sideOf(balance + flow, reading.balance, jump)
    const distance = sizeOf(reading.balance - balance - flow)
    if (ofBalance !== null) return { side: ofBalance, of: 'balance', distance }
  }
  if (flow === 0n || sizeOf(flow) * jump.whole <= jump.part * sizeOf(equity)) return null
  return { side: flow < 0n ? 'below' : 'above', of: 'equity', distance: sizeOf(flow) }
}

/** Whether the first reading is near to what the account began with, in every value that limits use. */
function isAtInitial(state: TraderState, limits: ResolvedLimits, { equity, balance }: Reading): boolean {
  const initial = configuredInitial(state, limits)
  const { jump, usesBalance } = limits
  if (initial === null || jump === null) return false
  if (sideOf(initial, equity, jump) !== null) return false
  return !usesBalance || balance === null || sideOf(initial, balance, jump) === null
}

/** On which side of the band around a known value another lies; null: within it. */
function sideOf(known: Amount, value: Amount, { part, whole }: Share): 'above' | 'below' | null {
  const difference = value - known
  if (sizeOf(difference) * whole <= part * sizeOf(known)) return null
  return difference < 0n ? 'below' : 'above'
}

function sizeOf(amount: Amount): Amount {
  return amount < 0n ? -amount : amount
}

/** Before anything is confirmed, a reading agrees with the one before it if it is near to it. */
function agreesAtFirst({ limits }: Draft, { side, newest }: PendingReading, { equity, balance }: Reading): boolean {
  const { jump, usesBalance } = limits
  if (side !== null || jump === null) return true
  if (sideOf(newest.equity, equity, jump) !== null) return false
  if (!usesBalance || balance === null || newest.balance === null) return true
  return sideOf(newest.balance, balance, jump) === null
}

/** Before anything is confirmed, the first of two that agree; later the one nearest to what is confirmed. */
function nearer(draft: Draft, { nearest, newest }: PendingReading, reading: Reading): Reading {
  if (draft.state.equity === null) return newest
  return distanceOf(draft, reading) < distanceOf(draft, nearest) ? reading : nearest
}

/** By the first value that is too far; one of which none is, is the nearest. */
function distanceOf(draft: Draft, reading: Reading): Amount {
  return jumpOf(draft, reading)?.distance ?? 0n
}

function isLongEnough(draft: Draft, pending: PendingReading): boolean {
  if (pending.side === null) return true
  return passedSince(draft, pending, pending.newest) >= (draft.limits.confirmJump?.seconds ?? 0) * 1_000
}

type Since = Pick<PendingReading, 'since' | 'receivedAt' | 'reportedAt'>

/** The larger of the times that passed for the trader, for JetStream and for the bot, milliseconds. */
function passedSince(draft: Draft, { since, receivedAt, reportedAt }: Since, { at }: Reading): number {
  const heard = heardAt(draft)
  const reported = reportedAt === null || at === null ? 0 : at - reportedAt
  return Math.max(heard.at - since, heard.receivedAt - receivedAt, reported)
}

/** When the reading was heard that is weighed: now, unless it is taken again. */
function heardAt({ heardAgain, now, input }: Draft): NonNullable<Draft['heardAgain']> {
  return heardAgain ?? { at: now, receivedAt: input.time }
}
