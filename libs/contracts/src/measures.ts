import type { Amount } from './amount.ts'
import type { TraderState } from './risk-event.ts'

const HUNDRED_PERCENT = 100_00000000n

/** Values that people watch: derived from a state, not stored in it. */
export interface Measures {
  /** Equity minus the day's baseline; null before the first tick. */
  readonly dailyPnl: Amount | null
  /** Percent below peak equity, 0 or more, truncated to 8 decimals; null before the first tick. */
  readonly drawdownPct: Amount | null
}

export function measuresOf(state: TraderState): Measures {
  const { equity, dayEquity, peakEquity } = state
  return {
    dailyPnl: equity === null || dayEquity === null ? null : equity - dayEquity,
    drawdownPct: equity === null || peakEquity === null ? null : percentOf(peakEquity - equity, peakEquity),
  }
}

/** `part / whole * 100`, truncated toward zero to 8 decimals; 0 if the whole is not positive. */
export function percentOf(part: Amount, whole: Amount): Amount {
  return whole <= 0n ? 0n : (part * HUNDRED_PERCENT) / whole
}
