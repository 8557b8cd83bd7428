import { describe, expect, it } from 'vitest'
import type { LimitSpec, OracleConfig, Settings } from '../../src/engine/oracle/config.ts'
import { Oracle } from '../../src/engine/oracle/oracle.ts'
import {
  ask,
  at,
  breach,
  closed,
  dayLoss,
  does,
  drawdown,
  moment,
  open,
  plain,
  refused,
  resume,
  sets,
  t,
  tell,
} from './story.ts'

const hour = { loosen_after_minutes: 60 }
const shorts = (time: string, short: Partial<Settings>) => does(time, { kind: 'limits', short })

function waits(config: OracleConfig, step: ReturnType<typeof does>): readonly string[] {
  const oracle = new Oracle({ ...config, ...hour })
  oracle.step(t('10:00', 1000, { balance: 1000 }))
  const verdict = oracle.step(step)
  expect(verdict.outcome).toBe('event')
  return verdict.waiting.map(({ field }) => field)
}

const tiers = (...of: readonly (readonly [number, 'warn' | 'block-entries' | 'flatten'])[]) => ({
  tiers: of.map(([at_percent, action]) => ({ at_percent, action })),
})
const full: LimitSpec & { name: string } = drawdown(20, {
  lock: { initial_plus: 100 },
  ends: 'next-window',
  least_minutes: 60,
  ...tiers([80, 'block-entries'], [100, 'flatten']),
  active_from: { profit: { amount: 10 } },
})
const bare = drawdown(20, { ends: 'timer' })

describe('what is looser waits, field by field', () => {
  it.each<[string, LimitSpec & { name: string }, Partial<LimitSpec>]>([
    ['a larger limit', bare, { limit: { percent: '20.00000001', of: 'reference' } }],
    ['another base', bare, { limit: { percent: 1, of: 'initial' } }],
    ['an amount for a percentage', bare, { limit: { amount: 1 } }],
    ['another reference', bare, { reference: { kind: 'peak', of: 'balance' } }],
    ['a peak at day close', bare, { reference: { kind: 'peak', of: 'equity', sampled: 'day-close' } }],
    ['another window', bare, { window: 'month' }],
    ['a profit', bare, { measure: 'profit' }],
    ['balance for equity', bare, { tested: 'balance' }],
    ['the lower of two, from which a rebase would measure', bare, { tested: 'lower' }],
    ['no lock', full, { lock: null }],
    ['a lock', bare, { lock: { initial_plus: 5000 } }],
    ['a lower lock', full, { lock: { initial_plus: 99 } }],
    ['a later tier', full, tiers([81, 'block-entries'], [100, 'flatten'])],
    ['a milder tier', full, tiers([80, 'warn'], [100, 'flatten'])],
    ['no flatten', full, tiers([80, 'block-entries'])],
    ['a sooner end', full, { ends: 'timer' }],
    ['another sort of end', full, { ends: 'at', ends_at: '17:00' }],
    ['a timer for manual', drawdown(20, { ends: 'manual' }), { ends: 'timer' }],
    ['another clock time', drawdown(20, { ends: 'at', ends_at: '17:00' }), { ends_at: '18:00' }],
    ['a shorter pause', full, { least_minutes: 59 }],
    ['a rebase at the end', bare, { on_end: 'rebase' }],
    ['other flows', bare, { flows: 'fixed' }],
    ['a later beginning', full, { active_from: { profit: { amount: 11 } } }],
    ['a beginning', bare, { active_from: { profit: { amount: 1 } } }],
    ['a percentage to begin at', full, { active_from: { profit: { percent: 1 } } }],
  ])('%s', (_, from, change) => {
    const [field] = Object.keys(change)
    expect(waits(plain(from), sets('10:01', { drawdown: change }))).toEqual([`drawdown.${field}`])
  })

  it.each<[string, LimitSpec & { name: string }, Partial<LimitSpec>]>([
    ['a smaller limit', bare, { limit: { percent: '19.99999999', of: 'reference' } }],
    ['the same in other digits', bare, { limit: { percent: '20.00', of: 'reference' } }],
    ['a higher lock', full, { lock: { initial_plus: 101 } }],
    ['an earlier tier', full, tiers([79, 'block-entries'], [100, 'flatten'])],
    ['a harder tier', full, tiers([80, 'flatten'])],
    ['another warning', bare, tiers([10, 'warn'], [100, 'block-entries'])],
    ['no warning', bare, tiers([100, 'block-entries'])],
    ['a manual end', full, { ends: 'manual' }],
    ['a later end', bare, { ends: 'next-window' }],
    ['an end at a time of day for the least time', bare, { ends: 'at', ends_at: '15:30' }],
    ['a manual end for a time of day', drawdown(20, { ends: 'at', ends_at: '15:30' }), { ends: 'manual' }],
    ['a longer pause', full, { least_minutes: 61 }],
    ['a kept reference', drawdown(20, { on_end: 'rebase' }), { on_end: 'keep' }],
    ['an earlier beginning', full, { active_from: { profit: { amount: 9 } } }],
    ['no beginning', full, { active_from: null }],
  ])('and not %s', (_, from, change) => {
    expect(waits(plain(from), sets('10:01', { drawdown: change }))).toEqual([])
  })

  it('a limit that goes, and not one that comes', () => {
    expect(waits(plain(bare), sets('10:01', { drawdown: null }))).toEqual(['drawdown'])
    const { name: _name, ...spec } = dayLoss(50)
    expect(waits(plain(bare), sets('10:01', { day_loss: spec }))).toEqual([])
  })

  it.each<[Partial<Settings>, readonly string[]]>([
    [{ confirm_jump: null }, ['confirm_jump']],
    [{ confirm_jump: { percent: 30, seconds: 5 } }, ['confirm_jump']],
    [{ stale_after_seconds: 301 }, ['stale_after_seconds']],
    [{ stale_after_seconds: null }, ['stale_after_seconds']],
    [{ stale_after_seconds: 299 }, []],
    [{ loosen_after_minutes: 59 }, ['loosen_after_minutes']],
    [{ loosen_after_minutes: 61 }, []],
    [{ stop_trading_minutes: 59 }, ['stop_trading_minutes']],
    [{ stop_trading_minutes: 61 }, []],
    [{ max_daily_loss: 6 }, ['max_daily_loss']],
    [{ max_daily_loss: null }, ['max_daily_loss']],
    [{ max_daily_loss: 4 }, []],
    [{ max_drawdown: 4 }, []],
    [{ daily_loss_of: 'equity-at-reset' }, ['daily_loss_of']],
    [{ daily_loss_ends: 'timer' }, ['daily_loss_ends']],
    [{ daily_loss_ends: 'manual' }, []],
    [{ on_end: 'rebase' }, ['on_end']],
    [{ warn_at_percent: 99 }, []],
    [{ reset_time: '01:00' }, ['reset_time']],
    [{ initial_balance: 2000 }, ['initial_balance']],
    [{ max_losing_trades: { count: 3, in_a_row: true } }, []],
    [{ net_deposits: true }, ['net_deposits']],
  ])('%j', (change, waiting) => {
    const { confirm_jump: _confirm, stale_after_seconds: _stale, ...config } = plain()
    expect(waits({ ...config, max_daily_loss: 5 }, shorts('10:01', change))).toEqual(waiting)
  })
})

describe('a change that waits', () => {
  const config = { ...plain(dayLoss(50)), ...hour }

  it('takes effect by itself, and is judged then', () => {
    tell(
      config,
      [t('10:00', 1000), open],
      [
        sets('10:01', { day_loss: { limit: { amount: 100 } } }),
        { floors: { day_loss: '950' }, wakeAt: moment('11:01') },
      ],
      [ask('11:00:59'), { floors: { day_loss: '950' }, waiting: [{ field: 'day_loss.limit' }] }],
      [ask('11:01'), { ...open, outcome: 'event', floors: { day_loss: '900' }, waiting: [] }],
    )
  })

  it('lets what is tighter in the same command through', () => {
    tell(
      config,
      [t('10:00', 1000), open],
      [
        sets('10:01', { day_loss: { limit: { amount: 100 }, least_minutes: 1000 } }),
        { waiting: [{ field: 'day_loss.limit' }] },
      ],
      [t('10:02', 950), { ...breach('day_loss'), until: moment('2 02:42') }],
    )
  })

  it('is replaced by what is said later', () => {
    tell(
      config,
      [t('10:00', 1000), open],
      [sets('10:01', { day_loss: { limit: { amount: 100 } } }), { waiting: [{ from: moment('11:01') }] }],
      [sets('10:02', { day_loss: { limit: { amount: 200 } } }), { waiting: [{ from: moment('11:02') }] }],
      [sets('10:03', { day_loss: { limit: { amount: 40 } } }), { waiting: [], floors: { day_loss: '960' } }],
      [ask('12:00'), { floors: { day_loss: '960' } }],
    )
  })

  it('is replaced by a later word on the whole limit, and the other way round', () => {
    const larger = { day_loss: { limit: { amount: 100 } } }
    tell(
      config,
      [t('10:00', 1000), open],
      [sets('10:01', larger), open],
      [sets('10:02', { day_loss: null }), open],
      [ask('11:01'), { floors: { day_loss: '950' } }],
      [sets('11:01:30', larger), { floors: { day_loss: '950' } }],
      [ask('11:02'), { floors: { day_loss: '950' } }],
      [ask('12:02'), { floors: { day_loss: '900' } }],
    )
  })

  it('lets an end at a time of day through at once', () => {
    tell(
      { ...plain(drawdown(20, { least_minutes: 1 })), ...hour },
      [t('10:00', 1000), open],
      [sets('10:01', { drawdown: { ends: 'at', ends_at: '15:30' } }), open],
      [t('10:02', 800), { ...breach('drawdown'), until: moment('15:30') }],
      [sets('10:03', { drawdown: { ends: 'manual' } }), closed('limit')],
    )
  })

  it('ends no pause early, and may end one that only waits for its line', () => {
    tell(
      { ...plain(drawdown(20, { least_minutes: 30 })), ...hour },
      [t('10:00', 1000), open],
      [t('10:01', 800), breach('drawdown')],
      [
        sets('10:02', { drawdown: { limit: { percent: 50, of: 'reference' } } }),
        { ...closed('limit'), wakeAt: moment('11:02') },
      ],
      [ask('10:31'), closed('limit')],
      [ask('11:02'), { ...open, floors: { drawdown: '500' } }],
    )
  })

  it('does not undo a silence that was too long before it', () => {
    tell(
      { ...plain(), ...hour, stale_after_seconds: 300 },
      [t('10:00', 1000), open],
      [shorts('10:01', { stale_after_seconds: 86_400 }), open],
      [ask('12:00'), closed('silent')],
      [t('12:01', 1000), open],
      [ask('12:10'), open],
    )
  })

  it('comes after the time that a reading lets pass, where readings tell the time', () => {
    const reading = (time: string, equity: number) => t(time, equity, { reading_at: at(time) })
    const fromProfit = dayLoss(200, { reference: { kind: 'initial' }, active_from: { profit: { amount: 20 } } })
    tell(
      { ...plain(fromProfit), ...hour, time_base: 'event' },
      [reading('10:00', 1000), open],
      [reading('10:01', 1030), { ...open, floors: { day_loss: '800' } }],
      [shorts('10:02', { initial_balance: 1300 }), { ...open, floors: { day_loss: '800' } }],
      [reading('2 10:00', 1030), { ...open, floors: {} }],
      [reading('2 10:01', 1050), breach('day_loss')],
    )
  })

  it('is in force from the next reading or command on where readings tell the time, a refused one too', () => {
    const waiting = { floors: { day_loss: '950' }, wakeAt: null }
    const reading = (time: string, equity: number) => t(time, equity, { reading_at: at(time) })
    const story = (step: ReturnType<typeof does>, expected: object) =>
      tell(
        { ...plain(dayLoss(50)), ...hour, time_base: 'event' },
        [reading('10:00', 1000), { ...open, ...waiting }],
        [sets('10:01', { day_loss: { limit: { amount: 100 } } }), waiting],
        [ask('11:01'), { outcome: 'nothing', ...waiting }],
        [step, expected],
      )
    story(resume('11:01', { by: 'alice' }), { ...refused('alice'), floors: { day_loss: '900' }, waiting: [] })
    story(reading('11:01', 960), { ...open, floors: { day_loss: '900' }, waiting: [] })
  })

  it("waits for the server's time where the readings tell another", () => {
    tell(
      { ...plain(dayLoss(50)), ...hour, time_base: 'event' },
      [t('10:00', 1000, { reading_at: at('10:00') }), open],
      [sets('10:01', { day_loss: { limit: { amount: 100 } } }), { floors: { day_loss: '950' } }],
      [t('11:00:30', 1000, { reading_at: at('11:01:20') }), open],
      [shorts('11:00:31', { budget_steps: null }), { floors: { day_loss: '950' } }],
      [resume('11:01', { by: 'alice' }), { ...refused('alice'), floors: { day_loss: '900' } }],
    )
  })

  it('is judged at once where something is due under it already', () => {
    tell(
      plain(),
      [t('10:00', 1000), open],
      [
        shorts('10:02', { stale_after_seconds: 60 }),
        { ...closed('silent'), facts: [{ what: 'limits-changed' }, { what: 'silent' }] },
      ],
    )
  })

  it('is refused where it makes more than 32 limits, the short forms included', () => {
    const many = Array.from({ length: 31 }, (_, index) => dayLoss(50, { name: `l${index}` }))
    const { name: _name, ...other } = dayLoss(50)
    tell(
      { ...plain(...many), max_drawdown: 20 },
      [t('10:00', 1000), open],
      [sets('10:01', { other }), { ...refused('limits'), ...open }],
      [shorts('10:02', { max_daily_loss: 5 }), refused('limits')],
      [sets('10:03', { l0: null, other }), { outcome: 'event' }],
      [sets('10:04', { l0: other }), refused('limits')],
    )
  })

  it('is refused as a whole with the names of what is wrong', () => {
    tell(
      config,
      [t('10:00', 1000), open],
      [
        sets('10:01', { day_loss: { limit: { amount: 0 } }, week_loss: { limit: { amount: 5 } } }),
        { ...refused('day_loss'), refusedWhy: expect.stringMatching(/day_loss.*week_loss/), waiting: [] },
      ],
      [sets('10:02', { day_loss: { tiers: [{ at_percent: 50, action: 'warn' }] } }), refused('warn_only')],
      [shorts('10:03', { reset_time: '24:00' }), refused('reset_time')],
    )
  })
})
