import Type from 'typebox'
import { formatAmount } from './amount.ts'
import type { DayResults, NonZero } from './risk-event.ts'
import { amount, count, nullable } from './schema-fields.ts'
import { type Fields, moneyOrNull } from './wire-fields.ts'

const amountOrNull = nullable(amount, 'a decimal string or null')

/** The wire form of the values that a 0 replaces. */
export const NonZeroSchema = Type.Object({ equity: amountOrNull, balance: amountOrNull })
type NonZeroMessage = Type.Static<typeof NonZeroSchema>

/** The wire form of the results of trading days. */
export const DaysSchema = Type.Object({
  /** Absent: no day is over. */
  best: Type.Optional(amount),
  /** Absent: 0. */
  sum: Type.Optional(amount),
  count,
  /** Absent: today is among them. */
  isCounted: Type.Optional(Type.Literal(false)),
})
type DaysMessage = Type.Static<typeof DaysSchema>

export function nonZeroToMessage({ equity, balance }: NonZero): NonZeroMessage {
  return { equity: moneyOrNull(equity), balance: moneyOrNull(balance) }
}

export function nonZeroFromMessage(fields: Fields, name: string, message: NonZeroMessage): NonZero {
  return {
    equity: fields.amountOrNull(`${name}.equity`, message.equity),
    balance: fields.amountOrNull(`${name}.balance`, message.balance),
  }
}

export function isSameNonZero(a: NonZero | null, b: NonZero | null): boolean {
  return a === b || (a?.equity === b?.equity && a?.balance === b?.balance)
}

export function daysToMessage({ best, sum, count, isCounted }: DayResults): DaysMessage {
  const message: DaysMessage = { count }
  if (best !== null) message.best = formatAmount(best)
  if (sum !== 0n) message.sum = formatAmount(sum)
  if (!isCounted) message.isCounted = false
  return message
}

export function daysFromMessage(fields: Fields, name: string, message: DaysMessage): DayResults {
  const { best = null, sum = '0', count, isCounted = true } = message
  return { best: fields.amountOrNull(`${name}.best`, best), sum: fields.amount(`${name}.sum`, sum), count, isCounted }
}

export function isSameDays(a: DayResults | null, b: DayResults | null): boolean {
  if (a === null || b === null) return a === b
  return a === b || (a.best === b.best && a.sum === b.sum && a.count === b.count && a.isCounted === b.isCounted)
}
