import type { RuleKind } from './rule-kind.ts'

/** The decline from peak equity, a percentage of it. */
export const drawdown: RuleKind = {
  name: 'max_drawdown',
  isDaily: false,
  limitPct: (limits) => limits.maxDrawdownPct,
  pauseEnd: (limits) => limits.drawdownEnds,
  loss: (account) => account.peakEquity - account.equity,
  base: (account) => account.peakEquity,
  rebase: (account) => {
    const { equity, peakEquity } = account
    if (peakEquity === equity) return null
    account.peakEquity = equity
    return { kind: 'peak-rebased', from: peakEquity, to: equity }
  },
}
