import {
  type Amount,
  type Fact,
  formatAmount,
  type Hold,
  type HoldAction,
  HUNDRED_PERCENT,
  type LimitDefinition,
  type LimitState,
  limitHolder,
  limitOfHolder,
  type Pause,
  percentOf,
  type TierAction,
  testedIn,
} from '@drawbridge/contracts/pure'
import { type Draft, limitNamed } from './draft.ts'
import { addHold, holdEnd, holdOfLimit, releaseHolds } from './holds.ts'
import type { JudgedLimit } from './limits/judged-limit.ts'
import { rebased } from './limits/limit-states.ts'
import { reaches } from './limits/line.ts'
import { forgetTrades, tradeLimit } from './trades.ts'

/** Ends the holds that may end, and judges the last confirmed reading by every limit. */
export function judge(draft: Draft): void {
  const { state, limits, configuration } = draft
  if (configuration.enforcement && state.unenforced.length > 0) state.unenforced = []
  endHolds(draft)
  for (let index = 0; index < limits.definitions.limits.length; index += 1) {
    const known = state.limitStates[index]
    if (known !== undefined && !(isFar(known, state) && state.unenforced.length === 0)) judgeLimit(draft, index)
  }
}

/** Whether a limit is so far from its lines that there is nothing to say of it, as at nearly all readings. */
function isFar({ tests, measure, tierLines, warnedPct, uncomputable }: LimitState, state: Draft['state']): boolean {
  const [mildest] = tierLines
  const tested = testedIn(tests, state)
  if (warnedPct !== null || uncomputable !== null || mildest === undefined || tested === null) return false
  return !reaches(measure, tested, mildest)
}

function judgeLimit(draft: Draft, index: number): void {
  const limit = draft.limits.definitions.limits[index]
  const known = draft.state.limitStates[index]
  // What was told of a limit stays told while nobody can compute it.
  if (limit === undefined || known === undefined || known.uncomputable !== null) return
  const tested = testedIn(known.tests, draft.state)
  const action = actionOf(limit, known, tested)
  if (action !== null && action !== 'warn') breach(draft, limit, known, tested, action)
  else if (draft.state.unenforced.length > 0) forgetUnenforced(draft, limit.name)
  if (action !== null || known.warnedPct !== null) warn(draft, index, limit, known, tested, action)
}

/** The action of the severest tier that the tested value has reached; null: none. */
export function actionOf(
  limit: LimitDefinition,
  { tierLines, measure, uncomputable }: LimitState,
  tested: Amount | null,
): TierAction | null {
  if (tested === null || uncomputable !== null) return null
  // From the mildest on, as hardly any reading reaches one.
  let severest: TierAction | null = null
  for (let index = 0; index < tierLines.length; index += 1) {
    const line = tierLines[index]
    if (line === undefined || !reaches(measure, tested, line)) break
    severest = limit.tiers[index]?.action ?? null
  }
  return severest
}

/** Whether a limit is at the line of its mildest tier that blocks, or beyond. */
export function isBroken(limit: LimitDefinition, known: LimitState, tested: Amount | null): boolean {
  const action = actionOf(limit, known, tested)
  return action !== null && action !== 'warn'
}

function breach(
  draft: Draft,
  limit: LimitDefinition,
  known: LimitState,
  tested: Amount | null,
  action: HoldAction,
): void {
  const { state, facts, now, configuration } = draft
  const hold = holdOfLimit(state.pause, limit.name)
  // A hold goes on while enforcement is off, without being applied.
  const enforced = configuration.enforcement || hold !== undefined
  if (hold !== undefined && !(action === 'flatten' && hold.action !== 'flatten')) return
  if (!enforced && state.unenforced.includes(limit.name)) return
  const until = enforced ? (hold === undefined ? holdEnd(draft, limit) : hold.until) : null
  facts.push({ kind: 'breached', rule: limit.name, action, ...figuresOf(limit, known, tested), enforced, until })
  if (!enforced) {
    state.unenforced = [...state.unenforced, limit.name]
    return
  }
  const holder = hold?.holder ?? limitHolder(limit.name)
  addHold(draft, {
    holder,
    at: hold?.at ?? now,
    until,
    reason: reasonOf(limit, known, tested, action),
    action,
    onEnd: hold?.onEnd ?? limit.onEnd,
    firmUntil: null,
  })
}

type Figures = Pick<Extract<Fact, { kind: 'breached' }>, 'observedPct' | 'limitPct' | 'loss' | 'base'>

/** The loss, or of a profit the gain, and its share of the base; and the limit as a percentage of it. */
function figuresOf(limit: LimitDefinition, { reference, base }: LimitState, tested: Amount | null): Figures {
  const from = reference ?? 0n
  const value = tested ?? from
  const loss = limit.measure === 'loss' ? from - value : value - from
  const whole = base ?? 0n
  const limitPct = limit.size.kind === 'percent' ? limit.size.percent : percentOf(limit.size.amount, whole)
  return { observedPct: percentOf(loss, whole), limitPct, loss, base: whole }
}

function reasonOf(limit: LimitDefinition, known: LimitState, tested: Amount | null, action: HoldAction): string {
  const { observedPct, loss } = figuresOf(limit, known, tested)
  const { size, name, measure } = limit
  const what =
    size.kind === 'percent'
      ? `${formatAmount(observedPct)} % reached the limit of ${formatAmount(size.percent)} %`
      : `a ${measure} of ${formatAmount(loss)} reached the limit of ${formatAmount(size.amount)}`
  const tier = limit.tiers.find((one) => one.action === action)
  const at =
    tier === undefined || tier.atPct === HUNDRED_PERCENT ? '' : `, ${action} at ${formatAmount(tier.atPct)} % of it`
  return `${name}: ${what}${at}`
}

/** Tells each warning tier once a crossing; a limit that holds, or is broken, warns of nothing. */
function warn(
  draft: Draft,
  index: number,
  limit: LimitDefinition,
  known: LimitState,
  tested: Amount | null,
  action: TierAction | null,
): void {
  const { state, facts } = draft
  const isHeld = holdOfLimit(state.pause, limit.name) !== undefined
  const reached = isHeld ? null : warningOf(limit, known, tested)
  if (reached === known.warnedPct) return
  const isWorse = reached !== null && (known.warnedPct === null || reached > known.warnedPct)
  if (isWorse && action === 'warn') {
    const { observedPct, limitPct } = figuresOf(limit, known, tested)
    facts.push({ kind: 'warned', rule: limit.name, observedPct, limitPct })
  }
  state.limitStates = state.limitStates.with(index, { ...known, warnedPct: reached })
}

/** The highest warning tier that the tested value has reached, percent of the room; null: none. */
function warningOf(
  { tiers }: LimitDefinition,
  { tierLines, measure, uncomputable }: LimitState,
  tested: Amount | null,
): Amount | null {
  if (tested === null || uncomputable !== null) return null
  let highest: Amount | null = null
  for (const [index, tier] of tiers.entries()) {
    const line = tierLines[index]
    if (tier.action === 'warn' && line !== undefined && reaches(measure, tested, line)) highest = tier.atPct
  }
  return highest
}

/** The next crossing is another one. */
export function forgetUnenforced({ state }: Draft, name: string): void {
  if (state.unenforced.includes(name)) state.unenforced = state.unenforced.filter((other) => other !== name)
}

/**
 * Ends the holds whose time is over: of operators at once, of limits if these are not broken any more. Where a limit says
 * `rebase`, time alone ends its hold and forgives the loss.
 */
export function endHolds(draft: Draft): void {
  if (draft.state.pause !== null) endThose(draft, draft.state.pause)
}

function endThose(draft: Draft, pause: Pause): void {
  const { state, now } = draft
  const due = pause.holds.filter((hold) => hold.until !== null && hold.until <= now)
  if (due.length === 0) return
  const ended = due.filter((hold) => mayEnd(draft, hold))
  if (ended.length === 0) return
  const holders = new Set(ended.map(({ holder }) => holder))
  releaseHolds(draft, ({ holder }) => holders.has(holder), { at: now, cause: 'time', reason: null, by: null })
  for (const { holder, onEnd } of ended) {
    const name = limitOfHolder(holder)
    const ofTrades = tradeLimit(name)
    if (ofTrades !== null) forgetTrades(state, ofTrades)
    const { index, limit } = limitNamed(draft, name)
    if (limit !== undefined && onEnd === 'rebase') rebaseLimit(draft, limit)
    // What is near its line without a pause is worth a warning.
    judgeLimit(draft, index)
  }
}

/** A hold keeps what its limit said when it broke: a looser one ends no pause early. */
function mayEnd(draft: Draft, { holder, onEnd }: Hold): boolean {
  const name = limitOfHolder(holder)
  if (name === null) return true
  const { limit, known } = limitNamed(draft, name)
  if (limit === undefined) return true
  // Without a reading nobody knows whether it is broken.
  if (known === undefined) return false
  const tested = testedIn(known.tests, draft.state)
  if (known.uncomputable === null && !isBroken(limit, known, tested)) return true
  return onEnd === 'rebase' && hasRoomAfter(limit, rebased(limit, known, tested), tested)
}

/** Whether a limit that is measured from the tested value has room. */
export function hasRoomAfter(
  limit: LimitDefinition,
  after: LimitState | null,
  tested: Amount | null,
): after is LimitState {
  return after !== null && after.uncomputable === null && !isBroken(limit, after, tested)
}

/** Measures a limit from the tested value. @returns whether it has its full room by that */
export function rebaseLimit(draft: Draft, limit: JudgedLimit): boolean {
  const { state, limits, facts } = draft
  const index = limits.definitions.limits.indexOf(limit)
  const known = state.limitStates[index]
  if (known === undefined) return false
  const tested = testedIn(known.tests, state)
  const after = rebased(limit, known, tested)
  if (!hasRoomAfter(limit, after, tested)) return false
  if (after.reference === known.reference || after.reference === null) return true
  state.limitStates = state.limitStates.with(index, after)
  state.undo = null
  facts.push({ kind: 'rebased', rule: limit.name, from: known.reference ?? 0n, to: after.reference })
  return true
}

/** Tells which limits cannot be computed from now on, and which can again. */
export function tellUncomputable(draft: Draft, before: readonly LimitState[]): void {
  const { limitStates } = draft.state
  if (limitStates === before) return
  // With nearly every input neither list has one.
  if (!before.some(isUncomputable) && !limitStates.some(isUncomputable)) return
  const earlier = new Map(before.map(({ name, uncomputable }) => [name, uncomputable]))
  for (const { name, uncomputable } of limitStates) {
    const known = earlier.get(name) ?? null
    if ((known === null) === (uncomputable === null)) continue
    draft.facts.push({ kind: 'uncomputable', rule: name, reason: uncomputable })
  }
}

function isUncomputable({ uncomputable }: LimitState): boolean {
  return uncomputable !== null
}
