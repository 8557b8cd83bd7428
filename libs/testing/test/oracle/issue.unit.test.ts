import { describe, expect, it } from 'vitest'
import type { OracleConfig } from '../../src/engine/oracle/config.ts'
import {
  ask,
  breach,
  careful,
  closed,
  dayLoss,
  does,
  drawdown,
  flow,
  moment,
  open,
  plain,
  refused,
  resume,
  t,
  tell,
} from './story.ts'

/** The two limits in their short form. */
const short = (
  max_daily_loss: number,
  max_drawdown: number | null,
  more: Partial<OracleConfig> = {},
): OracleConfig => ({
  ...plain(),
  initial_balance: null,
  max_daily_loss,
  max_drawdown,
  ...more,
})
const DAILY = 'max_daily_loss'
const DRAWDOWN = 'max_drawdown'

describe('a limit that cannot be computed is never silently off', () => {
  it('when the first equity was 0', () => {
    tell(
      short(10, 20),
      [t('10:00', 0), { ...closed('uncomputable'), uncomputable: [DAILY, DRAWDOWN] }],
      [t('11:00', 1000), { ...closed('uncomputable'), uncomputable: [DAILY] }],
      [t('2 10:00', 1000), closed('uncomputable')],
      [t('2 11:00', 801), { ...closed('uncomputable'), breaches: [] }],
    )
  })

  it('when the equity is below 0 as a pause ends', () => {
    tell(
      short(10, 20, { initial_balance: 1000, daily_loss_ends: 'timer', drawdown_ends: 'timer' }),
      [t('10:00', 1000), open],
      [t('10:01', -20), breach(DAILY, DRAWDOWN)],
      [ask('11:01'), closed('limit')],
      [t('11:02', -50), { ...closed('limit'), breaches: [], floors: { [DRAWDOWN]: '800' } }],
      [t('11:03', -500), closed('limit')],
      [t('11:04', -5000), closed('limit')],
    )
  })

  it('when the balance at the reset was 0', () => {
    tell(
      short(10, null, { daily_loss_of: 'balance-at-reset' }),
      [t('10:00', 1000, { balance: 0 }), { ...closed('uncomputable'), uncomputable: [DAILY] }],
      [t('10:01', 22, { balance: 0 }), closed('uncomputable')],
    )
  })
})

describe('one reading decides nothing', () => {
  it('when it is half of what it was', () => {
    tell(
      { ...short(5, 20), confirm_jump: { percent: 20, seconds: 5 } },
      [t('10:00:00', '1280.98'), closed('unconfirmed')],
      [t('10:00:10', '1280.98'), open],
      [t('10:00:20', '647.70'), { ...closed('unconfirmed'), breaches: [] }],
      // A loss of 5.1 %: a breach by itself.
      [t('10:00:30', '1215.56'), { ...breach(DAILY), holders: ['limit:max_daily_loss'], equity: '1215.56' }],
    )
  })

  it('when it is a hundred times what it was', () => {
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01', 100000), closed('unconfirmed')],
      [t('10:02', 1000), { ...open, breaches: [] }],
    )
  })

  it('when it is the last one of the day and 0', () => {
    tell(
      { ...careful(), max_daily_loss: 10 },
      [t('12:00', 1000), open],
      [t('23:59:30', 0), closed('unconfirmed')],
      [t('2 00:00:10', 1000), { ...open, floors: { [DAILY]: '900' } }],
      [t('2 03:00', 801), breach(DAILY)],
    )
  })
})

describe('a drawdown does not ratchet', () => {
  it('a breach forgives nothing, however long', () => {
    const config = short(99, 20, { initial_balance: 1000 })
    tell(
      config,
      [t('10:00', 1000), open],
      [t('10:01', 800), breach(DRAWDOWN)],
      [t('11:02', 800), { ...closed('limit'), floors: { [DRAWDOWN]: '800' } }],
      [t('11:03', 640), { ...closed('limit'), breaches: [] }],
      [t('13:00', 512), { ...closed('limit'), breaches: [], floors: { [DRAWDOWN]: '800' } }],
    )
  })

  it('a deeper loss within a pause stays a loss', () => {
    tell(
      short(99, 20, { initial_balance: 1000 }),
      [t('10:00', 1000), open],
      [t('10:01', 800), breach(DRAWDOWN)],
      [t('10:02', 650), closed('limit')],
      [t('10:03', 500), { ...closed('limit'), drawdownPct: '50' }],
      [ask('11:01'), closed('limit')],
    )
  })

  it('a resume after maintenance gives no fresh allowance', () => {
    tell(
      short(5, 90, { initial_balance: 1000 }),
      [t('10:00', 1000), open],
      [t('10:01', 950), breach(DAILY)],
      [does('10:02', { kind: 'pause', reason: 'maintenance' }), { codes: ['limit', 'operator'] }],
      [resume('10:03'), { codes: ['limit'], floors: { [DAILY]: '950' } }],
      [resume('10:04', { holder: DAILY }), refused('rebase')],
    )
  })

  it('a timer of a daily loss is no 5 % every half hour', () => {
    tell(
      short(5, 90, { initial_balance: 1000, daily_loss_ends: 'timer', stop_trading_minutes: 30 }),
      [t('10:00', 1000), open],
      [t('10:01', 950), { ...breach(DAILY), until: moment('10:31') }],
      [t('10:32', 950), closed('limit')],
      [t('10:33', 951), { ...open, floors: { [DAILY]: '950' } }],
      [t('10:34', 950), breach(DAILY)],
    )
  })
})

describe('a cash flow', () => {
  it('keeps a drawdown of 10 % at 10 %', () => {
    tell(
      short(99, 20, { initial_balance: 10000 }),
      [t('10:00', 10000), open],
      [t('10:01', 9000), open],
      [flow('10:02', -5000), open],
      [t('10:03', 4000), { ...open, breaches: [], drawdownPct: '10', references: { [DRAWDOWN]: '4444.44444445' } }],
    )
  })

  it('keeps a drawdown of 40 % at 40 %', () => {
    tell(
      short(99, 45, { initial_balance: 1000 }),
      [t('10:00', 1000), open],
      [t('10:01', 600), open],
      [flow('10:02', 1000, { force: true }), open],
      [t('10:03', 1600), { ...open, drawdownPct: '40' }],
    )
  })

  it('leaves 5 % of what is left', () => {
    tell(
      short(5, 90, { initial_balance: 10000 }),
      [t('10:00', 10000), open],
      [flow('10:01', -9000), open],
      [t('10:02', 1000), { ...open, floors: { [DAILY]: '950' } }],
      [t('10:03', 950), breach(DAILY)],
    )
  })

  it('that a reading saw first makes no false breach', () => {
    tell(
      { ...short(99, 20, { initial_balance: 1000 }), confirm_jump: { percent: 20, seconds: 5 } },
      [t('10:00:00', 1000), open],
      [t('10:00:10', '1333.33'), { ...closed('unconfirmed'), floors: { [DRAWDOWN]: '800' } }],
      [flow('10:00:20', '333.33', { in_equity: true }), { ...open, breaches: [], equity: '1333.33', drawdownPct: '0' }],
      [t('10:00:30', '1333.33'), { ...open, breaches: [] }],
    )
  })

  it('that an old reading under way does not know of makes no false breach', () => {
    tell(
      { ...short(99, 20, { initial_balance: 1000 }), confirm_jump: { percent: 20, seconds: 5 } },
      [t('10:00:00', 1000), open],
      [flow('10:00:10', 1000), open],
      [t('10:00:11', 1000), { ...closed('unconfirmed'), breaches: [] }],
      [t('10:00:12', 2000), { ...open, drawdownPct: '0' }],
    )
  })

  it('frees nothing that the day has lost', () => {
    tell(
      short(5, 90, { initial_balance: 1000, loosen_after_minutes: 60 }),
      [t('10:00', 1000), open],
      [t('10:01', 960), { percent: { [DAILY]: '4' } }],
      [flow('10:02', 960), { ...open, floors: { [DAILY]: '1900' } }],
      [t('10:03', 1900), breach(DAILY)],
    )
  })

  it('larger than the equity is refused', () => {
    tell(short(5, 20, { initial_balance: 14650 }), [t('10:00', 14650), open], [flow('10:01', -50000), refused('force')])
  })
})

describe('the initial balance', () => {
  it('is where the lifetime peak begins', () => {
    tell(short(99, 20, { initial_balance: 1000 }), [t('10:00', 750), breach(DRAWDOWN)])
  })
})

describe('the facts of one event', () => {
  it('stand in time order: a pause ends between two resets', () => {
    const last = tell(
      plain(dayLoss(50, { least_minutes: 840 })),
      [t('12:00', 1000), open],
      [t('23:00', 950), { ...breach('day_loss'), until: moment('2 13:00') }],
      [ask('3 10:00'), open],
    )
    expect(last.facts).toEqual([
      { at: moment('2 00:00'), what: 'window-started', of: 'day' },
      { at: moment('2 13:00'), what: 'hold-ended', of: 'limit:day_loss' },
      { at: moment('3 00:00'), what: 'window-started', of: 'day' },
    ])
  })
})
