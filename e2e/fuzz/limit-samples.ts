/** Every setting of limits, so that each is tried. */
const EVERY_SETTING = {
  max_daily_loss: 5,
  max_drawdown: '20.5',
  stop_trading_minutes: 30,
  initial_balance: 1000,
  daily_loss_of: 'equity-at-reset',
  reset_time: '17:00',
  reset_time_zone: 'America/New_York',
  daily_loss_ends: 'next-day',
  drawdown_ends: 'manual',
  time_base: 'event',
  warn_at_percent: 80,
  stale_after_seconds: null,
  sessions: {
    zone: 'America/New_York',
    hours: ['sun 17:00-thu 17:00', 'fri 09:30-16:00'],
    holidays: ['2026-03-12', '2026-12-25'],
    block_entries: true,
  },
  loosen_after_minutes: 0,
  on_end: 'rebase',
  first_day: 'first-reading',
  week_starts: 'sunday',
  confirm_jump: { percent: 20, seconds: 5 },
  budget_steps: [{ above_percent: 50, factor: '0.5' }],
  limits: {
    every: {
      measure: 'loss',
      tested: 'lower',
      window: 'week',
      reference: { kind: 'peak', of: 'higher', sampled: 'day-close' },
      limit: { percent: 4, of: 'start-equity' },
      lock: { initial_plus: 100 },
      tiers: [
        { at_percent: 60, action: 'warn' },
        { at_percent: 100, action: 'flatten' },
      ],
      warn_only: false,
      ends: 'at',
      ends_at: '15:30',
      least_minutes: 60,
      on_end: 'keep',
      flows: 'fixed',
      active_from: { profit: { percent: 2 } },
    },
  },
  max_losing_trades: { count: 3, within_minutes: 60, min_loss: 5 },
  max_trades: { count: 10, window: 'day' },
  net_deposits: true,
  consistency: { percent: 40, strict: true },
  min_days: 5,
  profit_target: { amount: 500 },
  currency: 'USD',
} as const

/** A market that is closed at the time of the inputs, and one that opens and closes with them. */
export const SESSIONS = [
  { zone: 'UTC', hours: ['mon-wed 09:00-17:00'], block_entries: true },
  { zone: 'UTC', hours: ['mon-fri 00:00-14:00', 'mon-fri 14:01-24:00'], holidays: ['2026-03-13'], block_entries: true },
  { zone: 'Asia/Tokyo', hours: ['mon-sun 00:00-24:00'], holidays: ['2026-03-12', '2026-03-13'] },
] as const

export const LIMIT_SAMPLES: readonly string[] = [
  EVERY_SETTING,
  { limits: EVERY_SETTING.limits, max_drawdown: null },
  ...SESSIONS.map((sessions) => ({ sessions, stale_after_seconds: 1 })),
].map((limits) => JSON.stringify(limits))
