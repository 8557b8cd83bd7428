import type { Calendar } from './calendar.ts'
import { type LimitSpec, type Settings, shortForms } from './config.ts'
import { type Limit, resolve } from './limit.ts'
import type { Book, State } from './state.ts'
import type { Fact } from './verdict.ts'

/** The state with what follows from its settings, and where facts are told. */
export interface World {
  readonly state: State
  readonly limits: readonly Limit[]
  readonly calendar: Calendar
  readonly facts: Fact[]
}

const resolved = new WeakMap<Settings, WeakMap<ReadonlyMap<string, Partial<LimitSpec>>, readonly Limit[]>>()

/** Every limit in force: the short forms, then the long ones by name. */
export function limitsOf(state: State): readonly Limit[] {
  const known = resolved.get(state.settings)?.get(state.limits)
  if (known !== undefined) return known
  const long = [...(state.limits as Map<string, LimitSpec>)].sort(([a], [b]) => (a < b ? -1 : 1))
  const specs = [...shortForms(state.settings), ...long]
  const limits = specs.map(([name, spec]) => resolve(name, spec, state.settings))
  const of = resolved.get(state.settings) ?? new WeakMap()
  of.set(state.limits, limits)
  resolved.set(state.settings, of)
  return limits
}

export function worldOf(state: State, facts: Fact[]): World {
  const { reset_time, reset_time_zone, week_starts } = state.settings
  const calendar = { resetTime: reset_time, zone: reset_time_zone, weekStarts: week_starts }
  return { state, limits: limitsOf(state), calendar, facts }
}

/** A copy that moves by itself. */
export const copyOfBook = (book: Book): Book => ({
  ...book,
  known: { ...book.known },
  memories: new Map([...book.memories].map(([name, memory]) => [name, { ...memory }])),
  days: { ...book.days },
})

/** A copy of all that changes; settings and limits are replaced, never changed. */
export const copyOf = (state: State): State => ({
  ...state,
  book: copyOfBook(state.book),
  holds: state.holds.map((hold) => ({ ...hold })),
  recorded: new Set(state.recorded),
  warned: new Map(state.warned),
  uncomputable: new Set(state.uncomputable),
  late: { ...state.late },
})
