import type { Limits, Tick } from '@drawbridge/contracts'

/** Whether a limit needs the balance that a tick reports. */
export function usesBalance(limits: Limits): boolean {
  return limits.maxDailyLossPct !== null && limits.dailyLossBase === 'balance-at-reset'
}

/** What is wrong with a field that the limits need; null: nothing. Other fields may be wrong without harm. */
export function usedFieldFault(limits: Limits, { faults }: Tick): string | null {
  if (faults?.balance !== undefined && usesBalance(limits)) return `balance ${faults.balance}`
  return null
}
