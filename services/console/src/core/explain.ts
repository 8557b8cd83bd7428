import { formatInstant, limitOfHolder, type RiskEvent, standingOf } from '@drawbridge/contracts'
import type { ResolvedLimits } from '@drawbridge/risk-engine'
import { type Distance, distancesOf } from './distances.ts'
import { factInWords, isToldAlone } from './fact-in-words.ts'
import { beyondInWords, distanceInWords, isBroken } from './limit-in-words.ts'
import { untilInWords } from './phrases.ts'

/**
 * A decision in words: what happened, the arithmetic of each limit, and the state from then on.
 * @param limits in force after it, as is `enforcement`
 */
export function explain(event: RiskEvent, limits: ResolvedLimits, enforcement: boolean): readonly string[] {
  const distances = distancesOf(event.state, limits)
  const definitions = new Map(limits.definitions.limits.map((limit) => [limit.name, limit]))
  // A rejected tick was not judged.
  const isJudged = event.type !== 'tick-rejected'
  return [
    ...(enforcement ? [] : ['Enforcement is off: limits are checked and recorded, but do not pause trading.']),
    ...event.facts.filter(isToldAlone).map(factInWords),
    ...tradesInWords(event, distances),
    ...(isJudged
      ? distances.map((distance) => distanceInWords(distance, definitions.get(distance.rule) ?? null, event))
      : []),
    ...decisionInWords(event, distances),
  ]
}

/** Limits on trades have no line: what broke them is said by itself. */
function tradesInWords({ facts }: RiskEvent, distances: readonly Distance[]): readonly string[] {
  return facts.flatMap((fact) => {
    if (fact.kind !== 'breached' || distances.some(({ rule }) => rule === fact.rule)) return []
    const what = fact.enforced ? `paused ${untilInWords(fact.until)}` : 'recorded and not enforced'
    return [`${fact.rule}: reached by the trades that were closed, ${what}.`]
  })
}

function decisionInWords(event: RiskEvent, distances: readonly Distance[]): readonly string[] {
  const { state } = event
  const { allowed, code, action, holders, reason } = standingOf(state)
  if (allowed) {
    const isKept = state.pause !== null
    return [
      isKept ? 'The trader may trade: what holds it is not applied while enforcement is off.' : 'The trader may trade.',
    ]
  }
  const isHeld = code === 'limit' || code === 'operator'
  return [
    ...(isHeld
      ? []
      : [`${holders.length === 0 ? 'The trader is not paused, but entries wait' : 'Entries wait'}: ${reason}.`]),
    ...(holders.length === 0 ? [] : pauseInWords(event, holders, distances)),
    ...(action === 'flatten' ? ['Positions must be closed, too.'] : []),
  ]
}

/** A hold whose time is over stays while its limit is broken, and says by how much. */
function pauseInWords(
  { state, effectiveAt }: RiskEvent,
  holders: readonly string[],
  distances: readonly Distance[],
): readonly string[] {
  const holds = state.pause?.holds.filter(({ holder }) => holders.includes(holder)) ?? []
  const reasons = holds.map((hold) => hold.reason).join('; ')
  const waiting = holds.flatMap(({ holder, until }) => {
    const distance = distances.find(({ rule }) => rule === limitOfHolder(holder))
    const isOver = until !== null && until <= effectiveAt
    return isOver && distance !== undefined && mayNotEnd(distance) ? [{ distance, until }] : []
  })
  const ends = holds.map(({ until }) => until)
  const until = ends.includes(null) ? null : Math.max(...ends.map((end) => end ?? 0))
  const isBeyond = until !== null && until <= effectiveAt
  return [
    isBeyond ? `The trader stays paused: ${reasons}.` : `The trader is paused ${untilInWords(until)}: ${reasons}.`,
    ...waiting.map(
      ({ distance, until }) =>
        `The time of ${distance.rule} was over at ${formatInstant(until)}, but it is ${whyNot(distance)}: its hold ends when that is not so any more, or by a resume with "rebase": true.`,
    ),
  ]
}

function mayNotEnd(distance: Distance): boolean {
  return distance.uncomputable !== null || isBroken(distance)
}

function whyNot(distance: Distance): string {
  return distance.uncomputable === null ? beyondInWords(distance) : `not computable (${distance.uncomputable})`
}
