import { describe, expect, it } from 'vitest'
import { ask, breach, careful, closed, dayLoss, does, drawdown, flow, open, plain, refused, t, tell } from './story.ts'

describe('a restart begins a new account period', () => {
  it('with no reading, no hold, new references and the same history', () => {
    tell(
      { ...plain(dayLoss(50), drawdown(20)), initial_balance: null },
      [t('10:00', 1000, { seq: 1 }), open],
      [t('10:01', 700, { seq: 2 }), breach('day_loss', 'drawdown')],
      [does('10:02', { kind: 'restart' }), refused('reason')],
      [
        does('10:03', { kind: 'restart', reason: 'sold' }),
        { ...closed('no-reading'), holders: [], equity: null, floors: {}, dayPnl: null },
      ],
      [t('10:04', 700, { seq: 2 }), { ...closed('no-reading'), equity: null }],
      [t('10:05', 700, { seq: 3 }), { ...open, floors: { day_loss: '650', drawdown: '560' } }],
    )
  })

  it('may say what it begins with', () => {
    tell(
      plain(dayLoss(50), drawdown(20)),
      [t('10:00', 1000), open],
      [does('10:01', { kind: 'restart', reason: 'phase 2', initial_balance: 2000 }), closed('no-reading')],
      [t('10:02', 1990), { ...open, floors: { day_loss: '1950', drawdown: '1600' } }],
      [
        does('10:03', { kind: 'restart', reason: 'again', initial_balance: 2000, peak: 2400, day_start: 2010 }),
        closed('no-reading'),
      ],
      [t('10:04', 1990), { ...open, floors: { day_loss: '1960', drawdown: '1920' }, dayPnl: '-20' }],
    )
  })

  it('weighs its first reading by the balance that it begins with', () => {
    tell(
      careful(),
      [t('10:00', 1000), open],
      [does('10:01', { kind: 'restart', reason: 'sold', initial_balance: 50000 }), closed('no-reading')],
      [t('10:02', 1000), { code: 'unconfirmed', codes: ['unconfirmed', 'no-reading'] }],
      [t('10:03', 50000), open],
    )
  })
})

describe('the initial balance', () => {
  it('of a restart gives way to what an operator says later', () => {
    tell(
      plain(dayLoss(50, { reference: { kind: 'initial' } })),
      [does('10:00', { kind: 'restart', reason: 'a new phase', initial_balance: 500 }), closed('no-reading')],
      [t('10:01', 500), { ...open, floors: { day_loss: '450' } }],
      [does('10:02', { kind: 'limits', short: { initial_balance: 520 } }), { ...open, floors: { day_loss: '470' } }],
      [
        does('10:03', { kind: 'correct', reason: 'x', limit: 'day_loss', reference: 515 }),
        { floors: { day_loss: '465' } },
      ],
      [does('10:04', { kind: 'limits', short: { initial_balance: '520.0' } }), { floors: { day_loss: '465' } }],
    )
  })
})

describe('correct', () => {
  it('sets one reference and is judged at once', () => {
    tell(
      plain(dayLoss(50), drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01', 5000), { floors: { drawdown: '4000' } }],
      [t('10:02', 1000), breach('drawdown')],
      [does('10:03', { kind: 'correct', limit: 'drawdown', reference: 1000 }), refused('reason')],
      [does('10:04', { kind: 'correct', reason: 'a wrong peak', limit: 'other', reference: 1000 }), refused('limit')],
      [
        does('10:05', { kind: 'correct', reason: 'a wrong peak', limit: 'drawdown', reference: 0 }),
        refused('reference'),
      ],
      [
        does('10:06', { kind: 'correct', reason: 'a wrong peak', limit: 'drawdown', reference: 1000 }),
        { ...closed('limit'), floors: { drawdown: '800', day_loss: '950' } },
      ],
      [
        does('10:07', { kind: 'correct', reason: 'too low', limit: 'day_loss', reference: 1050 }),
        { breaches: ['day_loss'] },
      ],
    )
  })

  it('voids the last reading, once', () => {
    tell(
      plain(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01', 5000), { floors: { drawdown: '4000' } }],
      [
        does('10:02', { kind: 'correct', reason: 'a glitch', void: true }),
        { ...open, equity: '1000', floors: { drawdown: '800' } },
      ],
      [does('10:03', { kind: 'correct', reason: 'a glitch', void: true }), refused('too far back')],
      [t('10:04', 5000), open],
      [flow('10:05', 10), open],
      [does('10:06', { kind: 'correct', reason: 'a glitch', void: true }), refused('too far back')],
    )
  })

  it('voids what the account began with, where only 0 was known before', () => {
    tell(
      { ...careful(), initial_balance: null, profit_target: { percent: 10 } },
      [t('10:00', 0), closed('unconfirmed')],
      [t('11:00', 0), closed('unconfirmed')],
      [t('11:01', 0), { equity: '0' }],
      [t('11:02', 1000), closed('unconfirmed')],
      [t('11:02:05', 1000), { equity: '1000', report: { profitTarget: { target: '1100', distance: '100' } } }],
      [
        does('11:03', { kind: 'correct', reason: 'a glitch', void: true }),
        { equity: '0', report: { profitTarget: null } },
      ],
    )
  })

  it('voids a reading by which a limit could not be computed', () => {
    tell(
      plain(dayLoss(50, { tested: 'lower' })),
      [t('10:00', 1000, { balance: 1000 }), open],
      [t('10:01', 990), { ...closed('uncomputable'), uncomputable: ['day_loss'] }],
      [does('10:02', { kind: 'correct', reason: 'a glitch', void: true }), { ...open, uncomputable: [] }],
    )
  })

  it('voids all that a reading changed: what waited, the day and the currency', () => {
    const voids = (time: string) => does(time, { kind: 'correct', reason: 'a glitch', void: true })
    tell(
      careful(drawdown(20), dayLoss(500, { tested: 'balance' })),
      [t('10:00', 1000, { balance: 1000 }), open],
      [t('10:01', 1000, { balance: 0 }), closed('unconfirmed')],
      [t('10:02', 990, { balance: 990 }), { ...open, pending: null }],
      [voids('10:03'), { ...closed('unconfirmed'), equity: '1000' }],
    )
    tell(
      { ...careful(dayLoss(50)), net_deposits: true },
      [t('10:00', 1000, { net_deposits: 0 }), open],
      [t('10:01', 1100, { net_deposits: 100 }), { ...open, dayPnl: '0', floors: { day_loss: '1050' } }],
      [voids('10:02'), { ...open, dayPnl: '0', floors: { day_loss: '950' } }],
    )
    tell(
      careful(dayLoss(50)),
      [t('10:00', 1000), open],
      [t('10:01', 1000, { currency: 'JPY' }), open],
      [voids('10:02'), open],
      [t('10:03', 1000, { currency: 'EUR' }), { ...open, rejected: null }],
    )
  })

  it('voids what a fall changed that time has confirmed', () => {
    tell(
      { ...careful(dayLoss(50, { reference: { kind: 'initial' } })), net_deposits: true },
      [t('10:00', 1000, { net_deposits: 0 }), open],
      [t('10:01', 700, { net_deposits: 100 }), closed('unconfirmed')],
      [ask('10:02'), { ...breach('day_loss'), floors: { day_loss: '1050' } }],
      [does('10:03', { kind: 'correct', reason: 'a glitch', void: true }), { floors: { day_loss: '950' } }],
    )
  })

  it('believes a fall at once that a voided reading had contradicted', () => {
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01:00', 700), closed('unconfirmed')],
      [t('10:01:30', 990), open],
      [does('10:03', { kind: 'correct', reason: 'a glitch', void: true }), { ...breach('drawdown'), equity: '700' }],
    )
  })

  it('can still void the last reading after a change that waits as a whole', () => {
    tell(
      { ...plain(dayLoss(50)), loosen_after_minutes: 60 },
      [t('10:00', 1000), open],
      [t('10:01', 970), open],
      [does('10:02', { kind: 'limits', set: { day_loss: { limit: { amount: 100 } } } }), open],
      [does('10:03', { kind: 'correct', reason: 'a glitch', void: true }), { ...open, equity: '1000' }],
    )
  })

  it('ends no pause where it leaves no reading: nobody knows whether the limit is broken', () => {
    tell(
      plain(dayLoss(50, { ends: 'timer', least_minutes: 1 })),
      [t('10:00', 900), breach('day_loss')],
      [does('10:02', { kind: 'correct', reason: 'a glitch', void: true }), { holders: ['limit:day_loss'] }],
      [ask('10:03'), { ...closed('no-reading'), holders: ['limit:day_loss'] }],
      [does('10:04', { kind: 'resume', holder: 'limit:day_loss' }), { outcome: 'refused' }],
      [t('10:05', 1000), { ...open, holders: [] }],
    )
  })

  it('voids a reading that waits before anything is confirmed, on the next day too', () => {
    tell(
      { ...careful(), initial_balance: null },
      [t('10:00', 1000), closed('unconfirmed')],
      [does('2 10:00', { kind: 'correct', reason: 'a glitch', void: true }), closed('no-reading')],
    )
  })

  it('voids the only reading, and then there is none', () => {
    tell(
      plain(),
      [t('10:00', 1000), open],
      [does('10:01', { kind: 'correct', reason: 'a glitch', void: true }), { ...closed('no-reading'), equity: null }],
    )
  })
})

describe('the report', () => {
  it('tells the best day, the days and the way to the target, and blocks nothing', () => {
    const config = {
      ...plain(),
      consistency: { percent: 50 },
      min_days: 3,
      profit_target: { percent: 10 },
    }
    const last = tell(
      config,
      [
        t('10:00', 1000),
        { ...open, report: { minDays: { days: 1, met: false }, profitTarget: { target: '1100', distance: '100' } } },
      ],
      [t('23:00', 1060), open],
      [
        flow('23:01', 500),
        { report: { consistency: { best_day: '60', profit: '60', share_percent: '100', met: false } } },
      ],
      [t('3 10:00', 1600), { report: { minDays: { days: 2 } } }],
      [t('4 10:00', 1620), open],
    )
    expect(last.report).toEqual({
      consistency: { best_day: '60', profit: '120', share_percent: '50', profit_needed: '120', met: true },
      minDays: { days: 3, met: true },
      profitTarget: { target: '1600', distance: '-20' },
    })
  })
})
