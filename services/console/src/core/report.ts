import { type Amount, formatAmount } from '@drawbridge/contracts'
import type { Report } from '@drawbridge/risk-engine'

/** The JSON of a report: amounts and percentages are decimal strings. */
export function reportToMessage({ consistency, minDays, profitTarget }: Report): object {
  return {
    consistency:
      consistency === null
        ? null
        : {
            bestDay: formatAmount(consistency.bestDay),
            profit: formatAmount(consistency.profit),
            sharePct: orNull(consistency.sharePct),
            profitNeeded: formatAmount(consistency.profitNeeded),
            isMet: consistency.isMet,
          },
    minDays,
    profitTarget:
      profitTarget === null
        ? null
        : { target: formatAmount(profitTarget.target), distance: formatAmount(profitTarget.distance) },
  }
}

function orNull(amount: Amount | null): string | null {
  return amount === null ? null : formatAmount(amount)
}
