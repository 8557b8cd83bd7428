import {
  type Amount,
  type Author,
  type Fact,
  formatAmount,
  formatInstant,
  type LimitOverrides,
  type Limits,
  limitsToMessage,
  pauseReason,
  type RiskEvent,
  UNVERIFIED,
} from '@drawbridge/contracts'
import { type Distance, distancesOf, HUNDRED_PERCENT } from './limits.ts'

/**
 * A decision in words: what happened, the arithmetic of each limit, and the state from then on.
 * @param limits in force when it was made, as is `enforcement`
 */
export function explain(event: RiskEvent, limits: Limits, enforcement: boolean): readonly string[] {
  const { facts } = event
  // A rejected tick was not judged, and changed nothing else.
  const isJudged = event.type !== 'tick-rejected'
  return [
    ...(enforcement ? [] : ['Enforcement is off: limits are checked and recorded, but do not pause trading.']),
    ...facts.filter(isToldAlone).map(factInWords),
    ...(isJudged ? distancesOf(event.state, limits).map((distance) => limitInWords(distance, event, limits)) : []),
    decisionInWords(event),
  ]
}

type OfLimit = Extract<Fact, { kind: 'breached' | 'warned' }>

/** Other facts are explained with the arithmetic of their limit. */
function isToldAlone(fact: Fact): fact is Exclude<Fact, OfLimit> {
  return fact.kind !== 'breached' && fact.kind !== 'warned'
}

function factInWords(fact: Exclude<Fact, OfLimit>): string {
  switch (fact.kind) {
    case 'day-started':
      return `A new day began at ${formatInstant(fact.at)}: its baseline is the equity known then, ${formatAmount(fact.equity)}.`
    case 'paused':
      return `${who(fact)} paused the trader ${untilInWords(fact.until)}: ${fact.reason}.`
    case 'resumed':
      return resumedInWords(fact)
    case 'peak-rebased':
      return `The peak was set from ${formatAmount(fact.from)} to the equity ${formatAmount(fact.to)}: otherwise the drawdown would breach again immediately.`
    case 'baseline-rebased':
      return `The day's baseline was set from ${formatAmount(fact.from)} to the equity ${formatAmount(fact.to)}: otherwise the daily loss would breach again immediately.`
    case 'limits-changed':
      return changesInWords(fact)
    case 'cash-flow': {
      const [what, amount] = fact.amount < 0n ? ['withdrawal', -fact.amount] : ['deposit', fact.amount]
      return `A ${what} of ${formatAmount(amount)} (${who(fact)}${because(fact.reason)}) moved equity, peak and baselines alike: it is neither a loss nor a gain.`
    }
    case 'tick-rejected':
      return `The tick could not be used, and nothing else changed: ${fact.reason}.`
    case 'run-began':
      return fact.run === null
        ? 'The bot began another count of its ticks, without naming a run; those of earlier runs are late.'
        : `The bot began another count of its ticks, in run ${JSON.stringify(fact.run)}; those of earlier runs are late.`
    case 'currency-set':
      return `The account's currency is ${fact.currency}, as the first tick that named one says.`
    case 'feed-stale':
      return `No equity has been reported since ${formatInstant(fact.since)}.`
    case 'feed-restored':
      return `Equity is reported again, for the first time since ${formatInstant(fact.since)}.`
    default:
      return fact satisfies never
  }
}

function resumedInWords(fact: Extract<Fact, { kind: 'resumed' }>): string {
  const { at, cause, holders, reason } = fact
  const what = `the hold of ${holders.join(' and ')} on the pause ended at ${formatInstant(at)}`
  switch (cause) {
    case 'time':
      return `The time of a pause was over: ${what}.`
    case 'operator':
      return `${who(fact)} resumed the trader${because(reason)}: ${what}.`
    case 'enforcement-off':
      return `Enforcement was switched off: ${what}.`
    default:
      return cause satisfies never
  }
}

function changesInWords(fact: Extract<Fact, { kind: 'limits-changed' }>): string {
  const { limits, previous, pending = {}, inForceAt } = fact
  const what = fact.by === null ? "The trader's limits changed" : `${who(fact)} changed the trader's limits`
  const before: Readonly<Record<string, unknown>> = limitsToMessage(previous)
  const changes = (named: LimitOverrides) =>
    Object.entries(limitsToMessage(named))
      .map(([name, value]) => `${name} from ${valueInWords(before[name])} to ${valueInWords(value)}`)
      .join(', ')
  const later = inForceAt === undefined ? '' : `${changes(pending)} at ${formatInstant(inForceAt)}, because it loosens`
  const all = [changes(limits), later].filter((words) => words !== '').join('; ')
  return `${what}: ${all}${because(fact.reason)}.`
}

/** "Equity 850 is 150 below the day's baseline 1000; 150 / 1000 = 15 %; the limit is 10 %: breached, paused until ..." */
function limitInWords(distance: Distance, event: RiskEvent, limits: Limits): string {
  const { rule, loss, base, from, limitPct } = distance
  const where = rule === 'max_daily_loss' ? "the day's baseline" : 'the peak'
  const equity = formatAmount(from - loss)
  if (loss <= 0n) {
    const by =
      loss === 0n
        ? `is at ${where} ${formatAmount(from)}`
        : `is ${formatAmount(-loss)} above ${where} ${formatAmount(from)}`
    return `${rule}: equity ${equity} ${by}: nothing is lost.`
  }
  const lost = `${rule}: equity ${equity} is ${formatAmount(loss)} below ${where} ${formatAmount(from)}`
  if (base <= 0n) return `${lost}; a percentage of ${formatAmount(base)} cannot be computed.`
  const named = base === from ? '' : ` (${baseInWords(limits)})`
  const isExact = distance.observedPct * base === loss * HUNDRED_PERCENT
  const division = `${formatAmount(loss)} / ${formatAmount(base)}${named} = ${percent(distance.observedPct)}${isExact ? '' : ' (cut)'}`
  if (limitPct === null) return `${lost}; ${division}; there is no limit.`
  return `${lost}; ${division}; the limit is ${percent(limitPct)}: ${verdictInWords(distance, event)}.`
}

function baseInWords({ dailyLossBase, initialBalance }: Limits): string {
  switch (dailyLossBase) {
    case 'initial-balance':
      return initialBalance === null ? 'the first equity' : 'the initial balance'
    case 'equity-at-reset':
      return 'the equity at the reset'
    case 'balance-at-reset':
      return 'the balance at the reset'
    default:
      return dailyLossBase satisfies never
  }
}

function verdictInWords({ rule, room }: Distance, { facts, state }: RiskEvent): string {
  for (const fact of facts) {
    if (fact.kind === 'breached' && fact.rule === rule) {
      return fact.enforced ? `breached, paused ${untilInWords(fact.until)}` : 'breached, recorded and not enforced'
    }
    if (fact.kind === 'warned' && fact.rule === rule) return `a warning, ${leftInWords(room)}`
  }
  if (room !== null && room > 0n) return `kept, ${leftInWords(room)}`
  const isHeld = state.pause?.holds.some(({ holder }) => holder === rule) === true
  if (isHeld) return 'reached, which holds the pause already'
  return state.unenforced.includes(rule) ? 'reached, as was recorded before' : 'reached; the next tick is judged by it'
}

function leftInWords(room: Amount | null): string {
  return room === null ? 'anything may be lost' : `${formatAmount(room)} more may be lost until it breaks`
}

function decisionInWords({ state: { pause, staleSince } }: RiskEvent): string {
  if (pause !== null) return `The trader is paused ${untilInWords(pause.until)}: ${pauseReason(pause)}.`
  if (staleSince !== null) return 'The trader is not paused, but may not open positions while no equity is reported.'
  return 'The trader may trade.'
}

function untilInWords(until: number | null): string {
  return until === null ? 'until an operator resumes it' : `until ${formatInstant(until)}`
}

function who({ by, onBehalfOf }: Author): string {
  const other = onBehalfOf === undefined ? '' : `, for ${onBehalfOf},`
  if (by?.startsWith(UNVERIFIED) !== true) return `${by ?? 'Somebody'}${other}`
  return `Somebody who claims to be ${by.slice(UNVERIFIED.length)}${other}`
}

function because(reason: string | null): string {
  return reason === null ? '' : `, because of "${reason}"`
}

function percent(amount: Amount): string {
  return `${formatAmount(amount)} %`
}

function valueInWords(value: unknown): string {
  if (value === undefined) return 'nothing'
  return value === null ? 'none' : String(value)
}
