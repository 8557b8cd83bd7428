import { nextWindowStart, type Window } from './calendar.ts'
import { changeNow } from './changes.ts'
import { settle, usedFields } from './judge.ts'
import { believeFall, fallDueAt } from './plausibility.ts'
import { moveByWindows } from './references.ts'
import { lastedInSession, nextChange } from './sessions.ts'
import type { State } from './state.ts'
import { confirm, take } from './take.ts'
import { beginTradeWindow } from './trades.ts'
import { copyOf, type World, worldOf } from './world.ts'

type Due =
  | { readonly at: number; readonly what: 'window'; readonly windows: readonly Window[] }
  | { readonly at: number; readonly what: 'change' | 'fall' | 'hold' | 'silence' | 'session' }

/** What comes next by time alone. Of two at once, the first of this list comes first. */
function nextDue(world: World): Due | null {
  const { state, calendar } = world
  if (state.time === null) return null
  const { time } = state
  const due: Due[] = [{ what: 'window', ...nextWindowStart(time, calendar) }]
  const silence = silentFrom(state)
  if (silence !== null) due.push({ what: 'silence', at: silence })
  const session = sessionDueAt(state)
  if (session !== null) due.push({ what: 'session', at: session })
  const inServerTime = state.settings.time_base === 'server'
  const change = inServerTime ? Math.min(...state.waiting.map(({ from }) => from)) : Number.POSITIVE_INFINITY
  if (Number.isFinite(change)) due.push({ what: 'change', at: change })
  const fall = fallDueAt(state.book, state.settings.time_base)
  if (fall !== null) due.push({ what: 'fall', at: fall })
  for (const { until } of state.holds) if (until !== null && until > time) due.push({ what: 'hold', at: until })
  return due.reduce((first, other) => (other.at < first.at ? other : first))
}

function silentFrom({ settings, silent, heard }: State): number | null {
  if (settings.time_base === 'event' || settings.stale_after_seconds === null || silent || heard === null) return null
  const ms = settings.stale_after_seconds * 1_000
  return settings.sessions === null ? heard + ms : lastedInSession(settings.sessions, heard, ms)
}

/** When a market that blocks entries closes or opens next. */
function sessionDueAt({ settings: { sessions }, time }: State): number | null {
  return time === null || sessions?.block_entries !== true ? null : nextChange(sessions, time)
}

function happen(world: World, due: Due): void {
  const { state, limits, facts } = world
  const at = Math.max(due.at, state.time ?? due.at)
  if (due.what === 'silence') {
    // It moves no line, so that what else is due at this moment comes as if there were no silence.
    state.silent = true
    facts.push({ at, what: 'silent' })
    return
  }
  state.time = at
  switch (due.what) {
    case 'window':
      if (state.book.last !== null) {
        facts.push({ at, what: 'window-started', of: due.windows.join() })
        state.before = null
      }
      moveByWindows(state, limits, due.windows)
      beginTradeWindow(state, due.windows, at)
      for (const limit of limits) if (due.windows.includes(limit.window)) forgetTold(state, limit.name)
      break
    case 'change':
      changeNow(world, at, at)
      break
    case 'fall': {
      const { first, latest } = believeFall(state, usedFields(limits))
      confirm(world, first, at)
      if (first !== latest) take(world, latest, at)
      break
    }
    case 'hold':
    case 'session':
      break
    default:
      due.what satisfies never
  }
  settle(worldOf(state, facts), at)
}

/** A new window is a new crossing. */
function forgetTold(state: State, name: string): void {
  state.recorded.delete(name)
  state.warned.delete(name)
}

/** Everything that time alone does up to a moment, one by one. */
export function passTo(state: State, to: number, facts: World['facts']): void {
  if (state.time === null) {
    state.time = to
    settle(worldOf(state, facts), to)
  }
  for (;;) {
    const world = worldOf(state, facts)
    const due = nextDue(world)
    if (due === null || due.at > to) break
    happen(world, due)
  }
  state.time = Math.max(to, state.time ?? to)
}

/** The next moment at which something happens by itself; that a window begins is nothing by itself. */
export function nextWake(state: State): number | null {
  if (state.settings.time_base === 'event' || state.time === null) return null
  const copy = copyOf(state)
  const facts: World['facts'] = []
  // After a day, a week and a month have begun, the same reading moves nothing any more.
  const untouched = new Set<Window>(['day', 'week', 'month'])
  for (;;) {
    const due = nextDue(worldOf(copy, facts))
    if (due === null) return null
    if (due.what === 'window') {
      if (untouched.size === 0 && nothingElse(copy)) return null
      for (const window of due.windows) untouched.delete(window)
    }
    happen(worldOf(copy, facts), due)
    const loud = facts.find(({ what }) => what !== 'window-started')
    if (loud !== undefined) return loud.at
  }
}

function nothingElse(state: State): boolean {
  const time = state.time ?? 0
  const holds = state.holds.some(({ until }) => until !== null && until > time)
  const falls = fallDueAt(state.book, 'server') !== null
  return state.waiting.length === 0 && !holds && !falls && silentFrom(state) === null && sessionDueAt(state) === null
}
