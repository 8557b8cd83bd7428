import {
  type ConfigEvent,
  type Fact,
  type FlagsEvent,
  formatAmount,
  limitsToMessage,
  type RiskEvent,
  standingOf,
} from '@drawbridge/contracts'
import { factInWords, isToldAlone } from './fact-in-words.ts'
import { because, percent, roughly, untilInWords, who } from './phrases.ts'

/** What happened, in one line for people. {@link explain} has the arithmetic. */
export function eventInWords(event: RiskEvent): string {
  const told = event.facts.map((fact) => (isToldAlone(fact) ? factInWords(fact) : ofLimitInWords(fact)))
  return told.length > 0 ? told.join(' ') : standingInWords(event)
}

function ofLimitInWords(fact: Extract<Fact, { kind: 'breached' | 'warned' }>): string {
  const share = `${roughly(fact.observedPct)} of ${percent(fact.limitPct)}`
  if (fact.kind === 'warned') return `${fact.rule} is near: ${share}.`
  if (!fact.enforced) return `${fact.rule} is reached: ${share}, recorded and not enforced.`
  const flatten = fact.action === 'flatten' ? ', and positions must be closed' : ''
  return `${fact.rule} is reached: ${share}, paused ${untilInWords(fact.until)}${flatten}.`
}

/** Describes a reading that changed nothing else. */
function standingInWords({ state }: RiskEvent): string {
  const { allowed, reason } = standingOf(state)
  const equity = state.equity === null ? 'No equity is known' : `Equity ${formatAmount(state.equity)}`
  return allowed ? `${equity}, the trader may trade.` : `${equity}, entries wait: ${reason}.`
}

/** A change of what holds for all, in one line. */
export function configurationInWords(event: ConfigEvent): string {
  const why = because(event.reason)
  if (event.kind === 'flags') return `${who(event)} ${flagsInWords(event)}${why}.`
  const { previous } = event
  if (previous === null) return `${who(event)} set the limits of all traders${why}.`
  const names = [
    ...namesIn(previous.defaults),
    ...Object.entries(previous.traders).flatMap(([id, own]) => namesIn(own).map((name) => `${name} of ${id}`)),
    ...(previous.maxTraders === null ? [] : ['max_traders']),
  ]
  return `${who(event)} changed limits: ${names.length === 0 ? 'nothing' : names.join(', ')}${why}.`
}

/** What a change of flags did; the pause of all traders is one of them, and mostly changes alone. */
function flagsInWords({ enforcement, persistence, pauseOfAll, previous }: FlagsEvent): string {
  const [enforced, kept] = [enforcement, persistence].map((isOn) => (isOn ? 'on' : 'off'))
  const flags = `set the flags: enforcement is ${enforced}, persistence ${kept}`
  if (previous?.pauseOfAll === undefined) return flags
  const ofAll =
    pauseOfAll === undefined ? 'ended the pause of all traders' : `paused all traders ${untilInWords(pauseOfAll.until)}`
  return previous.enforcement === undefined && previous.persistence === undefined ? ofAll : `${ofAll}, and ${flags}`
}

/** Limits by name; of those in the long form the names of the limits. */
function namesIn(limits: Parameters<typeof limitsToMessage>[0]): readonly string[] {
  const { limits: named = {}, ...flat } = limitsToMessage(limits)
  return [...Object.keys(flat), ...Object.keys(named)]
}
