import {
  type Instant,
  limitOfHolder,
  type Notice,
  type QuietHours,
  type RiskEvent,
  type Route,
  type Silence,
} from '@drawbridge/contracts'
import { isQuiet } from './quiet-hours.ts'
import { type Step, stepsFor } from './routing.ts'
import { silencing } from './silences.ts'

/** What settings say of all alerts. */
export interface AlertRules {
  readonly routes: readonly Route[]
  readonly quietHours: QuietHours | null
  readonly zone: string
  readonly repeatMinutes: readonly number[]
}

/** What decisions about the alerts of one trader depend on, beside its book. */
export interface Surroundings {
  readonly now: Instant
  readonly rules: AlertRules
  readonly silences: readonly Silence[]
  /** The trader's tags. */
  readonly tags: readonly string[]
}

/** Whether a notice is told now, later, or not at all. */
export type Hearing = 'now' | 'after-silence' | 'after-quiet-hours'

export function hearingOf(notice: Notice, surroundings: Surroundings): Hearing {
  if (silencing(notice, surroundings) !== null) return 'after-silence'
  return waitsForMorning(notice, surroundings) ? 'after-quiet-hours' : 'now'
}

/** Whether it is quiet, and a notice, or the end of its alert, is not worth waking somebody. */
export function waitsForMorning({ severity }: Notice, { now, rules }: Surroundings): boolean {
  return severity !== 'critical' && isQuiet(now, rules.quietHours, rules.zone)
}

export function stepsOf(notice: Notice, { rules, tags }: Surroundings): readonly Step[] {
  return stepsFor(notice, tags, rules.routes)
}

/** The keys of the alerts that go on after an event. */
export function openKeys({ state }: RiskEvent, tellsSilence: boolean): ReadonlySet<string> {
  const holds = state.enforced ? (state.pause?.holds ?? []) : []
  const limits = holds.flatMap(({ holder }) => limitOfHolder(holder) ?? [])
  const uncomputable = state.limitStates.filter((limit) => limit.uncomputable !== null)
  return new Set([
    ...limits.map((name) => `breach:${name}`),
    ...uncomputable.map(({ name }) => `uncomputable:${name}`),
    ...(tellsSilence && state.staleSince !== null ? ['silent'] : []),
  ])
}
