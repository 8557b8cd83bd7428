import {
  authorOf,
  type Fact,
  type Hold,
  type Holder,
  type Instant,
  type Limits,
  type Pause,
  type PauseEnd,
  type Rule,
} from '@drawbridge/contracts'
import type { Draft } from './state.ts'

const MINUTE_MS = 60_000

/** Whether a rule or an operator holds the trader's pause. */
export function holds(pause: Pause | null, holder: Holder): boolean {
  return pause?.holds.some((hold) => hold.holder === holder) === true
}

/** Adds a reason to pause, or replaces the same holder's; the pause lasts until the latest end of all. */
export function addHold(draft: Draft, hold: Hold): void {
  const { pause } = draft.state
  const others = pause === null ? [] : pause.holds.filter((other) => other.holder !== hold.holder)
  draft.state.pause = pauseOf(pause?.since ?? hold.at, [...others, hold])
}

function pauseOf(since: Instant, all: readonly Hold[]): Pause {
  // Not from `since` on: a trader set to event time may be held from before its first tick, by another clock.
  let until: Instant | null = Number.NEGATIVE_INFINITY
  for (const hold of all) until = until === null || hold.until === null ? null : Math.max(until, hold.until)
  return { since, until, holds: all }
}

/** When a rule that broke at `at` lets the pause end; null: an operator must end it. */
export function holdEnd(rule: Rule, at: Instant, nextResetAt: Instant, limits: Limits): Instant | null {
  const timer = at + limits.stopTradingMinutes * MINUTE_MS
  const end: PauseEnd = rule === 'max_daily_loss' ? limits.dailyLossEnds : limits.drawdownEnds
  switch (end) {
    case 'timer':
      return timer
    case 'next-day':
      return Math.max(timer, nextResetAt)
    case 'manual':
      return null
    default:
      return end satisfies never
  }
}

type Resumed = Extract<Fact, { kind: 'resumed' }>

/** Ends the whole pause. */
export function endPause(draft: Draft, how: Omit<Resumed, 'kind' | 'holders'>): void {
  release(draft, () => true, how)
}

/** Ends what the limits hold of a pause; an operator's word stays. */
export function endLimitHolds(draft: Draft, how: Omit<Resumed, 'kind' | 'holders'>): void {
  release(draft, (hold) => hold.holder !== 'operator', how)
}

function release(draft: Draft, ends: (hold: Hold) => boolean, how: Omit<Resumed, 'kind' | 'holders'>): void {
  const { pause } = draft.state
  if (pause === null) return
  const ended = pause.holds.filter(ends)
  const remaining = pause.holds.filter((hold) => !ends(hold))
  draft.state.pause = remaining.length === 0 ? null : pauseOf(pause.since, remaining)
  draft.facts.push({
    kind: 'resumed',
    at: how.at,
    cause: how.cause,
    holders: ended.map((hold) => hold.holder),
    reason: how.reason,
    ...authorOf(how),
  })
  for (const hold of ended) rebase(draft, hold)
}

/** An unchanged peak or baseline would break the same limit again at the next tick, for ever. */
function rebase(draft: Draft, hold: Hold): void {
  const { state, facts } = draft
  const { equity } = state
  if (equity === null) return
  if (hold.holder === 'max_drawdown' && state.peakEquity !== null && state.peakEquity !== equity) {
    facts.push({ kind: 'peak-rebased', from: state.peakEquity, to: equity })
    state.peakEquity = equity
  }
  const sameDay = state.dayStartedAt !== null && hold.at >= state.dayStartedAt
  if (hold.holder === 'max_daily_loss' && sameDay && state.dayEquity !== null && state.dayEquity !== equity) {
    facts.push({ kind: 'baseline-rebased', from: state.dayEquity, to: equity })
    state.dayEquity = equity
    state.dayBalance = state.balance
  }
}
