import type { LimitSpec, Settings } from './config.ts'
import { faultsOf } from './faults.ts'
import { compare, decimal } from './fractions.ts'
import type { Limit } from './limit.ts'
import { loosensLimit, loosensSetting } from './loosening.ts'
import { beginLimit, configuredIn, forgetBegun } from './references.ts'
import type { State, Waiting } from './state.ts'
import type { Command } from './steps.ts'
import { limitsOf, type World } from './world.ts'

type Change = Omit<Waiting, 'from'>

/**
 * Changes limits and settings, field by field: what loosens waits. Gives why it is refused.
 * @param received what waits waits in the server's time, whatever time the rules use
 */
export function changeLimits(
  world: World,
  command: Extract<Command, { kind: 'limits' }>,
  now: number,
  received: number,
): string | null {
  const { state, facts } = world
  const changes = changesOf(state, command)
  const after = changes.reduce(applied, { settings: state.settings, limits: state.limits })
  const faults = faultsOf(after.settings, after.limits)
  if (faults.length > 0) return faults.join('; ')
  const delay = state.settings.loosen_after_minutes * 60_000
  const waits = changes.filter((change) => delay > 0 && loosens(state, change))
  // What is said again replaces what waits, and a limit that goes, or stays, what was said of its parts or of its going.
  const isSaid = (waiting: Waiting): boolean =>
    changes.some(
      ({ field, limit }) =>
        field === waiting.field ||
        (limit !== null && limit === waiting.limit && (field === limit || waiting.field === limit)),
    )
  state.waiting = [
    ...state.waiting.filter((waiting) => !isSaid(waiting)),
    ...waits.map((change) => ({ ...change, from: received + delay })),
  ]
  put(
    state,
    changes.filter((change) => !waits.includes(change)),
  )
  facts.push({ at: now, what: 'limits-changed' })
  return null
}

/** What waited until now takes effect. */
export function changeNow({ state, facts }: World, at: number, received: number): void {
  const due = state.waiting.filter(({ from }) => from <= received)
  state.waiting = state.waiting.filter(({ from }) => from > received)
  put(state, due)
  facts.push({ at, what: 'limits-changed' })
}

function changesOf(state: State, { set = {}, short = {} }: Extract<Command, { kind: 'limits' }>): Change[] {
  const settings = Object.entries(short).map(([field, value]): Change => ({ field, limit: null, value }))
  const limits = Object.entries(set).flatMap(([limit, spec]): Change[] => {
    if (spec === null) return state.limits.has(limit) ? [{ field: limit, limit, value: null }] : []
    // A limit that a command had removed is again what the configuration says, but for what is said now.
    if (!state.limits.has(limit)) return [{ field: limit, limit, value: { ...state.configured.get(limit), ...spec } }]
    return Object.entries(spec).map(([field, value]) => ({ field: `${limit}.${field}`, limit, value }))
  })
  return [...settings, ...limits]
}

interface Said {
  readonly settings: Settings
  readonly limits: Map<string, Partial<LimitSpec>>
}

function applied({ settings, limits }: Said, { field, limit, value }: Change): Said {
  if (limit === null) return { settings: { ...settings, [field]: value }, limits }
  const after = new Map(limits)
  if (field === limit) {
    if (value === null) after.delete(limit)
    else after.set(limit, value as Partial<LimitSpec>)
  } else if (after.has(limit)) after.set(limit, { ...after.get(limit), [field.slice(limit.length + 1)]: value })
  return { settings, limits: after }
}

function loosens(state: State, change: Change): boolean {
  const { field, limit } = change
  const after = applied({ settings: state.settings, limits: state.limits }, change)
  if (limit === null) return loosensSetting(field as keyof Settings, state.settings, after.settings)
  const [from, to] = [state.limits.get(limit), after.limits.get(limit)]
  if (from === undefined) return false
  if (to === undefined) return true
  return loosensLimit(
    field.slice(limit.length + 1) as keyof LimitSpec,
    from as LimitSpec,
    to as LimitSpec,
    state.settings,
  )
}

/** How a limit is measured: with another one it starts again. */
const definition = ({ measure, window, kind, of, sampled }: Limit): string =>
  [measure, window, kind, ...(kind === 'initial' ? [] : [of]), ...(kind === 'peak' ? [sampled] : [])].join(' ')

/** In force from now on. A limit with another reference starts again. */
function put(state: State, changes: readonly Change[]): void {
  if (changes.length === 0) return
  const before = { settings: state.settings, limits: new Map(limitsOf(state).map((limit) => [limit.name, limit])) }
  const after = changes.reduce(applied, { settings: state.settings, limits: state.limits })
  const initialBefore = configuredIn(state)
  state.settings = after.settings
  state.limits = after.limits
  state.before = null
  const limits = limitsOf(state)
  for (const name of before.limits.keys()) if (!limits.some((limit) => limit.name === name)) forget(state, name)
  const { initial_balance: initial } = state.settings
  if (initial !== before.settings.initial_balance) {
    state.period = { ...state.period, initial: null }
    // The same amount said again moves nothing.
    const now = configuredIn(state)
    if (now === null || initialBefore === null || compare(now, initialBefore) !== 0) changeInitial(state, initial)
  }
  for (const limit of limits) {
    const known = before.limits.get(limit.name)
    if (known === undefined || definition(limit) !== definition(known)) beginLimit(state, limit)
  }
  forgetBegun(state, limits)
}

function forget({ book, recorded, warned }: State, name: string): void {
  book.memories.delete(name)
  recorded.delete(name)
  warned.delete(name)
}

/**
 * What the account began with was another amount: what is measured from it is measured from the new one. Where none is
 * said any more, limits stay as they are, and those that come later begin with the first reading.
 */
function changeInitial(state: State, written: string | number | null): void {
  if (state.book.last === null) return
  if (written === null) {
    state.book.initial = state.book.first
    return
  }
  const initial = decimal(written)
  state.book.initial = initial
  for (const limit of limitsOf(state)) {
    const memory = state.book.memories.get(limit.name)
    if (memory === undefined) continue
    memory.initial = initial
    if (limit.kind === 'initial') memory.reference = initial
  }
}
