import { parseTickAmount } from '@drawbridge/contracts'
import type { Failure } from '../../core/failure.ts'
import type { ReadAnswer } from '../../port.ts'
import { valueAt } from '../generic/pointer.ts'
import { readingOf } from '../generic/reading.ts'

/** By exchange: the currency of accounts that NOFX does not count in USDT. */
const CURRENCIES: Readonly<Record<string, string>> = { hyperliquid: 'USDC', lighter: 'USDC', indodax: 'IDR' }

export function currencyOf(exchange: string): string {
  return CURRENCIES[exchange] ?? 'USDT'
}

/** Null: what NOFX says of this exchange can be believed. */
export function faultOfExchange(exchange: string): Failure | null {
  if (exchange !== 'okx') return null
  return {
    kind: 'unusable',
    reason:
      'NOFX counts the floating profit of OKX twice: let a connector with the adapter ccxt report this account, and set "reads": false here',
  }
}

/**
 * NOFX writes 0 for what the exchange did not tell. An account of exactly 0 cannot be told from that, so it is not reported:
 * entries are then blocked because the account is silent.
 */
export function readingOfAccount(body: unknown, currency: string): ReadAnswer {
  const place = (name: string) => ({ name, value: valueAt(body, `/${name}`) })
  const told = readingOf({
    equity: place('total_equity'),
    balance: place('wallet_balance'),
    currency: { name: 'currency', value: currency },
  })
  if (told.kind !== 'reading') return told
  const { equity, balance } = told.reading
  if (equity === 0n) return { kind: 'unusable', reason: `total_equity is 0, ${ALSO_MISSING}` }
  const floating = parseTickAmount(valueAt(body, '/unrealized_profit'))
  if (balance !== 0n) return told
  if (floating.ok && floating.value === equity) {
    return { kind: 'unusable', reason: `wallet_balance is 0, ${ALSO_MISSING}: total_equity would be the profit alone` }
  }
  return { kind: 'reading', reading: { equity, currency: told.reading.currency } }
}

const ALSO_MISSING = 'which NOFX also writes where the exchange told nothing'
