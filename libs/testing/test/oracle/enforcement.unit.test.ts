import { describe, it } from 'vitest'
import { ask, at, breach, careful, closed, dayLoss, does, drawdown, moment, open, plain, t, tell } from './story.ts'

const off = (time: string) => does(time, { kind: 'flags', enable_risk_enforcement: false })
const on = (time: string) => does(time, { kind: 'flags', enable_risk_enforcement: true })

describe('enforcement that is off', () => {
  it('tells what is broken once, and blocks nothing', () => {
    tell(
      { ...plain(dayLoss(50)), enforcement: false },
      [t('10:00', 1000), open],
      [t('10:01', 940), { ...open, unenforced: ['day_loss'], warned: [], breaches: [], action: 'none', room: '0' }],
      [t('10:02', 930), { ...open, unenforced: [] }],
      [t('10:03', 960), { ...open, unenforced: [] }],
      [t('10:04', 950), { ...open, unenforced: ['day_loss'] }],
    )
  })

  it('tells it once also where a reading comes between by which nobody can compute it', () => {
    tell(
      { ...plain(dayLoss(50, { tested: 'lower' })), enforcement: false },
      [t('10:00', 1000, { balance: 1000 }), open],
      [t('10:01', 940, { balance: 940 }), { ...open, unenforced: ['day_loss'] }],
      [t('10:02', 940), { ...open, unenforced: [], uncomputable: ['day_loss'] }],
      [t('10:03', 940, { balance: 940 }), { ...open, unenforced: [] }],
    )
  })

  it('keeps holds without applying them, and on applies them again', () => {
    tell(
      plain(dayLoss(50)),
      [t('10:00', 1000), open],
      [t('10:01', 940), breach('day_loss')],
      [off('10:02'), { ...open, holders: ['limit:day_loss'], until: null, action: 'none' }],
      [t('10:03', 930), { ...open, unenforced: [] }],
      [on('10:04'), { ...closed('limit'), breaches: [], until: moment('2 00:00'), floors: { day_loss: '950' } }],
    )
  })

  it('is judged when it is switched on, at the command', () => {
    tell(
      plain(dayLoss(50)),
      [t('10:00', 1000), open],
      [off('10:01'), open],
      [t('10:02', 940), { ...open, unenforced: ['day_loss'] }],
      [on('10:03'), { ...breach('day_loss'), until: moment('2 00:00') }],
    )
  })

  it('lets kept holds end by time', () => {
    tell(
      plain(drawdown(20, { least_minutes: 30 })),
      [t('10:00', 1000), open],
      [t('10:01', 800), breach('drawdown')],
      [off('10:02'), open],
      [t('10:03', 900), { ...open, holders: ['limit:drawdown'], wakeAt: moment('10:31') }],
      [ask('10:31'), { holders: [] }],
      [on('10:32'), open],
    )
  })

  it('does not switch off operators nor doubt about readings', () => {
    tell(
      { ...careful(dayLoss(50)), enforcement: false },
      [ask('09:59'), closed('no-reading')],
      [t('10:00', 1000), open],
      [t('10:01', 500), closed('unconfirmed')],
      [t('10:01:01', 1000), open],
      [does('10:02', { kind: 'pause', reason: 'news' }), closed('operator')],
    )
  })

  it('lets a limit that cannot be computed block nothing, and tells it', () => {
    tell(
      { ...plain(dayLoss(50, { tested: 'balance' })), enforcement: false },
      [t('10:00', 1000), { ...open, uncomputable: ['day_loss'] }],
      [on('10:01'), closed('uncomputable')],
    )
  })

  it('ends what is over when it is switched, where readings tell the time and none has come', () => {
    tell(
      { ...plain(), time_base: 'event' },
      [does('10:00', { kind: 'pause', reason: 'news', by: 'ada', until: at('10:01') }), closed('no-reading')],
      [off('10:02'), { ...closed('no-reading'), holders: [] }],
    )
    tell(
      { ...plain(), time_base: 'event' },
      [does('10:00', { kind: 'pause', reason: 'news', by: 'ada', until: at('10:01') }), closed('no-reading')],
      [
        does('10:02', { kind: 'pause', reason: 'news', by: 'bob', until: at('10:03') }),
        { ...closed('no-reading'), holders: ['operator:bob'] },
      ],
    )
  })
})
