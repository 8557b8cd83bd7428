import type { Instant, Sessions, TraderState } from '@drawbridge/contracts/pure'
import type { ResolvedLimits } from './configuration.ts'
import type { Draft } from './draft.ts'
import { type Day, OpenDays, type Span } from './open-days.ts'

/** The time from one opening or closing of a market to the next: `from <= moment < until`. */
export type Session =
  /** Null: it was never closed before, or will never be. */
  | { readonly isOpen: true; readonly from: Instant | null; readonly until: Instant | null }
  | { readonly isOpen: false; readonly from: Instant; readonly until: Instant }

interface Calendar {
  readonly days: OpenDays
  /** Found last: thousands of traders ask for the same in a row. */
  readonly known: Session[]
}

const calendars = new WeakMap<Sessions, Calendar>()
const KNOWN_MAX = 16

export function sessionAt(moment: Instant, sessions: Sessions): Session {
  const { days, known } = calendarOf(sessions)
  const before = known.find(
    ({ from, until }) => (from === null || from <= moment) && (until === null || moment < until),
  )
  if (before !== undefined) return before
  const session = days.isAlwaysOpen ? betweenHolidays(moment, days) : findSession(moment, days)
  known.unshift(session)
  known.length = Math.min(known.length, KNOWN_MAX)
  return session
}

function calendarOf(sessions: Sessions): Calendar {
  const known = calendars.get(sessions)
  if (known !== undefined) return known
  const made = { days: new OpenDays(sessions), known: [] }
  calendars.set(sessions, made)
  return made
}

/** The session of a market that closes only on holidays. */
function betweenHolidays(moment: Instant, days: OpenDays): Session {
  const today = days.dayOf(moment)
  if (!days.isHoliday(today)) {
    const before = days.holidays.findLast((day) => day < today)
    const next = days.holidays.find((day) => day > today)
    return {
      isOpen: true,
      from: before === undefined ? null : days.startOf(before + 1),
      until: next === undefined ? null : days.startOf(next),
    }
  }
  let [first, last] = [today, today]
  while (days.isHoliday(first - 1)) first -= 1
  while (days.isHoliday(last + 1)) last += 1
  return { isOpen: false, from: days.startOf(first), until: days.startOf(last + 1) }
}

/** No market is closed for so long; 400 holidays of one that opens once a week are fewer. */
const LOOKED_AT_DAYS = 3_660

function findSession(moment: Instant, days: OpenDays): Session {
  const today = days.dayOf(moment)
  const after = sessionFrom(moment, spansFrom(today, days))
  const before = sessionUpTo(moment, spansUpTo(today, days))
  const until = after?.from ?? days.startOf(today + LOOKED_AT_DAYS)
  if (until > moment) return { isOpen: false, from: before?.to ?? moment, until }
  return { isOpen: true, from: before?.from ?? null, until: after?.to ?? null }
}

/** The session that a moment is in, or the next one, as far as its end; its beginning may be earlier. */
function sessionFrom(moment: Instant, spans: Iterable<Span>): Span | null {
  let session: Span | null = null
  for (const span of spans) {
    if (span.to <= moment) continue
    if (session !== null && span.from > session.to) break
    const { from }: Span = session ?? span
    session = { from, to: span.to }
  }
  return session
}

/** The session that a moment is in, or the one before, as far as its beginning. */
function sessionUpTo(moment: Instant, spans: Iterable<Span>): Span | null {
  let session: Span | null = null
  for (const span of spans) {
    if (span.from > moment) continue
    if (session !== null && span.to < session.from) break
    const { to }: Span = session ?? span
    session = { from: span.from, to }
  }
  return session
}

function* spansFrom(first: Day, days: OpenDays): Generator<Span> {
  for (let day = first; day < first + LOOKED_AT_DAYS; day += 1) yield* days.spansOf(day)
}

function* spansUpTo(last: Day, days: OpenDays): Generator<Span> {
  for (let day = last; day > last - LOOKED_AT_DAYS; day -= 1) yield* days.spansOf(day).toReversed()
}

/** So many sessions at most are shorter than a silence, or end before it is long enough. */
const LOOKED_AT_SESSIONS = 1_000

/**
 * When a silence that begins at a moment has lasted for so long in one session. Null: never, as it is no shorter than the
 * longest session of a week by its clocks.
 */
export function silentInSession(since: Instant, ms: number, sessions: Sessions): Instant | null {
  if (ms >= calendarOf(sessions).days.longestMs) return null
  let session = sessionAt(since, sessions)
  for (let looked = 0; looked < LOOKED_AT_SESSIONS; looked += 1) {
    const at = Math.max(since, session.from ?? since) + ms
    if (session.isOpen && (session.until === null || at < session.until)) return at
    if (session.until === null) return null
    session = sessionAt(session.until, sessions)
  }
  return null
}

/** The session that decides about entries; null: none does. */
function blockingSession({ sessions }: ResolvedLimits, moment: Instant): Session | null {
  return sessions?.blockEntries === true ? sessionAt(moment, sessions) : null
}

function opensAtOf(session: Session | null): Instant | null {
  return session === null || session.isOpen ? null : session.until
}

/** When entries are blocked or unblocked next by sessions, at once if that is due; null: never, by these settings. */
export function sessionChangesAt(state: TraderState, limits: ResolvedLimits, now: Instant): Instant | null {
  // The clock of whoever asks may be a little behind that of the inputs.
  const at = Math.max(now, state.time ?? now)
  const session = blockingSession(limits, at)
  return opensAtOf(session) === state.opensAt ? (session?.until ?? null) : at
}

/** Whether a trader was told of another session than settings give its time. */
export function hasOtherSession(state: TraderState, limits: ResolvedLimits): boolean {
  if (state.time === null || (limits.sessions === null && state.opensAt === null)) return false
  return opensAtOf(blockingSession(limits, state.time)) !== state.opensAt
}

/** Blocks entries where the market is closed, and unblocks them where it is open. */
export function judgeSession({ state, facts, limits, now }: Draft): void {
  // In event time there is no time before the first tick.
  if (state.time === null || (limits.sessions === null && state.opensAt === null)) return
  const session = blockingSession(limits, now)
  const opensAt = opensAtOf(session)
  if (opensAt === state.opensAt) return
  state.opensAt = opensAt
  if (session !== null && !session.isOpen) {
    facts.push({ kind: 'session-closed', since: session.from, until: session.until })
  } else facts.push({ kind: 'session-opened', since: session?.from ?? null })
}
