import type { Tick } from '@drawbridge/contracts/pure'
import type { ResolvedLimits } from './configuration.ts'

/** What is wrong with a field that the limits need; null: nothing. Other fields may be wrong without harm. */
export function usedFieldFault(
  { usesBalance, netDeposits: counts }: ResolvedLimits,
  { faults, netDeposits }: Tick,
): string | null {
  if (faults?.balance !== undefined && usesBalance) return `balance ${faults.balance}`
  if (!counts || netDeposits !== null) return null
  return `net_deposits ${faults?.net_deposits ?? 'is missing; this trader counts it'}`
}
