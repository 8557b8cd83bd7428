import { describe, it } from 'vitest'
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
  type Row,
  refused,
  resume,
  t,
  tell,
} from './story.ts'

const pause = (time: string, by: string, until: string | null = null, firm = false) =>
  does(time, { kind: 'pause', reason: 'news', by, until: until === null ? null : at(until), firm })
const timer = (percent: number, minutes: number) => drawdown(percent, { ends: 'timer', least_minutes: minutes })

describe('holds of operators', () => {
  it('stand side by side, and the longest counts', () => {
    tell(
      plain(),
      [t('10:00', 1000), open],
      [pause('10:01', 'alice', '10:15'), { ...closed('operator'), until: moment('10:15'), wakeAt: moment('10:15') }],
      [pause('10:02', 'bot', '10:04'), { holders: ['operator:alice', 'operator:bot'], until: moment('10:15') }],
      [ask('10:04'), { ...closed('operator'), holders: ['operator:alice'] }],
      [ask('10:14:59'), { ...closed('operator'), outcome: 'nothing' }],
      [ask('10:15'), open],
    )
  })

  it('are not shortened by the same name', () => {
    tell(
      plain(),
      [t('10:00', 1000), open],
      [pause('10:01', 'alice', '10:15'), closed('operator')],
      [pause('10:02', 'alice', '10:04'), { holders: ['operator:alice'], until: moment('10:15') }],
      [pause('10:03', 'alice'), { holders: ['operator:alice'], until: null, wakeAt: null }],
      [pause('10:04', 'alice', '10:30'), { until: null }],
    )
  })

  it('are at most 16, and a pause by a name that holds already is no other', () => {
    const sixteen = Array.from({ length: 16 }, (_, index): Row => [pause('10:01', `p${index}`), closed('operator')])
    tell(
      plain(dayLoss(50)),
      [t('10:00', 1000), open],
      ...sixteen,
      [pause('10:02', 'one-more'), refused('at most 16')],
      [pause('10:03', 'p3', '10:30'), { outcome: 'event' }],
      [t('10:04', 900), breach('day_loss')],
    )
  })

  it('are refused where they are over', () => {
    tell(plain(), [t('10:00', 1000), open], [pause('10:01', 'alice', '10:01'), refused('until')], [ask('10:01'), open])
  })

  it('come before the first reading too, and no-reading is told first', () => {
    tell(
      plain(),
      [pause('09:00', 'alice'), { ...closed('no-reading'), codes: ['no-reading', 'operator'] }],
      [t('10:00', 1000), closed('operator')],
      [resume('10:01', { by: 'alice' }), open],
    )
  })

  it('are lifted by their own names only, unless others are named', () => {
    tell(
      plain(),
      [t('10:00', 1000), open],
      [pause('10:01', 'alice'), closed('operator')],
      [resume('10:02', { by: 'bob' }), { ...refused('operator:bob'), ...closed('operator') }],
      [resume('10:03', { by: 'bob', holder: 'operator:carol' }), refused('operator:carol')],
      [resume('10:04', { by: 'bob', holder: 'operator:alice' }), open],
    )
  })
})

describe('a firm pause', () => {
  it('needs an end of at most 31 days', () => {
    tell(
      plain(),
      [t('10:00', 1000), open],
      [pause('10:00', 'trader', null, true), refused('until')],
      [
        does('10:00', { kind: 'pause', by: 'trader', firm: true, until: '2026-07-02T10:00:00.001Z' }),
        refused('31 days'),
      ],
      [does('10:00', { kind: 'pause', by: 'trader', firm: true, until: '2026-07-02T10:00:00Z' }), closed('operator')],
    )
  })

  it('is broken by an admin alone, with a reason', () => {
    tell(
      plain(),
      [t('10:00', 1000), open],
      [pause('10:01', 'trader', '17:00', true), closed('operator')],
      [resume('10:02', { by: 'trader' }), { ...refused('firm'), ...closed('operator') }],
      [does('10:03', { kind: 'resume', by: 'root', holder: 'operator:trader', admin: true }), refused('reason')],
      [resume('10:04', { by: 'root', holder: 'operator:trader', admin: true }), open],
    )
  })

  it('survives a restart, which ends the others', () => {
    tell(
      plain(dayLoss(50)),
      [t('10:00', 1000), open],
      [pause('10:01', 'trader', '17:00', true), closed('operator')],
      [pause('10:02', 'alice'), closed('operator')],
      [t('10:03', 900), breach('day_loss')],
      [does('10:04', { kind: 'restart', reason: 'new phase', initial_balance: 900 }), { holders: ['operator:trader'] }],
      [t('10:05', 900), { ...closed('operator'), holders: ['operator:trader'], until: moment('17:00') }],
      [ask('17:00'), open],
    )
  })

  it('stays firm for its own time when a longer pause joins it', () => {
    tell(
      plain(),
      [t('10:00', 1000), open],
      [pause('10:01', 'trader', '12:00', true), closed('operator')],
      [pause('10:02', 'trader', '14:00'), { until: moment('14:00') }],
      [resume('11:59', { by: 'trader' }), refused('firm')],
      [resume('12:00', { by: 'trader' }), open],
    )
  })
})

describe('a pause ends by time only when its limit is not broken any more', () => {
  it('stays without noise while it is, and ends at the first reading above the line', () => {
    tell(
      plain(timer(20, 60)),
      [t('10:00', 1000), open],
      [t('10:01', 800), { ...breach('drawdown'), until: moment('11:01'), wakeAt: null }],
      [ask('11:01'), { ...closed('limit'), outcome: 'nothing', until: null, wakeAt: null }],
      [t('11:02', 650), { ...closed('limit'), breaches: [], facts: [{ what: 'confirmed' }] }],
      [t('11:03', '800.00000001'), { ...open, breaches: [], floors: { drawdown: '800' } }],
      [t('11:04', 800), breach('drawdown')],
    )
  })

  it('wakes at its end only where it will end', () => {
    tell(
      plain(timer(20, 60)),
      [t('10:00', 1000), open],
      [t('10:01', 800), { ...breach('drawdown'), wakeAt: null }],
      [t('10:02', 801), { ...closed('limit'), wakeAt: moment('11:01') }],
      [ask('11:01'), open],
    )
  })

  it('stays over the reset where the new line is broken at once, and ends at the next where it is not', () => {
    const byBalance = dayLoss(50, { reference: { kind: 'start', of: 'balance' } })
    tell(
      plain(byBalance),
      [t('10:00', 1000, { balance: 1000 }), open],
      [t('10:01', 940, { balance: 1000 }), breach('day_loss')],
      [ask('2 00:00'), { ...closed('limit'), breaches: [] }],
      [
        t('2 12:00', 940, { balance: 940 }),
        { ...closed('limit'), floors: { day_loss: '950' }, wakeAt: moment('3 00:00') },
      ],
      [ask('3 00:00'), { ...open, floors: { day_loss: '890' } }],
    )
  })

  it('lasts its least time beyond the reset', () => {
    tell(
      plain(dayLoss(50, { least_minutes: 120 })),
      [t('23:00', 1000), open],
      [t('23:30', 940), { ...breach('day_loss'), until: moment('2 01:30') }],
      [ask('2 00:00'), closed('limit')],
      [ask('2 01:29:59'), closed('limit')],
      [ask('2 01:30'), open],
    )
  })

  it('never ends by time where it is manual', () => {
    tell(
      plain(drawdown(20, { ends: 'manual' })),
      [t('10:00', 1000), open],
      [t('10:01', 800), { ...breach('drawdown'), until: null, wakeAt: null }],
      [t('10:02', 1000), { ...closed('limit'), wakeAt: null }],
      [ask('30 10:00'), closed('limit')],
      [resume('30 10:01', { holder: 'limit:drawdown' }), open],
    )
  })

  it('ends at a clock time, the next one after the breach', () => {
    tell(
      plain(drawdown(20, { ends: 'at', ends_at: '15:30', least_minutes: 5 })),
      [t('10:00', 1000), open],
      [t('10:01', 800), { ...breach('drawdown'), until: moment('15:30') }],
      [t('10:02', 900), { wakeAt: moment('15:30') }],
      [ask('15:30'), open],
      [t('15:31', 800), { ...breach('drawdown'), until: moment('2 15:30') }],
    )
    tell(
      plain(drawdown(20, { ends: 'at', ends_at: '15:30', least_minutes: 60 })),
      [t('15:00', 1000), open],
      [t('15:01', 800), { ...breach('drawdown'), until: moment('16:01') }],
    )
  })
})

describe('on_end: rebase', () => {
  it('ends by time alone and takes the equity then known as its reference', () => {
    tell(
      plain(drawdown(20, { ends: 'timer', least_minutes: 60, on_end: 'rebase' })),
      [t('10:00', 1000), open],
      [t('10:01', 800), { ...breach('drawdown'), wakeAt: moment('11:01') }],
      [t('10:30', 700), { ...closed('limit'), breaches: [] }],
      [ask('11:01'), { ...open, floors: { drawdown: '560' } }],
      [t('11:02', 561), open],
      [t('11:03', 560), breach('drawdown')],
    )
  })

  it('ends no later than without: where the limit is not broken any more, nothing need be rebased', () => {
    tell(
      plain(dayLoss(50, { on_end: 'rebase', active_from: { profit: { amount: 20 } } })),
      [t('10:00', 1020), open],
      [t('10:01', 950), breach('day_loss')],
      [t('10:02', -10), closed('limit')],
      [ask('2 00:00'), { ...open, holders: [] }],
    )
  })

  it('ends before a worse tier that the same reset brings', () => {
    const base = { limit: { percent: 10, of: 'start-equity' as const } }
    const tiers = [
      { at_percent: 80, action: 'block-entries' as const },
      { at_percent: 100, action: 'flatten' as const },
    ]
    const limit = dayLoss(0, { ...base, reference: { kind: 'initial' }, on_end: 'rebase', least_minutes: 1, tiers })
    tell(
      plain(limit),
      [t('10:00', 1000), open],
      [t('10:01', 910), { ...breach('day_loss'), action: 'block-entries' }],
      [ask('2 00:00'), { ...open, worseTiers: [], holders: [] }],
    )
  })

  it('cannot rebase onto nothing: the pause stays until it can', () => {
    tell(
      plain(drawdown(20, { ends: 'timer', least_minutes: 60, on_end: 'rebase' })),
      [t('10:00', 1000), open],
      [t('10:01', -20), breach('drawdown')],
      [ask('11:01'), { ...closed('limit'), floors: { drawdown: '800' } }],
      [t('11:02', -500), closed('limit')],
      [t('11:03', 500), { ...open, floors: { drawdown: '400' } }],
    )
  })
})

describe('resume', () => {
  it('of a limit that is still broken is refused with the way', () => {
    tell(
      plain(timer(20, 60)),
      [t('10:00', 1000), open],
      [t('10:01', 800), breach('drawdown')],
      [resume('10:02', { holder: 'drawdown' }), { ...refused('rebase: true'), ...closed('limit') }],
      [t('10:03', 801), closed('limit')],
      [resume('10:04', { holder: 'drawdown' }), { ...open, floors: { drawdown: '800' } }],
    )
  })

  it('after maintenance lifts no limit and moves no reference', () => {
    tell(
      plain(dayLoss(50)),
      [t('10:00', 1000), open],
      [t('10:01', 940), breach('day_loss')],
      [pause('10:02', 'operator'), { codes: ['limit', 'operator'] }],
      [resume('10:03'), { codes: ['limit'], floors: { day_loss: '950' } }],
    )
  })

  it('rebases to the full room at what the limit tests, with a reason', () => {
    tell(
      plain(timer(20, 60)),
      [t('10:00', 1000), open],
      [t('10:01', 600), breach('drawdown')],
      [does('10:02', { kind: 'resume', holder: 'drawdown', rebase: true }), refused('reason')],
      [resume('10:03', { holder: 'drawdown', rebase: true }), { ...open, floors: { drawdown: '480' }, room: '120' }],
      [t('10:04', 480), breach('drawdown')],
    )
  })

  it('does not rebase where the limit would still be broken or could not be computed', () => {
    const ofInitial = dayLoss(0, { limit: { percent: 50, of: 'initial' } })
    tell(
      plain(ofInitial),
      [t('10:00', 1000), open],
      [t('10:01', 500), breach('day_loss')],
      // A floor of 500 - 500.
      [
        resume('10:02', { holder: 'day_loss', rebase: true }),
        { ...refused('still be broken'), floors: { day_loss: '500' } },
      ],
      [t('10:03', '500.00000001'), closed('limit')],
      [resume('10:04', { holder: 'day_loss', rebase: true }), { ...open, floors: { day_loss: '0.00000001' } }],
    )
    tell(
      plain(timer(20, 60)),
      [t('10:00', 1000), open],
      [t('10:01', -5), breach('drawdown')],
      [resume('10:02', { holder: 'drawdown', rebase: true }), refused('still be broken')],
    )
  })

  it('of several is all or nothing', () => {
    tell(
      plain(dayLoss(50), timer(20, 60)),
      [t('10:00', 1000), open],
      [t('10:01', 800), breach('day_loss', 'drawdown')],
      [t('10:02', 900), closed('limit')],
      [
        resume('10:03', { holder: ['drawdown', 'day_loss'] }),
        { holders: ['limit:day_loss', 'limit:drawdown'], outcome: 'refused' },
      ],
      [resume('10:04', { holder: ['drawdown'] }), { holders: ['limit:day_loss'], outcome: 'event' }],
    )
  })

  it('of what holds nothing is refused', () => {
    tell(
      plain(timer(20, 60)),
      [t('10:00', 1000), open],
      [resume('10:01'), refused('holds nothing')],
      [resume('10:02', { holder: 'drawdown' }), refused('drawdown')],
    )
  })
})
