import { ALL } from './holds.ts'
import type { State } from './state.ts'
import type { Command } from './steps.ts'
import type { World } from './world.ts'

type Flags = Extract<Command, { kind: 'flags' }>

const isOver = (until: number | null, now: number): boolean => until !== null && until <= now

/** A pause of all traders that flags ask for, or its end. Gives why it is refused. */
export function askForPauseOfAll(state: State, { pause_all, reason }: Flags, received: number): string | null {
  if (pause_all === undefined) return null
  if (!reason) return 'reason: pause_all needs one'
  const before = state.pauseOfAll
  if (pause_all === null) {
    if (before === null) return 'not all traders are paused'
    state.pauseOfAll = null
    return null
  }
  const until = pause_all.until ? Date.parse(pause_all.until) : null
  if (isOver(until, received)) return 'pause_all.until: is over'
  // A second one shortens none.
  const lasts = before !== null && !isOver(before.until, received) ? before.until : received
  state.pauseOfAll = { until: lasts === null || until === null ? null : Math.max(lasts, until) }
  return null
}

/** The trader is held as all others are; or no longer, where they are not. */
export function obeyPauseOfAll(world: World, now: number): void {
  const { state, facts } = world
  if (state.pauseOfAll !== null) {
    joinPauseOfAll(world, now)
    return
  }
  const others = state.holds.filter(({ name }) => name !== ALL)
  if (others.length < state.holds.length) facts.push({ at: now, what: 'resumed', of: `operator:${ALL}` })
  state.holds = others
}

/** Whoever reports while all are paused is held, too, unless its own time is past the end. */
export function joinPauseOfAll({ state, facts }: World, now: number): void {
  const { pauseOfAll, holds } = state
  if (!state.known || pauseOfAll === null || isOver(pauseOfAll.until, now)) return
  const { until } = pauseOfAll
  const known = holds.find((hold) => hold.by === 'operator' && hold.name === ALL)
  if (known?.until === until) return
  if (known?.by === 'operator') known.until = until
  else holds.push({ by: 'operator', name: ALL, until, firmUntil: null })
  facts.push({ at: now, what: 'paused', of: ALL })
}
