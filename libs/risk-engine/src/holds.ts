import {
  ALL_HOLDER,
  authorOf,
  type Fact,
  HOLDS_MAX,
  type Hold,
  type Holder,
  type Instant,
  type LimitDefinition,
  limitOfHolder,
  type Pause,
} from '@drawbridge/contracts/pure'
import type { Draft } from './draft.ts'
import { nextTimeOfDay, nextWindowAt } from './windows.ts'

const MINUTE_MS = 60_000

/** The hold of a limit or an operator; undefined: it holds nothing. */
export function holdOf(pause: Pause | null, holder: Holder): Hold | undefined {
  return pause?.holds.find((hold) => hold.holder === holder)
}

/** The hold of a limit, by the name that it has now or had in older rules. */
export function holdOfLimit(pause: Pause | null, name: string): Hold | undefined {
  return pause?.holds.find((hold) => limitOfHolder(hold.holder) === name)
}

/** Adds a hold, or replaces the same holder's. The pause lasts until the latest end of all. */
export function addHold(draft: Draft, hold: Hold): void {
  const { pause } = draft.state
  const others = pause === null ? [] : pause.holds.filter((other) => other.holder !== hold.holder)
  draft.state.pause = pauseOf(pause?.since ?? hold.at, [...others, hold])
}

/** Whether there is room for another operator's hold. Limits are bounded by their own number. */
export function hasRoomFor(pause: Pause | null, holder: Holder): boolean {
  const operators =
    pause?.holds.filter((hold) => limitOfHolder(hold.holder) === null && hold.holder !== ALL_HOLDER) ?? []
  return operators.length < HOLDS_MAX || holdOf(pause, holder) !== undefined
}

function pauseOf(since: Instant, all: readonly Hold[]): Pause {
  // Not from `since` on: a trader set to event time may be held from before its first tick, by another clock.
  let until: Instant | null = Number.NEGATIVE_INFINITY
  for (const hold of all) until = until === null || hold.until === null ? null : Math.max(until, hold.until)
  return { since, until, holds: all }
}

/** When a limit that breaks now lets its hold end at the earliest, in the trader's time; null: an operator must end it. */
export function holdEnd(
  { now, limits, state }: Draft,
  { ends, leastMinutes, window }: LimitDefinition,
): Instant | null {
  const least = now + leastMinutes * MINUTE_MS
  switch (ends.kind) {
    case 'timer':
      return least
    case 'next-window': {
      const next = window === 'day' ? (state.nextResetAt ?? now) : nextWindowAt(window, now, limits)
      return Math.max(least, next ?? now)
    }
    case 'at':
      return Math.max(least, nextTimeOfDay(ends.time, now, limits))
    case 'manual':
      return null
    default:
      return ends satisfies never
  }
}

type Resumed = Extract<Fact, { kind: 'resumed' }>

/** Ends some holds. @param how why, where the whole pause ends by that */
export function releaseHolds(
  draft: Draft,
  ends: (hold: Hold) => boolean,
  how: Omit<Resumed, 'kind' | 'holders'>,
): void {
  const { pause } = draft.state
  if (pause === null) return
  const ended = pause.holds.filter(ends)
  if (ended.length === 0) return
  const remaining = pause.holds.filter((hold) => !ends(hold))
  draft.state.pause = remaining.length === 0 ? null : pauseOf(pause.since, remaining)
  const holders = ended.map((hold) => hold.holder)
  if (remaining.length > 0 && how.cause === 'time') {
    draft.facts.push({ kind: 'hold-ended', at: how.at, holders })
    return
  }
  const { at, cause, reason, firm } = how
  const broken = firm === true ? { firm } : {}
  draft.facts.push({ kind: 'resumed', at, cause, holders, reason, ...broken, ...authorOf(how) })
}

/** Keeps what is left of each hold. @param left of a hold; null: nothing */
export function keepHolds(draft: Draft, left: (hold: Hold) => Hold | null): void {
  const { pause } = draft.state
  if (pause === null) return
  const kept = pause.holds.map(left).filter((hold) => hold !== null)
  draft.state.pause = kept.length === 0 ? null : pauseOf(pause.since, kept)
}
