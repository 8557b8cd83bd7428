import { type LimitsMessage, toJsonBytes } from '@drawbridge/contracts'
import fc from 'fast-check'
import type { OracleLimits, Step } from './oracle.ts'
import { type LogEntry, TRADER } from './specification.ts'

/** A made-up history of one trader: what it is judged by, and what reaches the log. */
export interface Scenario {
  readonly limits: OracleLimits
  readonly steps: readonly Step[]
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const decimals = fc.integer({ min: 0, max: 99_999_999 }).map((digits) => String(digits).padStart(8, '0'))

/** Mostly near a starting equity of 1000 and often exactly at a limit of it, sometimes anything. */
const equity = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('1000', '1000', '950', '900', '800', '720', '760', '640', '1200', '1250') },
  {
    weight: 3,
    arbitrary: fc.constantFrom('950.00000001', '949.99999999', '900.00000001', '800.00000001', '799.99999999'),
  },
  { weight: 4, arbitrary: fc.integer({ min: 500, max: 1500 }).map(String) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.integer({ min: 0, max: 2000 }), decimals).map(([whole, part]) => `${whole}.${part}`),
  },
  { weight: 1, arbitrary: fc.constantFrom('0', '-1', '-1000.5', '0.00000001') },
  { weight: 1, arbitrary: fc.constantFrom('999999999999999.99999999', '-999999999999999.99999999', '999999999999999') },
)

const percent = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('5', '10', '20', '4', '1', '100') },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.integer({ min: 0, max: 99 }), decimals).map(([whole, part]) => `${whole}.${part}`),
  },
  { weight: 1, arbitrary: fc.constant(null) },
)
const positivePercent = percent.filter((value) => value === null || /[1-9]/.test(value))

const ends = fc.constantFrom('timer', 'next-day', 'manual')
const fields = {
  max_daily_loss: positivePercent,
  max_drawdown: positivePercent,
  stop_trading_minutes: fc.constantFrom(1, 30, 60, 1440, 4000),
  initial_balance: fc.constantFrom(null, null, '1000', '1052.63157894', '0.00000001', '2000'),
  daily_loss_of: fc.constantFrom('initial-balance', 'equity-at-reset', 'balance-at-reset'),
  reset_time: fc.constantFrom('00:00', '17:00', '02:30', '01:30', '23:59', '02:00', '03:00'),
  reset_time_zone: fc.constantFrom(
    'UTC',
    'America/New_York',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Asia/Kathmandu',
    'Asia/Beirut',
    'Pacific/Kiritimati',
    'Africa/Casablanca',
  ),
  daily_loss_ends: ends,
  drawdown_ends: ends,
  time_base: fc.constantFrom('server', 'event'),
  warn_at_percent: fc.constantFrom('80', '80', '50', '100', '99.99999999', '0.00000001', '33.33333333'),
  stale_after_seconds: fc.constantFrom(null, null, 1, 60, 1_800, 3_600, 86_400),
  loosen_after_minutes: fc.constantFrom(0, 0, 0, 1, 60, 1_440),
  currency: fc.constant(null),
} satisfies { [K in keyof OracleLimits]: fc.Arbitrary<OracleLimits[K]> }

const allLimits: fc.Arbitrary<OracleLimits> = fc.record(fields)
const someLimits = fc
  .record(fields, { requiredKeys: [] })
  .filter((limits) => Object.keys(limits).length > 0)
  .map((limits): Partial<OracleLimits> => limits)

const wait = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 90 * MINUTE }) },
  { weight: 4, arbitrary: fc.constantFrom(0, 1, MINUTE, 30 * MINUTE, HOUR, 12 * HOUR, DAY) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 3 * DAY }) },
  { weight: 1, arbitrary: fc.integer({ min: -2 * DAY, max: 0 }) },
)
/** How far the bot's clock is from JetStream's; null: it sends no time. */
const skew = fc.oneof(
  { weight: 8, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.constantFrom(null, 60_000, 60_001, -1, -HOUR, -DAY) },
)

const move = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('tick' as const),
      equity,
      balance: fc.option(equity, { freq: 2 }),
      skew,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unreadable' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('pause' as const),
      lasts: fc.constantFrom(null, -1, 0, 1, MINUTE, HOUR, 2 * DAY),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('resume' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cash-flow' as const),
      amount: fc.oneof(equity, fc.constantFrom('-500', '-0.00000001')).filter((amount) => /[1-9]/.test(amount)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('limits' as const, 'limits' as const, 'defaults' as const, 'configured' as const),
      limits: someLimits,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('enforcement' as const), on: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wake' as const) }) },
)

/** Days on which clocks change or a date is skipped, and a plain one. */
const start = fc
  .constantFrom(
    '2026-03-07T20:00Z',
    '2026-10-31T20:00Z',
    '2026-10-03T12:00Z',
    '2011-12-29T08:00Z',
    '2026-03-28T12:00Z',
    '2026-06-10T00:00Z',
  )
  .map((text) => Date.parse(text))

export const scenarios: fc.Arbitrary<Scenario> = fc
  .record({
    limits: allLimits,
    start,
    /** How far the history that a bot replays lies back. */
    lag: fc.constantFrom(0, 0, HOUR, 3650 * DAY),
    moves: fc.array(fc.tuple(wait, move), { minLength: 1, maxLength: 24, size: 'max' }),
  })
  .map(({ limits, start: begin, lag, moves }) => {
    let time = begin
    const steps = moves.map(([pass, what]): Step => {
      time += pass
      switch (what.kind) {
        case 'tick':
          return {
            kind: 'tick',
            time,
            equity: what.equity,
            balance: what.balance,
            at: what.skew === null ? null : time + what.skew - (what.skew > 0 ? 0 : lag),
          }
        case 'pause':
          return { kind: 'pause', time, until: what.lasts === null ? null : time + what.lasts }
        default:
          return { ...what, time }
      }
    })
    return { limits, steps }
  })

/** The message that a step stands for. */
export function entryOf(step: Step): LogEntry {
  const { time } = step
  switch (step.kind) {
    case 'tick': {
      // Numbers where they carry the amount, strings where they do not: both are valid ticks.
      const written = (amount: string) => (amount.replace(/\D/g, '').length <= 15 ? Number(amount) : amount)
      const balance = step.balance === null ? {} : { balance: written(step.balance) }
      const at = step.at === null ? {} : { at: new Date(step.at).toISOString() }
      return { kind: 'tick', time, payload: toJsonBytes({ equity: written(step.equity), ...balance, ...at }) }
    }
    case 'unreadable':
      return { kind: 'tick', time, payload: toJsonBytes({ equity: 'unreadable' }) }
    case 'pause': {
      const until = step.until === null ? {} : { until: new Date(step.until).toISOString() }
      return { kind: 'command', command: 'pause', time, payload: toJsonBytes({ reason: 'by hand', ...until }) }
    }
    case 'resume':
    case 'wake':
      return { kind: 'command', command: step.kind, time, payload: toJsonBytes({}) }
    case 'cash-flow':
      return { kind: 'command', command: 'cash-flow', time, payload: toJsonBytes({ amount: step.amount }) }
    case 'limits':
      return { kind: 'command', command: 'limits', time, payload: toJsonBytes(step.limits satisfies LimitsMessage) }
    case 'defaults':
      return { kind: 'limits', time, payload: toJsonBytes(step.limits satisfies LimitsMessage) }
    case 'configured':
      return {
        kind: 'limits',
        time,
        payload: toJsonBytes({ traders: { [TRADER]: step.limits satisfies LimitsMessage } }),
      }
    case 'enforcement':
      return { kind: 'flags', time, payload: toJsonBytes({ enable_risk_enforcement: step.on }) }
    default:
      return step satisfies never
  }
}
