import {
  compare,
  cutUp,
  decimal,
  dividedBy,
  type Fraction,
  isPositive,
  minus,
  percentage,
  percentOf,
  plus,
  text,
  times,
} from './fractions.ts'
import { dayResult } from './references.ts'
import type { State } from './state.ts'
import type { Report } from './verdict.ts'

/** What is told and never blocks. */
export function reportOf(state: State): Report {
  return { consistency: consistencyOf(state), minDays: minDaysOf(state), profitTarget: profitTargetOf(state) }
}

function consistencyOf({ settings, book }: State): Report['consistency'] {
  const today = dayResult(book)
  if (settings.consistency === null || today === null) return null
  const limit = decimal(settings.consistency.percent)
  const { counted, best: before } = book.days
  const best = before === null || (counted && compare(today, before) > 0) ? today : before
  const profit = plus(book.days.sum, today)
  const share = isPositive(profit) ? percentage(best, profit) : null
  const difference = share === null ? 1 : compare(share, limit)
  return {
    best_day: text(best),
    profit: text(profit),
    share_percent: share === null ? null : text(share),
    profit_needed: text(neededFor(best, limit)),
    met: settings.consistency.strict === true ? difference < 0 : difference <= 0,
  }
}

/** The profit at which the share of the best day is allowed. */
const neededFor = (best: Fraction, limit: Fraction): Fraction =>
  isPositive(best) ? cutUp(dividedBy(times(best, decimal(100)), limit)) : decimal(0)

function minDaysOf({ settings, book }: State): Report['minDays'] {
  const { count } = book.days
  return settings.min_days === null ? null : { days: count, met: count >= settings.min_days }
}

function profitTargetOf({ settings, book }: State): Report['profitTarget'] {
  const { profit_target: target } = settings
  if (target === null || book.last === null || book.initial === null) return null
  const profit = 'amount' in target ? decimal(target.amount) : percentOf(decimal(target.percent), book.initial)
  // Money that is put in is no profit.
  const wanted = plus(plus(book.initial, profit), book.flows)
  return { target: text(cutUp(wanted)), distance: text(cutUp(minus(wanted, book.last.equity))) }
}
