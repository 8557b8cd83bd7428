import type { Draft } from './draft.ts'

/** So many late or repeated ticks in a row block entries. */
const LATE_TICKS = 5
/** So do two of them that are so far apart, with nothing else between them; milliseconds. */
const LATE_MS = 10_000

/** Counts a tick that was only late, or came before. */
export function countLateTick(draft: Draft): void {
  const { state, input } = draft
  const { late } = state.doubt
  const count = (late?.count ?? 0) + 1
  const since = late?.since ?? input.time
  const blocks = late?.blocks === true || count >= LATE_TICKS || input.time >= since + LATE_MS
  state.doubt = { ...state.doubt, late: { count, since, blocks } }
  if (blocks && late?.blocks !== true) draft.facts.push({ kind: 'out-of-order', at: draft.now, count })
}
