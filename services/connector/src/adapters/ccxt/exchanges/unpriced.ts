import { parseTickAmount } from '@drawbridge/contracts'
import type { Failure } from '../../../core/failure.ts'
import type { Question } from './exchange-line.ts'

/** A smaller quantity may go without a price. Not worth a cent of the dearest coin. */
const DUST = '0.000001'

export interface Holding {
  readonly coin: unknown
  readonly quantity: unknown
  /** In the currency of the account, as the exchange says. */
  readonly worth: unknown
}

/**
 * A coin that is there, and is worth nothing or something unknown, makes a reading unusable: a price may be missing.
 * So does a sum of 0 of nothing at all: an answer without its coins looks the same.
 * @param sum what the account is worth, as the exchange says
 * @returns null: each holding has a worth, is dust, or may be worth nothing
 */
export function unpriced(
  holdings: readonly Holding[],
  sum: unknown,
  { ignore = [], dust = DUST }: Question,
): Failure | null {
  const none = noneListed(holdings, sum)
  if (none !== null) return none
  const most = parseTickAmount(dust)
  if (!most.ok) return { kind: 'unusable', reason: `dust ${most.reason}` }
  for (const { coin, quantity, worth } of holdings) {
    if (typeof coin !== 'string' || coin === '') return { kind: 'unusable', reason: 'a coin has no name' }
    if (ignore.includes(coin)) continue
    const held = parseTickAmount(quantity)
    if (!held.ok) return { kind: 'unusable', reason: `the quantity of ${coin} ${held.reason}` }
    if (held.value <= most.value && held.value >= -most.value) continue
    if (isWorthSomething(worth)) continue
    return {
      kind: 'unusable',
      reason: `${coin} has no price; if it is worth nothing, write "ignore": ["${coin}"]`,
    }
  }
  return null
}

/** @returns null: something is listed, or the sum is not 0 */
export function noneListed(listed: readonly unknown[], sum: unknown): Failure | null {
  const value = parseTickAmount(sum)
  if (listed.length > 0 || !value.ok || value.value !== 0n) return null
  return { kind: 'unusable', reason: 'it lists no balances, and a sum of 0 may be one of coins that are missing' }
}

/** However little: a price may be so small that no amount of ours can hold it. */
function isWorthSomething(worth: unknown): boolean {
  if (typeof worth !== 'string' && typeof worth !== 'number') return false
  const value = Number(worth)
  return Number.isFinite(value) && value !== 0
}
