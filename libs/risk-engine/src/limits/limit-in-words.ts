import {
  formatAmount,
  type LimitDefinition,
  type PercentageBase,
  type Profit,
  type TestedValue,
  type TierAction,
} from '@drawbridge/contracts/pure'
import { kindOf } from './limit-kinds.ts'

/** The value of a reading that a limit compares with its line. */
export function testedInWords(tested: TestedValue): string {
  return tested === 'lower' ? 'the lower of equity and balance' : tested
}

/** What a limit is measured from: "the day's start", "the highest balance at a day's end". */
export function referenceInWords({ reference, window }: LimitDefinition): string {
  return kindOf(reference).inWords(reference, window)
}

/** What the percentage of a limit is of. */
export function percentageBaseInWords(of: PercentageBase, limit: LimitDefinition): string {
  switch (of) {
    case 'initial':
      return 'the initial balance'
    case 'reference':
      return referenceInWords(limit)
    case 'start-equity':
    case 'start-balance':
      if (limit.window === 'lifetime') return 'the initial balance'
      return `the ${of === 'start-equity' ? 'equity' : 'balance'} at the ${limit.window}'s start`
    default:
      return of satisfies never
  }
}

/** The room of a limit: "2000", "5 % of the initial balance". */
export function sizeInWords(limit: LimitDefinition): string {
  const { size } = limit
  if (size.kind === 'amount') return formatAmount(size.amount)
  return `${formatAmount(size.percent)} % of ${percentageBaseInWords(size.of, limit)}`
}

/** A limit in sentences, one for each thing that it says. */
export function limitInWords(limit: LimitDefinition): readonly string[] {
  const { measure, tested, lockPlus, activeFrom, onEnd, window } = limit
  const [value, from] = [testedInWords(tested), referenceInWords(limit)]
  const size = isOfItself(limit) ? `${formatAmount(limit.size.percent)} %` : sizeInWords(limit)
  return [
    measure === 'loss'
      ? `It is broken when ${value} is ${size} or more below ${from}.`
      : `It is reached when ${value} is ${size} or more above ${from}.`,
    ...(lockPlus === null ? [] : [`Its floor rises to ${initialPlus(lockPlus)}, and no higher.`]),
    ...(activeFrom === null ? [] : [`It begins once ${beginInWords(activeFrom, window)}.`]),
    `At ${limit.tiers.map(({ atPct, action }) => `${formatAmount(atPct)} % of it ${ACTIONS[action]}`).join(', at ')}.`,
    endInWords(limit),
    ...(onEnd === 'keep'
      ? []
      : ['When time ends the pause the loss is forgiven: it is measured from the value known then.']),
    FLOWS[limit.flows],
  ]
}

/** When a limit begins to hold: "the day's profit is 2 %". */
export function beginInWords(activeFrom: Profit, window: LimitDefinition['window']): string {
  const profit = window === 'lifetime' ? 'the profit' : `the ${window}'s profit`
  const at = activeFrom.kind === 'amount' ? formatAmount(activeFrom.amount) : `${formatAmount(activeFrom.percent)} %`
  return `${profit} is ${at}`
}

type OfPercent = LimitDefinition & { readonly size: { readonly kind: 'percent' } }

function isOfItself(limit: LimitDefinition): limit is OfPercent {
  return limit.size.kind === 'percent' && limit.size.of === 'reference'
}

function initialPlus(plus: bigint): string {
  if (plus === 0n) return 'the initial balance'
  return plus > 0n
    ? `the initial balance plus ${formatAmount(plus)}`
    : `the initial balance minus ${formatAmount(-plus)}`
}

const ACTIONS: { readonly [A in TierAction]: string } = {
  warn: 'a warning is given',
  'block-entries': 'entries are blocked',
  flatten: 'entries are blocked, and positions must be closed',
}

const FLOWS: { readonly [F in LimitDefinition['flows']]: string } = {
  scale: 'A deposit or withdrawal leaves its percentage as it is.',
  shift: 'A deposit or withdrawal leaves its room in money as it is.',
  fixed: 'A deposit or withdrawal does not move its line.',
}

function endInWords({ ends, leastMinutes, window, measure }: LimitDefinition): string {
  const least = `after ${leastMinutes} minutes at the earliest`
  const once = measure === 'loss' ? 'once the limit is not broken any more' : 'once it is not reached any more'
  switch (ends.kind) {
    case 'timer':
      return `The pause ends ${least}, ${once}.`
    case 'next-window':
      return `The pause ends with the ${window}, ${least}, ${once}.`
    case 'at':
      return `The pause ends at ${ends.time}, ${least}, ${once}.`
    case 'manual':
      return 'The pause ends by hand.'
    default:
      return ends satisfies never
  }
}
