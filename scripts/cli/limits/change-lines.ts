import { shortTime } from '../moment.ts'
import type { Paint } from '../terminal/paint.ts'
import { head, tableLines } from '../terminal/table.ts'
import { flatLimits, type WrittenLimits, written } from './written-limits.ts'

/** What a change of limits did, in its event. */
export interface LimitsDone {
  readonly before: WrittenLimits
  /** In force now. */
  readonly now: WrittenLimits
  /** Loosens, and waits. */
  readonly later: WrittenLimits
  readonly inForceAt: string | null
}

/** What was changed, and from when on it is in force. */
export function changeLines({ before, now, later, inForceAt }: LimitsDone, paint: Paint): readonly string[] {
  const known = flatLimits(before)
  const rows = (limits: WrittenLimits, when: string) =>
    Object.entries(flatLimits(limits)).map(([name, value]) => [
      { text: name },
      { text: written(known[name]) },
      { text: written(value) },
      { text: when },
    ])
  const waits = inForceAt === null ? 'later, as it loosens' : `from ${shortTime(inForceAt)} on, as it loosens`
  const all = [...rows(now, 'now'), ...rows(later, waits)]
  return all.length === 0
    ? ['Nothing changed.']
    : tableLines([head('setting', 'before', 'after', 'in force'), ...all], paint)
}

interface TraderFact {
  readonly kind: string
  readonly limits?: WrittenLimits
  readonly previous?: WrittenLimits
  readonly pending?: WrittenLimits
  readonly inForceAt?: string
}

/** From the event of a trader. */
export function doneForTrader(event: { readonly facts?: readonly TraderFact[] }): LimitsDone {
  const fact = event.facts?.find(({ kind }) => kind === 'limits-changed')
  const { limits = {}, previous = {}, pending = {}, inForceAt = null } = fact ?? {}
  return { before: previous, now: limits, later: pending, inForceAt }
}

interface LimitsOfAll {
  readonly defaults?: WrittenLimits
  readonly max_traders?: number
  readonly previous?: { readonly defaults?: WrittenLimits; readonly max_traders?: number } | null
  readonly pending?: readonly { readonly at: string; readonly defaults?: WrittenLimits }[]
}

/** From the event of the limits of all. @param change what was asked for */
export function doneForAll(event: LimitsOfAll, change: WrittenLimits): LimitsDone {
  const names = Object.keys(flatLimits(change))
  const wanted = (limits: WrittenLimits): WrittenLimits =>
    Object.fromEntries(Object.entries(flatLimits(limits)).filter(([name]) => names.includes(name)))
  const waiting = event.pending?.findLast(({ defaults = {} }) => Object.keys(wanted(defaults)).length > 0)
  const later = wanted(waiting?.defaults ?? {})
  const { defaults = {}, max_traders, previous } = event
  const inForce = Object.entries(wanted({ ...defaults, max_traders })).filter(([name]) => !(name in later))
  return {
    before: { max_traders: previous?.max_traders, ...previous?.defaults },
    now: Object.fromEntries(inForce),
    later,
    inForceAt: waiting?.at ?? null,
  }
}
