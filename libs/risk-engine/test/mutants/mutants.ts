/** A bug of the engine that cases and random histories must find. */
export interface Mutant {
  /** Below `libs/risk-engine/src`. */
  readonly file: string
  /** Occurs in the file exactly once, on one line. */
  readonly find: string
  readonly replace: string
  /** The promise that it breaks. */
  readonly breaks: string
}

export const MUTANTS: readonly Mutant[] = [
  {
    file: 'limits/line.ts',
    find: "measure === 'loss' ? tested <= line",
    replace: "measure === 'loss' ? tested < line",
    breaks: 'a loss equal to the room breaks the limit',
  },
  {
    file: 'limits/line.ts',
    find: 'lock === null || unlocked <= lock ? unlocked : lock',
    replace: 'unlocked',
    breaks: 'a floor rises no higher than its lock',
  },
  {
    file: 'limits/line.ts',
    find: '(part * share.part + over - 1n) / over',
    replace: '(part * share.part) / over',
    breaks: 'a line is exact: no smaller loss reaches it',
  },
  {
    file: 'limits/judged-limit.ts',
    find: "tiers.findIndex(({ action }) => action !== 'warn')",
    replace: "tiers.findLastIndex(({ action }) => action !== 'warn')",
    breaks: 'the room ends at the lowest tier that blocks',
  },
  {
    file: 'limits/limit-states.ts',
    find: 'profit >= activeFrom.amount',
    replace: 'profit > activeFrom.amount',
    breaks: 'a limit begins at exactly the profit of active_from',
  },
  {
    file: 'limits/limit-states.ts',
    find: 'from === undefined || (from === fromBefore && known.active)',
    replace: 'known.active',
    breaks: 'a limit without active_from holds from the command on',
  },
  {
    file: 'limits/limit-states.ts',
    find: 'balance === null && limit.usesBalance ? LACKS_BALANCE : null',
    replace: 'null',
    breaks: 'a limit whose field a reading lacks cannot be computed',
  },
  {
    file: 'limits/peak.ts',
    find: "sampled === 'day-close' ? raised",
    replace: "sampled === 'continuous' ? raised",
    breaks: 'a peak at day-close is raised when the day ends',
  },
  {
    file: 'limits/start.ts',
    find: 'beginWindow: (_before, { of }, known) => valueIn(of, known)',
    replace: 'beginWindow: (before) => before',
    breaks: 'a window is measured from its own start',
  },
  {
    file: 'confirm.ts',
    find: "pending === null || pending.side !== 'below'",
    replace: 'pending === null',
    breaks: 'a rise is confirmed by a second reading alone',
  },
  {
    file: 'confirm.ts',
    find: 'distanceOf(draft, reading) < distanceOf(draft, nearest) ? reading : nearest',
    replace: 'reading',
    breaks: 'of the readings that wait the nearest is confirmed',
  },
  {
    file: 'confirm.ts',
    find: 'pending === null || pending.side !== jump.side ||',
    replace: 'pending === null ||',
    breaks: 'a reading on the other side contradicts one that waits',
  },
  {
    file: 'confirm.ts',
    find: 'count >= ZERO_READINGS && ',
    replace: '',
    breaks: 'exactly 0 needs three readings',
  },
  {
    file: 'confirm.ts',
    find: 'sizeOf(difference) * whole <= part * sizeOf(known)',
    replace: 'sizeOf(difference) * whole < part * sizeOf(known)',
    breaks: 'exactly the percentage of confirm_jump is within the band',
  },
  {
    file: 'holds.ts',
    find: 'return Math.max(least, next ?? now)',
    replace: 'return next ?? now',
    breaks: 'a pause lasts at least its least_minutes',
  },
  {
    file: 'holds.ts',
    find: 'hold.until === null ? null : Math.max(until, hold.until)',
    replace: 'hold.until === null ? null : Math.min(until, hold.until)',
    breaks: 'of several holds the longest counts',
  },
  {
    file: 'judge.ts',
    find: 'if (known.uncomputable === null && !isBroken(limit, known, tested)) return true',
    replace: 'if (known.uncomputable === null) return true',
    breaks: 'time ends no pause of a limit that is broken',
  },
  {
    file: 'judge.ts',
    find: "if (hold !== undefined && !(action === 'flatten' && hold.action !== 'flatten')) return",
    replace: 'if (hold !== undefined) return',
    breaks: 'a worse tier during a pause is told',
  },
  {
    file: 'judge.ts',
    find: 'const reached = isHeld ? null : warningOf(limit, known, tested)',
    replace: 'const reached = warningOf(limit, known, tested)',
    breaks: 'a limit that is near its line when its pause ends warns',
  },
  {
    file: 'judge.ts',
    find: "limit !== undefined && onEnd === 'rebase'",
    replace: "limit !== undefined && onEnd === 'keep'",
    breaks: 'only on_end rebase forgives a loss by time',
  },
  {
    file: 'pass-time.ts',
    find: 'first === null || due.at < first.at',
    replace: 'first === null || due.at <= first.at',
    breaks: 'a reset comes before what else is due at its moment',
  },
  {
    file: 'pass-time.ts',
    find: 'begun.has(limit.window) && after.warnedPct !== null',
    replace: 'after.warnedPct !== null',
    breaks: 'only the new window of a limit is a new crossing',
  },
  {
    file: 'cash-flow.ts',
    find: 'return value + amount',
    replace: 'return value',
    breaks: 'a flow moves the reference of a limit that shifts',
  },
  {
    file: 'cash-flow.ts',
    find: "if (side === 'up') return product > 0n ? quotient + 1n : quotient",
    replace: "if (side === 'up') return quotient",
    breaks: 'a reference is rounded to the tighter side',
  },
  {
    file: 'cash-flow.ts',
    find: 'return id !== null && state.flows?.known.some((one) => one.id === id) === true',
    replace: 'return id === null',
    breaks: 'a flow counts once',
  },
  {
    file: 'undo.ts',
    find: 'state.peakEquity = undo.peakEquity',
    replace: '',
    breaks: 'a voided reading leaves no peak behind',
  },
  {
    file: 'trades.ts',
    find: 'pnl > 0n ? 0 : counts.losersInARow',
    replace: 'pnl >= 0n ? 0 : counts.losersInARow',
    breaks: 'a trade without a result ends no row of losers',
  },
  {
    file: 'limits/trade-limits.ts',
    find: 'counts.losers.filter((at) => at >= since)',
    replace: 'counts.losers.filter((at) => at > since)',
    breaks: 'a loser exactly so many minutes ago counts',
  },
  {
    file: 'windows.ts',
    find: 'days === 0 ? 7 : days',
    replace: 'days',
    breaks: 'a pause until the next week ends with it',
  },
  {
    file: 'daily-reset.ts',
    find: 'timeZone: reset.resetTimeZone, plainTime: time',
    replace: "timeZone: 'UTC', plainTime: time",
    breaks: 'a day begins by the clocks of the zone',
  },
  {
    file: 'loosening.ts',
    find: 'if (known !== null) pending[name] = null',
    replace: 'if (known !== null) now[name] = null',
    breaks: 'the removal of a limit waits',
  },
  {
    file: 'loosening.ts',
    find: 'return from !== to && limit.loosens(from, to)',
    replace: 'return from !== to && !limit.loosens(from, to)',
    breaks: 'what loosens waits, what tightens does not',
  },
  {
    file: 'budget.ts',
    find: 'nearest !== null && (room > least ||',
    replace: 'nearest !== null && (room < least ||',
    breaks: 'the budget is of the nearest limit',
  },
  {
    file: 'budget.ts',
    find: 'room * HUNDRED_PERCENT > abovePct * whole',
    replace: 'room * HUNDRED_PERCENT >= abovePct * whole',
    breaks: 'a factor holds above its step, not at it',
  },
  {
    file: 'order.ts',
    find: 'sequence.run !== run || seq > sequence.seq',
    replace: 'sequence.run !== run || seq >= sequence.seq',
    breaks: 'a tick that was sent twice is one',
  },
  {
    file: 'order-doubt.ts',
    find: 'input.time >= since + LATE_MS',
    replace: 'input.time > since + LATE_MS',
    breaks: 'late ticks block when they are all that came for 10 s',
  },
  {
    file: 'currency.ts',
    find: 'return limits.currency ?? state.currency',
    replace: 'return limits.currency',
    breaks: 'the first confirmed currency is that of the account',
  },
  {
    file: 'silence.ts',
    find: 'staleAfterSeconds * 1_000',
    replace: 'staleAfterSeconds * 1_001',
    breaks: 'a bot is silent after exactly stale_after_seconds',
  },
  {
    file: 'pause-commands.ts',
    find: 'if (!admin) return',
    replace: 'if (admin) return',
    breaks: 'a firm hold is ended by an admin alone',
  },
  {
    file: 'account-commands.ts',
    find: 'keepHolds(draft, (hold) => leftOf(hold, now))',
    replace: 'keepHolds(draft, (hold) => hold)',
    breaks: 'holds start again with a new account period',
  },
  {
    file: 'next-wake.ts',
    find: 'bySession, inForceAt, confirmationAt(state)',
    replace: 'bySession, inForceAt',
    breaks: 'a fall that nothing contradicts is confirmed by a wake-up',
  },
  {
    file: 'take-reading.ts',
    find: 'const amount = netDeposits - state.netDeposits',
    replace: 'const amount = state.netDeposits - netDeposits',
    breaks: 'a deposit that a bot tells is no profit',
  },
  {
    file: 'report.ts',
    find: 'days.isCounted && today > days.best',
    replace: 'today > days.best',
    breaks: 'a day without a reading is no trading day',
  },
  {
    file: 'sessions.ts',
    find: 'session.isOpen && (session.until === null || at < session.until)',
    replace: 'session.isOpen',
    breaks: 'a silence is judged within one session',
  },
  {
    file: 'sessions.ts',
    find: 'Math.max(since, session.from ?? since) + ms',
    replace: 'since + ms',
    breaks: 'a silence counts from the opening at the earliest',
  },
  {
    file: 'sessions.ts',
    find: 'return sessions?.blockEntries === true ?',
    replace: 'return sessions !== null ?',
    breaks: 'a closed market blocks entries on request alone',
  },
  {
    file: 'open-days.ts',
    find: 'parts.length === 0 || this.isHoliday(day)',
    replace: 'parts.length === 0',
    breaks: 'a market is closed on its holidays',
  },
  {
    file: 'next-wake.ts',
    find: '[judgedAt, staleAt(state, limits), bySession,',
    replace: '[judgedAt, staleAt(state, limits),',
    breaks: 'a market that opens or closes makes a wake-up',
  },
  {
    file: 'pause-of-all.ts',
    find: '(inForce.until === null || inForce.until > until)',
    replace: 'inForce.until === null',
    breaks: 'a second pause of all shortens none',
  },
  {
    file: 'pause-of-all.ts',
    find: 'if (pauseOfAll === null || holdOf(draft.state.pause, ALL_HOLDER) !== undefined) return',
    replace: 'return',
    breaks: 'a pause of all holds whoever reports while it lasts',
  },
  {
    file: 'account-commands.ts',
    find: 'if (hold.holder === ALL_HOLDER) return hold',
    replace: '',
    breaks: 'a new account period ends no pause of all',
  },
  {
    file: 'pause-commands.ts',
    find: "if (hold.holder === ALL_HOLDER) return 'all traders are paused, which ends for all at once: resume all'",
    replace: '',
    breaks: 'a resume of one trader ends no pause of all',
  },
]
