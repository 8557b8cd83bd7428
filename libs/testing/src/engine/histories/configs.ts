import fc from 'fast-check'
import { WEEKDAYS } from '../oracle/calendar.ts'
import type { LimitSpec, OracleConfig, Sessions, Settings, Tier } from '../oracle/config.ts'

const amounts = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('50', '100', '200', '33.33333333') },
  { weight: 1, arbitrary: fc.constantFrom('0.00000001', '950', '1000') },
)
const percents = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('5', '10', '20', '25', '33.33333333') },
  { weight: 1, arbitrary: fc.constantFrom('50', '100', '0.00000001') },
)
const minutes = fc.constantFrom(1, 30, 60, 1_440, 4_000)

const size: fc.Arbitrary<LimitSpec['limit']> = fc.oneof(
  amounts.map((amount) => ({ amount })),
  fc.record({
    percent: percents,
    of: fc.constantFrom('initial' as const, 'reference' as const, 'start-equity' as const, 'start-balance' as const),
  }),
)

const tiers: fc.Arbitrary<readonly Tier[]> = fc.constantFrom<readonly Tier[]>(
  [{ at_percent: 100, action: 'block-entries' }],
  [
    { at_percent: 60, action: 'block-entries' },
    { at_percent: 100, action: 'flatten' },
  ],
  [
    { at_percent: 80, action: 'block-entries' },
    { at_percent: 100, action: 'flatten' },
  ],
  [
    { at_percent: 50, action: 'warn' },
    { at_percent: 80, action: 'warn' },
    { at_percent: 100, action: 'flatten' },
  ],
  [
    { at_percent: 90, action: 'warn' },
    { at_percent: '33.33333333', action: 'block-entries' },
  ],
)

const reference: fc.Arbitrary<LimitSpec['reference']> = fc.oneof(
  fc.constant({ kind: 'initial' as const }),
  fc.record({
    kind: fc.constantFrom('start' as const, 'peak' as const),
    of: fc.constantFrom('equity' as const, 'equity' as const, 'equity' as const, 'balance' as const, 'higher' as const),
    sampled: fc.constantFrom('continuous' as const, 'day-close' as const),
  }),
)

/** What a limit may say; the first three must be said. */
const parameters = {
  window: fc.constantFrom('day' as const, 'day' as const, 'week' as const, 'month' as const, 'lifetime' as const),
  reference,
  limit: size,
  measure: fc.constantFrom('loss' as const, 'loss' as const, 'loss' as const, 'profit' as const),
  tested: fc.constantFrom(
    'equity' as const,
    'equity' as const,
    'equity' as const,
    'balance' as const,
    'lower' as const,
  ),
  lock: fc.constantFrom(null, { initial_plus: 0 }, { initial_plus: '100' }, { initial_plus: '-50' }),
  tiers,
  ends: fc.constantFrom('timer' as const, 'next-window' as const, 'at' as const, 'manual' as const),
  ends_at: fc.constantFrom('15:30', '00:00', '02:30'),
  least_minutes: minutes,
  on_end: fc.constantFrom('keep' as const, 'keep' as const, 'rebase' as const),
  flows: fc.constantFrom('scale' as const, 'shift' as const, 'fixed' as const),
  active_from: fc.constantFrom(null, null, { profit: { amount: '50' } }, { profit: { percent: '10' } }),
}

export const limitSpecs: fc.Arbitrary<LimitSpec> = fc.oneof(
  { weight: 8, arbitrary: fc.record(parameters, { requiredKeys: ['window', 'reference', 'limit', 'ends_at'] }) },
  {
    weight: 1,
    arbitrary: fc.record({
      window: parameters.window,
      reference,
      limit: size,
      warn_only: fc.constant(true),
      tiers: fc.constant([{ at_percent: 50, action: 'warn' as const }]),
    }),
  },
)

/** Some parameters of a limit, as a command changes them. */
export const limitChanges: fc.Arbitrary<Partial<LimitSpec>> = fc
  .record(parameters, { requiredKeys: [] })
  .filter((change) => Object.keys(change).length > 0)
  .map((change) => ('ends' in change ? { ends_at: '15:30', ...change } : change))

/** Over midnight, at hours that clocks skip or repeat, around the dates on which histories begin. */
const openings: fc.Arbitrary<Sessions> = fc.record(
  {
    zone: fc.constantFrom('America/New_York', 'UTC', 'Australia/Lord_Howe', 'Pacific/Apia', 'America/Havana'),
    hours: fc.constantFrom(
      ['sun 17:00-fri 17:00'],
      ['mon-fri 09:30-16:00'],
      ['mon-fri 09:00-11:30', 'mon-fri 12:30-15:00', 'sat 00:00-24:00'],
      ['sun 18:00-mon 17:00', 'mon 18:00-tue 17:00', 'wed,thu 00:00-02:30', 'sat 22:00-sun 02:30'],
      ['mon-sun 00:00-24:00'],
      ['sun 02:15-02:45', 'sun 01:15-01:45', 'sat 23:59-sun 00:01'],
    ),
    holidays: fc.subarray([
      '2026-03-08',
      '2026-03-09',
      '2026-11-01',
      '2026-10-05',
      '2011-12-31',
      '2026-07-03',
      '2026-06-11',
    ]),
    block_entries: fc.boolean(),
  },
  { requiredKeys: ['zone', 'hours', 'block_entries'] },
)

const shortPercent = fc.constantFrom(null, '5', '10', '20', '1', '33.33333333')
const settings = {
  initial_balance: fc.constantFrom(null, null, '1000', '1000', '1000', '1000', '1052.63157894', '2000'),
  first_day: fc.constantFrom('initial-balance' as const, 'first-reading' as const),
  week_starts: fc.constantFrom(...WEEKDAYS),
  confirm_jump: fc.constantFrom(
    null,
    null,
    { percent: 20, seconds: 5 },
    { percent: 20, seconds: 5 },
    { percent: '10', seconds: 0 },
    { percent: '33.33333333', seconds: 60 },
  ),
  stale_after_seconds: fc.constantFrom(null, null, 60, 300, 86_400),
  sessions: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: openings }),
  loosen_after_minutes: fc.constantFrom(0, 0, 1, 60, 1_440),
  stop_trading_minutes: minutes,
  warn_at_percent: fc.constantFrom('80', '50', '100', '33.33333333'),
  budget_steps: fc.constantFrom(null, [
    { above_percent: 50, factor: 1 },
    { above_percent: 25, factor: '0.5' },
    { above_percent: 0, factor: '0.25' },
  ]),
  max_daily_loss: shortPercent,
  daily_loss_of: fc.constantFrom('initial-balance' as const, 'equity-at-reset' as const, 'balance-at-reset' as const),
  daily_loss_ends: fc.constantFrom('timer' as const, 'next-window' as const, 'manual' as const),
  max_drawdown: shortPercent,
  drawdown_ends: fc.constantFrom('timer' as const, 'next-window' as const, 'manual' as const),
  on_end: fc.constantFrom('keep' as const, 'keep' as const, 'rebase' as const),
  max_losing_trades: fc.constantFrom(
    null,
    null,
    { count: 2, in_a_row: true, least_minutes: 30 },
    { count: 2, within_minutes: 60, min_loss: '5' },
  ),
  max_trades: fc.constantFrom(null, null, { count: 3, window: 'day' as const }, { count: 3, window: 'week' as const }),
  currency: fc.constantFrom(null, null, 'USD'),
  consistency: fc.constantFrom(null, { percent: 40 }, { percent: '33.33333333', strict: true }),
  min_days: fc.constantFrom(null, 1, 3),
  profit_target: fc.constantFrom(null, { amount: '50' }, { percent: '10' }),
} satisfies { [K in keyof Settings]?: fc.Arbitrary<Settings[K]> }

/** Some settings, as a command changes them. */
export const settingChanges: fc.Arbitrary<Partial<Settings>> = fc
  .record(settings, { requiredKeys: [] })
  .filter((change) => Object.keys(change).length > 0)

const day = fc.record({
  reset_time: fc.constantFrom('00:00', '17:00', '02:30', '01:30', '23:59'),
  zone: fc.constantFrom(
    'UTC',
    'America/New_York',
    'America/Chicago',
    'Europe/Prague',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Asia/Kathmandu',
  ),
})

/** What a trader is judged by: mostly in the time of the server, mostly with flows by commands. */
export const configs: fc.Arbitrary<OracleConfig> = fc
  .record({
    settings: fc.record(settings),
    day,
    time_base: fc.constantFrom('server' as const, 'server' as const, 'server' as const, 'event' as const),
    net_deposits: fc.constantFrom(false, false, false, false, true),
    enforcement: fc.constantFrom(true, true, true, true, false),
    specs: fc.array(limitSpecs, { maxLength: 4 }),
  })
  .map(({ settings: given, specs, ...rest }) => ({
    ...given,
    ...rest,
    limits: specs.map((spec, index) => ({ name: `l${index}`, ...spec })),
  }))
