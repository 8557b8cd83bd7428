import { describe, it } from 'vitest'
import { ask, at, breach, closed, dayLoss, does, moment, open, plain, refused, resume, t, tell } from './story.ts'

const all = (time: string, until: string | null = null) =>
  does(time, { kind: 'flags', reason: 'storm', pause_all: { until: until === null ? null : at(until) } })
const end = (time: string) => does(time, { kind: 'flags', reason: 'over', pause_all: null })
const held = { ...closed('operator'), holders: ['operator:*'] }

describe('a pause of all traders', () => {
  it('holds whoever has reported at once, and whoever reports while it lasts from then on', () => {
    tell(plain(), [t('10:00', 1000), open], [all('10:01'), held], [t('10:02', 1000), held])
    tell(
      plain(),
      [all('09:00'), { ...closed('no-reading'), holders: [] }],
      [t('10:00', 1000), held],
      [end('10:01'), open],
    )
    tell(plain(), [all('09:00', '09:30'), { holders: [] }], [t('10:00', 1000), { ...open, holders: [] }])
  })

  it('holds a trader that was known by a command alone with its next report', () => {
    const holidays = does('09:10', { kind: 'pause', reason: 'news', by: 'ada', until: at('09:20') })
    tell(
      plain(),
      [all('09:00'), { holders: [] }],
      [holidays, { ...closed('no-reading'), holders: ['operator:ada'] }],
      [t('10:00', 1000), held],
    )
  })

  it('ends by itself at its end', () => {
    tell(
      plain(),
      [t('10:00', 1000), open],
      [all('10:01', '10:30'), { ...held, until: moment('10:30'), wakeAt: moment('10:30') }],
      [ask('10:29:59'), held],
      [ask('10:30'), { ...open, outcome: 'event' }],
      [end('10:31'), open],
      [end('10:32'), refused('not all')],
    )
  })

  it('is shortened by no second one, and is over for no resume and no new account period', () => {
    tell(
      plain(),
      [t('10:00', 1000), open],
      [all('10:01', '12:00'), held],
      [all('10:02', '11:00'), { ...held, until: moment('12:00') }],
      [all('10:03', '10:03'), { ...refused('pause_all'), ...held }],
      [resume('10:04', { holder: 'operator:*' }), { ...refused('all'), ...held }],
      [does('10:05', { kind: 'restart', reason: 'phase 2' }), { ...closed('no-reading'), holders: ['operator:*'] }],
      [all('10:06'), { holders: ['operator:*'], until: null }],
    )
  })

  it('stands beside other holds, with enforcement off, too', () => {
    tell(
      { ...plain(dayLoss(50)), enforcement: false },
      [t('10:00', 1000), open],
      [all('10:01'), held],
      [
        does('10:02', { kind: 'flags', reason: 'over', pause_all: null, enable_risk_enforcement: true }),
        { ...open, holders: [] },
      ],
      [all('10:03'), held],
      [t('10:04', 940), { ...breach('day_loss'), holders: ['operator:*', 'limit:day_loss'] }],
      [end('10:05'), { ...closed('limit'), holders: ['limit:day_loss'] }],
    )
  })

  it('lasts by the time of the readings where they tell it', () => {
    const reading = (time: string, written: string) => t(time, 1000, { reading_at: at(written) })
    tell(
      { ...plain(), time_base: 'event' },
      [reading('11:00', '10:00'), open],
      [all('11:01', '11:30'), held],
      [ask('11:40'), held],
      [reading('11:41', '11:29'), held],
      [reading('11:42', '11:30'), open],
    )
  })
})
