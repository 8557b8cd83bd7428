import type { RuleKind } from './rule-kind.ts'

/** The loss since the daily reset, a percentage of `daily_loss_of`. */
export const dailyLoss: RuleKind = {
  name: 'max_daily_loss',
  isDaily: true,
  limitPct: (limits) => limits.maxDailyLossPct,
  pauseEnd: (limits) => limits.dailyLossEnds,
  loss: (account) => account.dayEquity - account.equity,
  base: (account, limits) => {
    switch (limits.dailyLossBase) {
      case 'initial-balance':
        return limits.initialBalance ?? account.firstEquity ?? 0n
      case 'equity-at-reset':
        return account.dayEquity
      case 'balance-at-reset':
        return account.dayBalance ?? account.dayEquity
      default:
        return limits.dailyLossBase satisfies never
    }
  },
  rebase: (account, ended) => {
    const { equity, dayEquity, dayStartedAt, balance } = account
    const isSameDay = dayStartedAt !== null && ended.at >= dayStartedAt
    if (!isSameDay || dayEquity === equity) return null
    account.dayEquity = equity
    account.dayBalance = balance
    return { kind: 'baseline-rebased', from: dayEquity, to: equity }
  },
}
