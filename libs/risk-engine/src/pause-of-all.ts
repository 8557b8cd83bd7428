import {
  ALL_HOLDER,
  authorOf,
  type ConfigEvent,
  type FlagsChange,
  type Instant,
  type PauseOfAll,
  type TraderState,
} from '@drawbridge/contracts/pure'
import type { Draft } from './draft.ts'
import { addHold, holdOf, releaseHolds } from './holds.ts'

type FlagsEvent = Extract<ConfigEvent, { kind: 'flags' }>

/** The pause of all after a change. As with an operator's pause of one trader, a later one shortens none. */
export function pauseOfAllAfter(before: PauseOfAll | null, change: FlagsChange, time: Instant): PauseOfAll | null {
  const { pauseAll } = change
  if (pauseAll === undefined) return before
  if (pauseAll === null) return null
  const { until } = pauseAll
  const inForce = before !== null && isInForce(before, time) ? before : null
  const isShorter = inForce !== null && until !== null && (inForce.until === null || inForce.until > until)
  return isShorter ? inForce : { until, reason: change.reason ?? '', ...authorOf(change) }
}

/** Why a change of the pause of all cannot be; null: it can. */
export function pauseOfAllRefusal(before: PauseOfAll | null, { pauseAll }: FlagsChange, time: Instant): string | null {
  if (pauseAll === undefined) return null
  // One whose end has passed may still hold a trader whose own time is behind.
  if (pauseAll === null) return before === null ? 'not all traders are paused' : null
  return pauseAll.until !== null && pauseAll.until <= time ? 'pause_all.until has passed already' : null
}

function isInForce({ until }: PauseOfAll, now: Instant): boolean {
  return until === null || until > now
}

/** Whether a trader that has an event is held otherwise than the pause of all asks for. */
export function isMovedByPauseOfAll({ version, pause }: TraderState, pauseOfAll: PauseOfAll | null): boolean {
  if (version === 0) return false
  const hold = holdOf(pause, ALL_HOLDER)
  if (pauseOfAll === null) return hold !== undefined
  return hold === undefined || hold.until !== pauseOfAll.until || hold.reason !== reasonOf(pauseOfAll)
}

/** A trader that reports for the first time is held by the pause of all. */
export function joinPauseOfAll(draft: Draft): void {
  const { pauseOfAll } = draft.configuration
  if (pauseOfAll === null || holdOf(draft.state.pause, ALL_HOLDER) !== undefined) return
  if (isInForce(pauseOfAll, draft.now)) holdBy(draft, pauseOfAll)
}

/** Holds a trader with all others, or ends that. @param event who asks for it, and why */
export function changePauseOfAll(draft: Draft, event: FlagsEvent): void {
  const { pauseOfAll } = draft.configuration
  if (pauseOfAll !== null) {
    if (isInForce(pauseOfAll, draft.now)) holdBy(draft, pauseOfAll)
    return
  }
  const how = { at: draft.now, cause: 'operator', reason: event.reason, ...authorOf(event) } as const
  releaseHolds(draft, ({ holder }) => holder === ALL_HOLDER, how)
}

function holdBy(draft: Draft, pause: PauseOfAll): void {
  const { state, facts, now } = draft
  const { until, reason } = pause
  facts.push({ kind: 'paused', until, reason, ...authorOf(pause) })
  addHold(draft, {
    holder: ALL_HOLDER,
    at: holdOf(state.pause, ALL_HOLDER)?.at ?? now,
    until,
    reason: reasonOf(pause),
    action: null,
    onEnd: 'keep',
    firmUntil: null,
  })
}

function reasonOf({ reason }: PauseOfAll): string {
  return `operator: ${reason}`
}
