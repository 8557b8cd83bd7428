import {
  type Amount,
  formatAmount,
  HUNDRED_PERCENT,
  type LimitDefinition,
  limitOfHolder,
  percentOf,
  type RiskEvent,
} from '@drawbridge/contracts'
import { beginInWords, percentageBaseInWords, referenceInWords, testedInWords } from '@drawbridge/risk-engine'
import type { Distance } from './distances.ts'
import { percent, roughly, untilInWords } from './phrases.ts'

/**
 * "max_daily_loss: equity 850 is 150 below the day's start 1000; 150 / 1000 = 15 %; the limit is 10 %, its floor 900: breached,
 * paused until ..."
 * @param limit null: it is not in force any more
 */
export function distanceInWords(distance: Distance, limit: LimitDefinition | null, event: RiskEvent): string {
  const { rule, active, uncomputable, from, tested, loss } = distance
  if (!active) {
    const begins = limit?.activeFrom ? `: it begins once ${beginInWords(limit.activeFrom, limit.window)}` : ''
    return `${rule} does not hold yet${begins}.`
  }
  if (uncomputable !== null) return `${rule} cannot be computed, and entries wait: ${uncomputable}.`
  if (from === null || tested === null || loss === null) return `${rule}: nothing has been reported yet.`
  const where = `${limit === null ? 'what it was measured from,' : referenceInWords(limit)} ${formatAmount(from)}`
  const value = `${rule}: ${testedInWords(limit?.tested ?? 'equity')} ${formatAmount(tested)} is`
  const isLoss = distance.measure === 'loss'
  const verdict = verdictInWords(distance, event)
  if (loss <= 0n) {
    const at = loss === 0n ? `at ${where}` : `${formatAmount(-loss)} ${isLoss ? 'above' : 'below'} ${where}`
    const nothing = `nothing is ${isLoss ? 'lost' : 'gained'}`
    return isBroken(distance) ? `${value} ${at}${limitOf(distance, limit)}: ${verdict}.` : `${value} ${at}: ${nothing}.`
  }
  const moved = `${value} ${formatAmount(loss)} ${isLoss ? 'below' : 'above'} ${where}`
  return `${moved}${divisionOf(distance, limit)}${limitOf(distance, limit)}: ${verdict}.`
}

/** Whether its value is at the line that blocks, or beyond. */
export function isBroken({ room }: Distance): boolean {
  return room !== null && room <= 0n
}

/** What a percentage is of what; of an amount it says nothing. */
function divisionOf({ loss, base, from, observedPct }: Distance, limit: LimitDefinition | null): string {
  if (limit?.size.kind === 'amount' || loss === null || base === null || observedPct === null) return ''
  const named =
    base === from || limit?.size.kind !== 'percent' ? '' : ` (${percentageBaseInWords(limit.size.of, limit)})`
  const cut = observedPct * base === loss * HUNDRED_PERCENT ? '' : ' (cut)'
  return `; ${formatAmount(loss)} / ${formatAmount(base)}${named} = ${percent(observedPct)}${cut}`
}

function limitOf({ measure, line, breaksAt }: Distance, limit: LimitDefinition | null): string {
  if (line === null) return ''
  const [what, where] = measure === 'loss' ? ['limit', 'floor'] : ['target', 'ceiling']
  const size = limit === null ? '' : ` is ${sizeAlone(limit)}`
  const blocks =
    breaksAt === line || breaksAt === null ? '' : `, and entries are blocked from ${formatAmount(breaksAt)} on`
  return `; the ${what}${size}, its ${where} ${formatAmount(line)}${blocks}`
}

function sizeAlone({ size }: LimitDefinition): string {
  return size.kind === 'amount' ? formatAmount(size.amount) : percent(size.percent)
}

function verdictInWords(distance: Distance, { facts, state, effectiveAt }: RiskEvent): string {
  const { rule, room, breaksAt } = distance
  for (const fact of facts) {
    if (fact.kind === 'breached' && fact.rule === rule) {
      const what = distance.measure === 'loss' ? 'breached' : 'reached'
      if (!fact.enforced) return `${what}, recorded and not enforced`
      const flatten = fact.action === 'flatten' ? ', and positions must be closed' : ''
      return `${what}, paused ${untilInWords(fact.until)}${flatten}`
    }
    if (fact.kind === 'warned' && fact.rule === rule) return `a warning, ${leftInWords(distance)}`
  }
  if (breaksAt === null) return 'it blocks nothing'
  if (room !== null && room > 0n) return `kept, ${leftInWords(distance)}`
  const hold = state.pause?.holds.find(({ holder }) => limitOfHolder(holder) === rule)
  if (hold !== undefined) {
    const isOver = hold.until !== null && hold.until <= effectiveAt
    return isOver ? `${beyondInWords(distance)}, so that its hold stays` : 'reached, which holds the pause already'
  }
  return state.unenforced.includes(rule) ? 'reached, as was recorded before' : 'reached; the next input is judged by it'
}

function leftInWords({ room, measure }: Distance): string {
  if (room === null) return 'it blocks nothing'
  return measure === 'loss'
    ? `${formatAmount(room)} more may be lost until it breaks`
    : `${formatAmount(room)} more may be gained until it is reached`
}

/** "still 3 % below its floor" */
export function beyondInWords({ measure, room, breaksAt }: Distance): string {
  const [side, line] = measure === 'loss' ? ['below', 'floor'] : ['above', 'ceiling']
  const by: Amount = room === null ? 0n : -room
  if (by === 0n || breaksAt === null) return `still at its ${line}`
  return `still ${roughly(percentOf(by, breaksAt))} ${side} its ${line}`
}
