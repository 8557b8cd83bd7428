import { describe, it } from 'vitest'
import type { LimitSpec, OracleConfig, Settings } from '../../src/engine/oracle/config.ts'
import type { Step } from '../../src/engine/oracle/steps.ts'
import type { Verdict } from '../../src/engine/oracle/verdict.ts'
import { ask, at, dayLoss, drawdown, flow, t, tell } from './story.ts'

type Saw = Partial<Verdict>
type Row<Override> = readonly [
  what: string,
  byDefault: Saw,
  override: Override,
  overridden: Saw,
  ...steps: readonly Step[],
]

const quiet = { initial_balance: 1000, confirm_jump: null, stale_after_seconds: null }
const both = (equity: number, balance: number) => ({ ...t('10:05', equity, { balance }) })

/** What a limit does that says no more than it must, beside what it does where it says so. */
const PARAMETERS: readonly Row<Partial<LimitSpec>>[] = [
  ['tests equity', { breaches: ['day_loss'] }, { tested: 'balance' }, { breaches: [] }, both(900, 1000)],
  [
    'is a loss',
    { floors: { day_loss: '900' } },
    { measure: 'profit' },
    { ceilings: { day_loss: '1100' } },
    t('10:00', 1000),
  ],
  [
    'warns at 80 %',
    { warned: ['day_loss'] },
    { tiers: [{ at_percent: 100, action: 'flatten' }] },
    { warned: [] },
    t('10:00', 920),
  ],
  [
    'blocks entries at 100 %',
    { action: 'block-entries' },
    { tiers: [{ at_percent: 50, action: 'flatten' }] },
    { action: 'flatten' },
    t('10:00', 900),
  ],
  [
    'ends with its window',
    { until: Date.parse(at('2 00:00')) },
    { ends: 'timer' },
    { until: Date.parse(at('11:00')) },
    t('10:00', 900),
  ],
  [
    'pauses for an hour at least',
    { until: Date.parse(at('2 00:30')) },
    { least_minutes: 31 },
    { until: Date.parse(at('2 00:01')) },
    t('23:30', 900),
  ],
  [
    'keeps its room in money',
    { floors: { day_loss: '1000' } },
    { flows: 'fixed' },
    { floors: { day_loss: '900' } },
    t('10:00', 1000),
    flow('10:05', 100),
  ],
  [
    'holds from the start',
    { breaches: ['day_loss'] },
    { active_from: { profit: { amount: 50 } } },
    { breaches: [] },
    t('10:00', 900),
  ],
  [
    'has no lock',
    { floors: { day_loss: '900' } },
    { lock: { initial_plus: -200 } },
    { floors: { day_loss: '800' } },
    t('10:00', 1000),
  ],
]

const SETTINGS: readonly Row<Partial<Settings>>[] = [
  [
    'is paused for an hour',
    { until: Date.parse(at('11:00')) },
    { stop_trading_minutes: 5 },
    { until: Date.parse(at('10:05')) },
    t('10:00', 900),
  ],
  ['is warned at 80 %', { warned: [] }, { warn_at_percent: 50 }, { warned: ['drawdown'] }, t('10:00', 940)],
  [
    'begins with its initial balance',
    { dayPnl: '-10' },
    { first_day: 'first-reading' },
    { dayPnl: '0' },
    t('10:00', 990),
  ],
  [
    'is forgiven nothing by time',
    { holders: ['limit:drawdown'] },
    { on_end: 'rebase' },
    { holders: [] },
    t('10:00', 900),
    ask('11:00'),
  ],
  [
    'begins its day at midnight',
    { dayPnl: '-10' },
    { reset_time: '17:00' },
    { dayPnl: '0' },
    t('10:00', 990),
    ask('18:00'),
  ],
  [
    'begins its day by UTC',
    { dayPnl: '-10' },
    { reset_time_zone: 'Asia/Kathmandu' },
    { dayPnl: '0' },
    t('10:00', 990),
    ask('19:00'),
  ],
]

/** As a new installation has them. */
const DOUBTS: readonly Row<Partial<Settings>>[] = [
  [
    'waits 5 seconds above 20 %',
    { code: 'unconfirmed' },
    { confirm_jump: null },
    { code: 'limit' },
    t('10:00', 1000),
    t('10:01', 700),
  ],
  [
    'is silent after 5 minutes',
    { code: 'silent' },
    { stale_after_seconds: 301 },
    { code: 'ok' },
    t('10:00', 1000),
    ask('10:05'),
  ],
]

/** Every step of one, and what is seen after the last. */
function see<Override>(config: (override?: Override) => OracleConfig, row: Row<Override>): void {
  const [, byDefault, override, overridden, ...steps] = row
  const rows = (saw: Saw) => steps.map((step, index) => [step, index === steps.length - 1 ? saw : {}] as const)
  tell(config(), ...rows(byDefault))
  tell(config(override), ...rows(overridden))
}

describe('by default', () => {
  it.each(PARAMETERS.map((row) => ({ what: row[0], row })))(
    'a limit $what, and otherwise where it says so',
    ({ row }) => {
      see((override) => ({ ...quiet, limits: [dayLoss(100, override)] }), row)
    },
  )

  it.each(SETTINGS.map((row) => ({ what: row[0], row })))(
    'a trader $what, and otherwise where that is set',
    ({ row }) => {
      see((override) => ({ ...quiet, ...override, limits: [drawdown(10)] }), row)
    },
  )

  it.each(DOUBTS.map((row) => ({ what: row[0], row })))(
    'a trader $what, and otherwise where that is set',
    ({ row }) => {
      see((override) => ({ initial_balance: 1000, ...override, limits: [drawdown(10)] }), row)
    },
  )
})
