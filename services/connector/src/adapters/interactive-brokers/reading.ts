import type { ReadAnswer } from '../../port.ts'
import { readingOf } from '../generic/reading.ts'

/** One line of an account summary. */
export interface SummaryLine {
  readonly account: string
  readonly tag: string
  readonly value: string
  /** The base currency of the account, which the value is in. */
  readonly currency: string
}

/** The sum over all accounts of an adviser, which is no account. */
const ALL = 'All'

/** `NetLiquidation` is cash and the worth of all positions, in the base currency. */
export function readingOfSummary(lines: readonly SummaryLine[], account: string | undefined): ReadAnswer {
  const accounts = [...new Set(lines.map((line) => line.account))].filter((name) => name !== ALL)
  const [only] = accounts
  if (account === undefined && accounts.length > 1) {
    return {
      kind: 'unusable',
      reason: `there are ${accounts.length} accounts: write "account" as one of ${accounts.slice(0, 10).join(', ')}`,
    }
  }
  const name = account ?? only
  if (name === undefined) return { kind: 'unusable', reason: 'it lists no account' }
  if (!accounts.includes(name)) {
    return {
      kind: 'unusable',
      reason: `there is no account ${name}; there is ${accounts.slice(0, 10).join(', ') || 'none'}`,
    }
  }
  const lineOf = (tag: string) => lines.find((line) => line.account === name && line.tag === tag)
  const equity = lineOf('NetLiquidation')
  return readingOf({
    equity: { name: 'NetLiquidation', value: equity?.value },
    currency: { name: 'the currency of NetLiquidation', value: equity?.currency },
  })
}
