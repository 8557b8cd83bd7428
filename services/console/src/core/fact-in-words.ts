import {
  type Amount,
  type Fact,
  formatAmount,
  formatInstant,
  type LimitOverrides,
  limitsToMessage,
} from '@drawbridge/contracts'
import { because, untilInWords, who, writtenInWords } from './phrases.ts'

type OfLimit = Extract<Fact, { kind: 'breached' | 'warned' }>

/** Other facts are explained with the arithmetic of their limit. */
export function isToldAlone(fact: Fact): fact is Exclude<Fact, OfLimit> {
  return fact.kind !== 'breached' && fact.kind !== 'warned'
}

export function factInWords(fact: Exclude<Fact, OfLimit>): string {
  switch (fact.kind) {
    case 'day-started':
      return `A new day began at ${formatInstant(fact.at)}: its baseline is the equity known then, ${formatAmount(fact.equity)}.`
    case 'paused':
      return `${who(fact)} paused the trader ${untilInWords(fact.until)}: ${fact.reason}.`
    case 'resumed':
      return resumedInWords(fact)
    case 'hold-ended':
      return `The time of a hold was over: that of ${fact.holders.join(' and ')} ended at ${formatInstant(fact.at)}, and the pause goes on.`
    case 'rebased':
      return `${fact.rule} is measured from ${formatAmount(fact.to)} instead of ${formatAmount(fact.from)} from now on: that forgives the loss.`
    case 'peak-rebased':
      return `The peak was set from ${formatAmount(fact.from)} to the equity ${formatAmount(fact.to)}: otherwise the drawdown would breach again immediately.`
    case 'baseline-rebased':
      return `The day's baseline was set from ${formatAmount(fact.from)} to the equity ${formatAmount(fact.to)}: otherwise the daily loss would breach again immediately.`
    case 'enforcement':
      return fact.enforced
        ? `Enforcement was switched on at ${formatInstant(fact.at)}: the holds of limits block entries again.`
        : `Enforcement was switched off at ${formatInstant(fact.at)}: the holds of limits stay, and block nothing.`
    case 'limits-changed':
      return changesInWords(fact)
    case 'cash-flow': {
      const [what, amount] = fact.amount < 0n ? ['withdrawal', -fact.amount] : ['deposit', fact.amount]
      return `A ${what} of ${formatAmount(amount)} (${who(fact)}${because(fact.reason)}) moved the equity: it is neither a loss nor a gain, and each limit follows it as its "flows" says.`
    }
    case 'currency-set':
      return `The account's currency is ${fact.currency}, as the first tick that named one says.`
    case 'feed-stale':
      return `No equity has been reported since ${formatInstant(fact.since)}.`
    case 'feed-restored':
      return `Equity is reported again, for the first time since ${formatInstant(fact.since)}.`
    case 'session-closed':
      return `The market is closed since ${formatInstant(fact.since)}, and entries wait until it opens at ${formatInstant(fact.until)}.`
    case 'session-opened':
      return fact.since === null
        ? 'No closed market blocks entries any more.'
        : `The market is open since ${formatInstant(fact.since)}: entries do not wait for it any more.`
    case 'uncomputable':
      return fact.reason === null
        ? `${fact.rule} can be computed again.`
        : `${fact.rule} cannot be computed from now on, and entries wait: ${fact.reason}.`
    case 'restarted':
      return `${who(fact)} began a new account period${because(fact.reason)}: what limits are measured from, holds and counts start again${periodInWords(fact)}.`
    case 'corrected':
      return correctedInWords(fact)
    case 'tick-rejected':
    case 'run-began':
    case 'out-of-order':
    case 'reading-unconfirmed':
    case 'reading-confirmed':
    case 'reading-dropped':
      return readingInWords(fact)
    default:
      return fact satisfies never
  }
}

type OfReading = Extract<
  Fact,
  {
    kind:
      | 'tick-rejected'
      | 'run-began'
      | 'out-of-order'
      | 'reading-unconfirmed'
      | 'reading-confirmed'
      | 'reading-dropped'
  }
>

function readingInWords(fact: OfReading): string {
  switch (fact.kind) {
    case 'tick-rejected':
      return fact.cause === 'late'
        ? `The tick came late or for a second time, and does not count: ${fact.reason}.`
        : `The tick could not be used: ${fact.reason}.`
    case 'run-began':
      return fact.run === null
        ? 'The bot began another count of its ticks, without naming a run; those of earlier runs are late.'
        : `The bot began another count of its ticks, in run ${JSON.stringify(fact.run)}; those of earlier runs are late.`
    case 'out-of-order':
      return `${fact.count} ticks in a row came late or for a second time: entries wait for one in order.`
    case 'reading-unconfirmed':
      return `The reading of ${valuesInWords(fact)} is not believed at once: it counts if others agree, and entries wait.`
    case 'reading-confirmed':
      return `The reading of ${valuesInWords(fact)} counts from ${formatInstant(fact.at)} on: others agreed, or nothing contradicted it.`
    case 'reading-dropped':
      return `The reading of ${valuesInWords(fact)} was dropped: a later one contradicted it.`
    default:
      return fact satisfies never
  }
}

function valuesInWords({ equity, balance }: { readonly equity: Amount; readonly balance: Amount | null }): string {
  return balance === null ? formatAmount(equity) : `${formatAmount(equity)} (balance ${formatAmount(balance)})`
}

function periodInWords({ initialBalance, peak, dayStart }: Extract<Fact, { kind: 'restarted' }>): string {
  const named = Object.entries({
    'an initial balance of': initialBalance,
    'a peak of': peak,
    'a day start of': dayStart,
  })
    .filter((one): one is [string, Amount] => one[1] !== null)
    .map(([what, amount]) => `${what} ${formatAmount(amount)}`)
  return named.length === 0 ? '' : `, with ${named.join(', ')}`
}

function resumedInWords(fact: Extract<Fact, { kind: 'resumed' }>): string {
  const { at, cause, holders, reason } = fact
  const what = `the hold of ${holders.join(' and ')} on the pause ended at ${formatInstant(at)}`
  switch (cause) {
    case 'time':
      return `The time of a pause was over: ${what}.`
    case 'operator':
      return `${who(fact)} resumed the trader${fact.firm ? ', against a firm pause' : ''}${because(reason)}: ${what}.`
    case 'enforcement-off':
      return `Enforcement was switched off: ${what}.`
    default:
      return cause satisfies never
  }
}

function changesInWords(fact: Extract<Fact, { kind: 'limits-changed' }>): string {
  const { limits, previous, pending = {}, inForceAt } = fact
  const what = fact.by === null ? "The trader's limits changed" : `${who(fact)} changed the trader's limits`
  const before = flat(previous)
  const changes = (named: LimitOverrides) =>
    Object.entries(flat(named))
      .map(([name, value]) => `${name} from ${writtenInWords(before[name])} to ${writtenInWords(value)}`)
      .join(', ')
  const later = inForceAt === undefined ? '' : `${changes(pending)} at ${formatInstant(inForceAt)}, because it loosens`
  const all = [changes(limits), later].filter((words) => words !== '').join('; ')
  return `${what}: ${all}${because(fact.reason)}.`
}

/** Limits by name, those in the long form by `limits.<name>`, and of these only what the change names. */
function flat(limits: LimitOverrides): Readonly<Record<string, unknown>> {
  const { limits: named = {}, ...short } = limitsToMessage(limits)
  return { ...short, ...Object.fromEntries(Object.entries(named).map(([name, one]) => [`limits.${name}`, one])) }
}

function correctedInWords(fact: Extract<Fact, { kind: 'corrected' }>): string {
  const { rule, from, to, reason } = fact
  const value = (amount: Amount | null) => (amount === null ? 'nothing' : formatAmount(amount))
  const what = rule === null ? 'voided the last reading: the equity is set' : `corrected what ${rule} is measured from,`
  return `${who(fact)} ${what} from ${value(from)} to ${value(to)}, because of "${reason}".`
}
