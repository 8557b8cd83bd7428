import type { ConnectorExamination } from '@drawbridge/connector'
import { formatAmount, formatInstant } from '@drawbridge/contracts'

/** The reading with the names of a tick; null: there is none. */
export function readingForPrograms({ reading }: ConnectorExamination): Readonly<Record<string, string>> | null {
  if ('failed' in reading) return null
  const { equity, balance, netDeposits, currency, at } = reading
  return {
    equity: formatAmount(equity),
    ...(balance === undefined ? {} : { balance: formatAmount(balance) }),
    ...(netDeposits === undefined ? {} : { net_deposits: formatAmount(netDeposits) }),
    currency,
    ...(at === undefined ? {} : { at: formatInstant(at) }),
  }
}
