import type { Limits, Tick, TraderState } from '@drawbridge/contracts/pure'
import type { Draft } from './draft.ts'

/** The currency of the account: the configured one, else that of the first accepted tick that named one; null: unknown. */
function currencyOf(state: TraderState, limits: Limits): string | null {
  return limits.currency ?? state.currency
}

/**
 * Why a tick may be of another account; null: it is not. It need not name a currency. Where it tries to, and that of the
 * account is known, it must be this one.
 */
export function currencyFault({ state, limits }: Draft, { currency, faults }: Tick): string | null {
  const own = currencyOf(state, limits)
  if (own === null) return null
  if (faults?.currency !== undefined) return `currency ${faults.currency}; the account's is ${own}`
  return currency === null || currency === own ? null : `currency is ${currency}; the account's is ${own}`
}

/** Keeps the first currency that a confirmed reading names. */
export function takeCurrency({ state, facts }: Draft, currency: string | null): void {
  if (currency === null || state.currency !== null) return
  state.currency = currency
  facts.push({ kind: 'currency-set', currency })
}
