import { authorOf, type Fact, type Hold, type Holder, type Instant, type Pause } from '@drawbridge/contracts'
import type { Draft } from './draft.ts'
import { hasReported, type RuleKind } from './rules/rule-kind.ts'
import { RULE_KINDS } from './rules/rule-kinds.ts'

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

/** When a rule that breaks now lets the pause end, in the trader's time; null: an operator must end it. */
export function holdEnd({ now, limits, state }: Draft, kind: RuleKind): Instant | null {
  const timer = now + limits.stopTradingMinutes * MINUTE_MS
  const end = kind.pauseEnd(limits)
  switch (end) {
    case 'timer':
      return timer
    case 'next-day':
      return Math.max(timer, state.nextResetAt ?? now)
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
  const { state, facts } = draft
  if (!hasReported(state)) return
  for (const hold of ended) {
    const rebased = RULE_KINDS.find(({ name }) => name === hold.holder)?.rebase(state, hold)
    if (rebased) facts.push(rebased)
  }
}
