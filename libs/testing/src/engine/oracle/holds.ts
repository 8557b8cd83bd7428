import { type Calendar, nextClockTime, nextStartOf, type Window } from './calendar.ts'
import type { Limit } from './limit.ts'
import type { Hold, State } from './state.ts'

const MINUTE = 60_000
const MAX_OPERATOR_HOLDS = 16
const MAX_FIRM_MS = 31 * 86_400_000
/** The name of the hold of all traders. */
export const ALL = '*'

export const holder = (hold: Hold): string => `${hold.by}:${hold.name}`
export const holdOf = (state: State, name: string): Hold | undefined =>
  state.holds.find((hold) => hold.by === 'limit' && hold.name === name)

interface End {
  readonly ends: Limit['ends']
  readonly endsAt: string | null
  readonly window: Window
  readonly leastMinutes: number
}

/** When a pause that begins now may end by time. */
export function endOf({ ends, endsAt, window, leastMinutes }: End, now: number, calendar: Calendar): number | null {
  const least = now + leastMinutes * MINUTE
  switch (ends) {
    case 'manual':
      return null
    case 'timer':
      return least
    case 'next-window':
      return Math.max(least, nextStartOf(window, now, calendar))
    case 'at':
      return Math.max(least, nextClockTime(endsAt ?? calendar.resetTime, now, calendar.zone))
  }
}

const longer = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : Math.max(a, b))

/** An operator's pause. Gives why it is refused. */
export function pause(
  state: State,
  now: number,
  { name, until, firm }: { readonly name: string; readonly until: number | null; readonly firm: boolean },
): string | null {
  if (until !== null && until <= now) return 'until: is over'
  if (firm && until === null) return 'until: a firm pause needs one'
  if (firm && until !== null && until > now + MAX_FIRM_MS) return 'until: a firm pause lasts at most 31 days'
  const own = state.holds.find((hold) => hold.by === 'operator' && hold.name === name)
  if (own?.by === 'operator') {
    own.until = longer(own.until, until)
    if (firm) own.firmUntil = Math.max(own.firmUntil ?? 0, until ?? 0)
    return null
  }
  if (state.holds.filter((hold) => hold.by === 'operator' && hold.name !== ALL).length >= MAX_OPERATOR_HOLDS) {
    return `a trader has at most ${MAX_OPERATOR_HOLDS} pauses of operators: lift one first`
  }
  state.holds.push({ by: 'operator', name, until, firmUntil: firm ? until : null })
  return null
}

/** The holds that a resume names; a text: why there is no such one. */
export function named(state: State, by: string, names: readonly string[] | null): Hold[] | string {
  if (names === null) {
    const own = state.holds.filter((hold) => hold.by === 'operator' && hold.name === by)
    return own.length === 0 ? `operator:${by} holds nothing: name the holder` : own
  }
  const found: Hold[] = []
  for (const name of names) {
    const hold = state.holds.find((one) => holder(one) === name) ?? state.holds.find((one) => one.name === name)
    if (hold === undefined) return `${name}: holds nothing`
    found.push(hold)
  }
  return found
}

export const isFirm = (hold: Hold, now: number): boolean =>
  hold.by === 'operator' && hold.firmUntil !== null && now < hold.firmUntil
