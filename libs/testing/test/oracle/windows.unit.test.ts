import { describe, it } from 'vitest'
import type { LimitSpec } from '../../src/engine/oracle/config.ts'
import { ask, at, breach, closed, dayLoss, does, drawdown, open, plain, type Row, sets, t, tell } from './story.ts'

const both = (time: string, equity: number | string, balance: number | string) => t(time, equity, { balance })

describe('windows', () => {
  const weekly = (more: Partial<LimitSpec> = {}) => dayLoss(50, { name: 'week_loss', window: 'week', ...more })
  const monthly = dayLoss(50, { name: 'month_loss', window: 'month' })
  const floorIs = (iso: string, floor: string, name = 'week_loss'): Row => [
    { at: iso, ask: true },
    { floors: { [name]: floor } },
  ]

  it('of a week begin on Monday at the reset time of the zone, over a change of clocks', () => {
    // Clocks in New York go forward on Sunday 2026-03-08: 17:00 is 22:00Z before and 21:00Z after.
    const config = { ...plain(weekly()), day: { reset_time: '17:00', zone: 'America/New_York' } }
    tell(
      config,
      [{ at: '2026-03-02T21:59:00Z', equity: 1000 }, { floors: { week_loss: '950' } }],
      [{ at: '2026-03-02T21:59:30Z', equity: 1010 }, open],
      floorIs('2026-03-02T21:59:59Z', '950'),
      floorIs('2026-03-02T22:00:00Z', '960'),
      [{ at: '2026-03-09T12:00:00Z', equity: 1020 }, { floors: { week_loss: '960' } }],
      floorIs('2026-03-09T20:59:59Z', '960'),
      floorIs('2026-03-09T21:00:00Z', '970'),
    )
  })

  it('of a week begin on the day that is configured', () => {
    const config = { ...plain(weekly()), week_starts: 'sunday' as const }
    tell(
      config,
      [t('6 10:00', 1000), { floors: { week_loss: '950' } }],
      [t('6 23:00', 1010), { floors: { week_loss: '950' } }],
      [ask('7 00:00'), { floors: { week_loss: '960' } }],
      [t('7 12:00', 1020), open],
      [ask('8 00:00'), { floors: { week_loss: '960' } }],
    )
  })

  it('of a month begin on the first at the reset time, over a change of clocks', () => {
    // Clocks in Berlin go back on Sunday 2026-10-25: midnight is 22:00Z before and 23:00Z after.
    const config = { ...plain(monthly), day: { reset_time: '00:00', zone: 'Europe/Berlin' } }
    tell(
      config,
      [{ at: '2026-09-30T21:00:00Z', equity: 1000 }, { floors: { month_loss: '950' } }],
      floorIs('2026-09-30T21:59:59Z', '950', 'month_loss'),
      [{ at: '2026-09-30T21:59:59Z', equity: 1010 }, open],
      floorIs('2026-09-30T22:00:00Z', '960', 'month_loss'),
      [{ at: '2026-10-31T22:59:00Z', equity: 1020 }, { floors: { month_loss: '960' } }],
      floorIs('2026-10-31T22:59:59Z', '960', 'month_loss'),
      floorIs('2026-10-31T23:00:00Z', '970', 'month_loss'),
    )
  })

  it('end the pause of their own limit, no shorter one', () => {
    tell(
      plain(weekly()),
      [t('3 10:00', 1000), open],
      [t('3 11:00', 950), { ...breach('week_loss'), until: Date.parse(at('8 00:00')) }],
      [ask('4 00:00'), closed('limit')],
      [ask('7 23:59:59'), closed('limit')],
      [ask('8 00:00'), { ...open, floors: { week_loss: '900' } }],
    )
  })

  it('begin that long after a skipped reset time as it lies after the skip', () => {
    // 02:30 does not exist in New York on 2026-03-08: the day begins at 03:30, 07:30Z.
    const config = { ...plain(dayLoss(50)), day: { reset_time: '02:30', zone: 'America/New_York' } }
    tell(
      config,
      [{ at: '2026-03-08T06:00:00Z', equity: 1000 }, open],
      [{ at: '2026-03-08T06:30:00Z', equity: 1010 }, { floors: { day_loss: '950' } }],
      floorIs('2026-03-08T07:29:59Z', '950', 'day_loss'),
      floorIs('2026-03-08T07:30:00Z', '960', 'day_loss'),
    )
  })

  it('begin once at a reset time that clocks show twice', () => {
    // 01:30 comes at 05:30Z and at 06:30Z on 2026-11-01.
    const config = { ...plain(dayLoss(50)), day: { reset_time: '01:30', zone: 'America/New_York' } }
    tell(
      config,
      [{ at: '2026-11-01T05:00:00Z', equity: 1000 }, open],
      [{ at: '2026-11-01T05:29:00Z', equity: 1010 }, { floors: { day_loss: '950' } }],
      floorIs('2026-11-01T05:30:00Z', '960', 'day_loss'),
      [{ at: '2026-11-01T06:29:00Z', equity: 1020 }, open],
      floorIs('2026-11-01T06:30:00Z', '960', 'day_loss'),
    )
  })

  it('are judged one by one where each may break a limit, though no timer tells of them', () => {
    const higher = dayLoss(50, { reference: { kind: 'start', of: 'higher' }, least_minutes: 1 })
    tell(
      plain(higher),
      [both('10:00', 1000, 1000), open],
      [both('23:00', 1000, 1060), open],
      // Broken on the second day; its pause is over on the third.
      [both('5 10:00', 1050, 1050), { ...open, breaches: ['day_loss'], holders: [] }],
    )
  })

  it('are judged at the moment at which they begin', () => {
    const byBalance = dayLoss(50, { reference: { kind: 'start', of: 'balance' } })
    tell(
      plain(byBalance),
      [both('10:00', 1000, 1000), open],
      [both('23:00', 960, 1020), { ...open, wakeAt: Date.parse(at('2 00:00')) }],
      [ask('2 00:00'), { ...breach('day_loss'), floors: { day_loss: '970' } }],
    )
  })

  it('are judged then where a profit is measured from nothing', () => {
    const target = dayLoss(50, { name: 'target', measure: 'profit' })
    for (const nothing of [0, -5]) {
      tell(
        plain(target),
        [t('10:00', 1000), { ...open, wakeAt: null }],
        [t('23:00', nothing), { ...open, wakeAt: Date.parse(at('2 00:00')) }],
        [ask('2 00:00'), { ...closed('uncomputable'), uncomputable: ['target'] }],
      )
    }
  })
})

describe('a change of limits', () => {
  it('is judged at the command by the last confirmed reading', () => {
    tell(
      plain(dayLoss(100)),
      [t('10:00', 1000), open],
      [t('10:01', 940), open],
      [sets('10:02', { day_loss: { limit: { amount: 60 } } }), breach('day_loss')],
    )
  })

  it('needs what the limit tests now, and no more', () => {
    const of = (name: 'initial' | 'start-balance') => ({ day_loss: { limit: { percent: 5, of: name } } })
    tell(
      plain(dayLoss(0, { limit: { percent: 5, of: 'initial' } })),
      [t('10:00', 1000), open],
      [sets('10:01', of('start-balance')), { ...closed('uncomputable'), uncomputable: ['day_loss'] }],
      [sets('10:02', of('initial')), { ...open, uncomputable: [] }],
    )
  })

  it('asks of the last reading whether the profit is there from which a limit begins', () => {
    const from = (amount: number | null) => ({
      day_loss: { active_from: amount === null ? null : { profit: { amount } } },
    })
    tell(
      plain(dayLoss(50)),
      [t('10:00', 1000), open],
      [t('10:01', 1020), { floors: { day_loss: '950' } }],
      [sets('10:02', from(30)), { ...open, floors: {} }],
      [sets('10:03', from(20)), { ...open, floors: { day_loss: '950' } }],
      [sets('10:04', from(30)), { ...open, floors: { day_loss: '950' } }],
      [sets('10:05', from(null)), { ...open, floors: { day_loss: '950' } }],
    )
  })

  it('leaves what the account began with where the settings say no initial balance any more', () => {
    const { name, ...initial } = dayLoss(50, { reference: { kind: 'initial' } })
    tell(
      plain({ name, ...initial }),
      [t('10:00', 970), { ...open, floors: { day_loss: '950' } }],
      [does('10:01', { kind: 'limits', short: { initial_balance: null } }), { ...open, floors: { day_loss: '950' } }],
      // One that comes later begins with the first reading.
      [sets('10:02', { later: initial }), { ...open, floors: { day_loss: '950', later: '920' } }],
      [does('10:03', { kind: 'limits', short: { initial_balance: 1020 } }), { ...breach('day_loss', 'later') }],
    )
  })

  it('warns of a tier again only where it is a higher one', () => {
    const warnAt = (percent: number) => does('10:02', { kind: 'limits', short: { warn_at_percent: percent } })
    const rows = [
      [t('10:00', 1000), open],
      [t('10:01', 970), { ...open, warned: ['day_loss'] }],
    ] as const
    tell({ ...plain(dayLoss(50)), warn_at_percent: 50 }, ...rows, [warnAt(30), { ...open, warned: [] }])
    tell({ ...plain(dayLoss(50)), warn_at_percent: 50 }, ...rows, [warnAt(60), { ...open, warned: ['day_loss'] }])
  })

  it('ends no pause early where it is looser', () => {
    tell(
      plain(drawdown(20, { least_minutes: 60 })),
      [t('10:00', 1000), open],
      [t('10:01', 800), breach('drawdown')],
      [
        sets('10:02', { drawdown: { limit: { percent: 50, of: 'reference' } } }),
        { ...closed('limit'), floors: { drawdown: '500' } },
      ],
      [ask('11:00:59'), closed('limit')],
      [ask('11:01'), open],
    )
  })
})
