import { describe, it } from 'vitest'
import {
  ask,
  breach,
  careful,
  closed,
  dayLoss,
  does,
  drawdown,
  flow,
  open,
  plain,
  refused,
  sets,
  t,
  tell,
} from './story.ts'

/** Edges that random histories have found, and what is right there. */
describe('a 0 that was believed while every reading counted at once', () => {
  it('is no reference from the day on that begins after confirm_jump is on again', () => {
    const ofBalance = { ...plain(), max_daily_loss: 20, daily_loss_of: 'balance-at-reset' as const }
    tell(
      ofBalance,
      [t('10:00', 1000, { balance: 1000 }), open],
      [t('11:00', 1000, { balance: 0 }), { ...open, equity: '1000' }],
      [does('12:00', { kind: 'limits', short: { confirm_jump: { percent: 20, seconds: 5 } } }), open],
      [ask('2 00:00'), { uncomputable: [] }],
      [t('2 10:00', 990, { balance: 1000 }), { floors: { max_daily_loss: '800' } }],
    )
  })
})

describe('an account that begins with 0', () => {
  it('is measured from its first other value, where no initial balance is configured', () => {
    const { initial_balance: _initial, ...config } = careful({
      name: 'target',
      measure: 'profit',
      window: 'lifetime',
      reference: { kind: 'initial' },
      limit: { amount: 50 },
    })
    tell(
      config,
      [t('10:00', 0), closed('unconfirmed')],
      [t('10:05', 0), closed('unconfirmed')],
      [t('10:10', 0), { equity: '0', uncomputable: ['target'], references: {} }],
      [t('11:00', 1000), closed('unconfirmed')],
      [t('11:05', 1000), { references: { target: '1000' }, ceilings: { target: '1050' }, uncomputable: [] }],
    )
  })

  it('counts each of its days with a reading', () => {
    const { initial_balance: _initial, ...config } = { ...careful(), min_days: 2 }
    const days = (count: number) => ({ report: { minDays: { days: count, met: count >= 2 } } })
    tell(config, [t('10:00', 0), {}], [t('10:05', 0), {}], [t('10:10', 0), days(1)], [t('2 10:00', 0), days(2)])
  })
})

describe('a cash flow that leaves nothing', () => {
  it('leaves no value from which the next day could be measured', () => {
    tell(
      careful(),
      [t('10:00', 1000, { balance: 0 }), open],
      [flow('11:00', -1000, { force: true }), { equity: '0' }],
      [ask('2 10:00'), { dayPnl: null }],
    )
  })
})

describe('a reading that waits because it may not know of a flow', () => {
  it('is weighed so again, by its own time, after an earlier one was confirmed', () => {
    tell(
      { ...careful(), confirm_jump: { percent: 20, seconds: 60 } },
      [t('10:00', 1000), open],
      [flow('10:01:00', 200), { equity: '1200' }],
      [t('10:01:00', 990), closed('unconfirmed')],
      [t('10:01:10', 1000), closed('unconfirmed')],
      [ask('10:02:00'), { ...closed('unconfirmed'), equity: '990' }],
    )
  })
})

describe('a reading that is voided', () => {
  it('leaves the value before a 0, the days and the flows as they were', () => {
    const config = { ...plain(), max_daily_loss: 20, min_days: 2, profit_target: { amount: 50 }, net_deposits: true }
    tell(
      { ...config, daily_loss_of: 'balance-at-reset' },
      [t('10:00', 1000, { balance: 1000, net_deposits: 0 }), { report: { profitTarget: { target: '1050' } } }],
      [t('11:00', 1000, { balance: 0, net_deposits: 0 }), open],
      [
        t('2 10:00', 1100, { net_deposits: 100 }),
        { report: { minDays: { days: 2 }, profitTarget: { target: '1150' } } },
      ],
      [
        does('2 11:00', { kind: 'correct', reason: 'a glitch', void: true }),
        { equity: '1000', report: { minDays: { days: 1 }, profitTarget: { target: '1050' } } },
      ],
      [does('2 12:00', { kind: 'limits', short: { confirm_jump: { percent: 20, seconds: 5 } } }), {}],
      [t('3 10:00', 1000, { balance: 1000, net_deposits: 0 }), { floors: { max_daily_loss: '800' } }],
    )
  })

  it('can be taken again after a change of limits that changed nothing', () => {
    tell(
      plain(drawdown(10)),
      [t('10:00', 1000), open],
      [t('10:05', 900), breach('drawdown')],
      [sets('10:10', { nothing: null }), closed('limit')],
      [flow('10:20', 100, { in_equity: true }), { outcome: 'event', equity: '900', floors: { drawdown: '990' } }],
    )
  })

  it('begins no limit by a profit that is there only until it is taken again', () => {
    const late = dayLoss(100, {
      reference: { kind: 'initial' },
      flows: 'fixed',
      active_from: { profit: { amount: 50 } },
    })
    tell(
      plain(late),
      [t('10:00', 800), { floors: {} }],
      [flow('10:10', 500, { in_equity: true }), { equity: '800', floors: {} }],
      [flow('10:20', 100, { in_equity: true }), { equity: '800', floors: {}, breaches: [] }],
    )
  })
})

describe('what is due at one moment', () => {
  it('comes as if no silence were due with it: the fall is confirmed, then the pause ends', () => {
    const rebased = dayLoss(100, { reference: { kind: 'initial' }, on_end: 'rebase', ends: 'timer', least_minutes: 1 })
    const config = { ...careful(rebased), confirm_jump: { percent: 10, seconds: 0 }, stale_after_seconds: 60 }
    tell(
      config,
      [t('10:00:00', 1000), open],
      [t('10:00:30', 880), closed('unconfirmed')],
      [t('10:00:50', 700), { breaches: ['day_loss'] }],
      [ask('10:01:50'), { equity: '700', references: { day_loss: '700' }, holders: [], code: 'silent' }],
    )
  })
})

describe('a limit that a command has removed', () => {
  it('is again as configured, but for what a later command says of it', () => {
    tell(
      plain(dayLoss(100, { tested: 'balance' })),
      [t('10:00', 1000, { balance: 1000 }), { floors: { day_loss: '900' } }],
      [sets('10:10', { day_loss: { tested: 'equity' } }), open],
      [sets('10:20', { day_loss: null }), { floors: {} }],
      [sets('10:30', { day_loss: { limit: { amount: 50 } } }), { floors: { day_loss: '950' } }],
      [t('10:40', 1000), { uncomputable: ['day_loss'] }],
    )
  })

  it('is refused in part where no configuration has it', () => {
    tell(
      plain(),
      [
        sets('10:00', { mine: { window: 'day', reference: { kind: 'start' }, limit: { amount: 100 } } }),
        { outcome: 'event' },
      ],
      [sets('10:10', { mine: null }), { outcome: 'event' }],
      [sets('10:20', { mine: { limit: { amount: 50 } } }), refused('window')],
    )
  })
})

describe('enforcement that was on in between', () => {
  it('makes what is broken without it another episode', () => {
    const balance = dayLoss(100, { tested: 'balance' })
    const enforce = (time: string, on: boolean) => does(time, { kind: 'flags', enable_risk_enforcement: on })
    tell(
      { ...plain(balance), enforcement: false },
      [t('10:00', 1000, { balance: 900 }), { unenforced: ['day_loss'] }],
      [t('10:05', 1000, { balance: 890 }), { unenforced: [] }],
      [t('10:10', 1000), { uncomputable: ['day_loss'], unenforced: [] }],
      [enforce('10:20', true), closed('uncomputable')],
      [enforce('10:30', false), open],
      [t('10:40', 1000, { balance: 890 }), { unenforced: ['day_loss'] }],
    )
  })
})

describe('the report', () => {
  it('takes a day without a reading for no trading day, whether or not something else came on it', () => {
    const config = { ...plain(), consistency: { percent: 40 } }
    const best = (best_day: string) => ({ report: { consistency: { best_day } } })
    tell(config, [t('10:00', 990), best('-10')], [t('4 10:00', 970), best('-10')])
    tell(config, [t('10:00', 990), best('-10')], [ask('2 10:00'), best('-10')], [t('4 10:00', 970), best('-10')])
  })

  it('rounds the target of a debt as that of a balance, to the harder side', () => {
    const { initial_balance: _initial, ...config } = { ...plain(), profit_target: { percent: 10 } }
    tell(config, [t('10:00', '-0.00000015'), { report: { profitTarget: { target: '-0.00000016' } } }])
  })
})
