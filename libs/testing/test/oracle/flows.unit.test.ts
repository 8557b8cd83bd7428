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
  moment,
  open,
  plain,
  type Row,
  refused,
  t,
  tell,
} from './story.ts'

const ten = { ...plain(), initial_balance: 10000 }

describe('a cash flow', () => {
  it('scales a percentage, so that it stays what it was', () => {
    tell(
      { ...plain(drawdown(20)), initial_balance: 10000 },
      [t('10:00', 10000), open],
      [t('10:01', 9000), { percent: { drawdown: '10' } }],
      [flow('10:02', -5000), { ...open, equity: '4000', floors: { drawdown: '3555.55555556' }, drawdownPct: '10' }],
      [t('10:03', 4000), { ...open, references: { drawdown: '4444.44444445' } }],
      [t('10:04', '3555.55555557'), open],
      [t('10:05', '3555.55555556'), breach('drawdown')],
    )
    tell(
      plain(drawdown(45)),
      [t('10:00', 1000), open],
      [t('10:01', 600), open],
      [flow('10:02', 1000, { force: true }), { drawdownPct: '40' }],
      [t('10:03', 1600), { drawdownPct: '40', percent: { drawdown: '40' } }],
    )
  })

  it('rounds a reference toward the tighter side: up for a loss, down for a profit', () => {
    const target = dayLoss(0, { name: 'target', measure: 'profit', limit: { percent: 10, of: 'start-equity' } })
    tell(
      plain(dayLoss(0, { limit: { percent: 10, of: 'start-equity' } }), target),
      [t('10:00', 1000), open],
      [t('10:01', 950), open],
      // 1000 * 1450 / 950 = 1526.315789473...
      [flow('10:02', 500), { references: { day_loss: '1526.31578948', target: '1526.31578947' } }],
    )
  })

  it('shifts an amount, so that the room in money stays', () => {
    tell(
      plain(dayLoss(50)),
      [t('10:00', 1000), open],
      [t('10:01', 970), { room: '20', dayPnl: '-30' }],
      [flow('10:02', 500), { room: '20', floors: { day_loss: '1450' }, dayPnl: '-30' }],
      [t('10:03', 1450), breach('day_loss')],
    )
  })

  it('moves nothing of a fixed limit: a payout does not lower the line of a firm', () => {
    tell(
      plain(dayLoss(100, { flows: 'fixed' })),
      [t('10:00', 1000), open],
      [flow('10:01', -50), { ...open, floors: { day_loss: '900' }, equity: '950', room: '50' }],
      [flow('10:02', -50), { ...breach('day_loss'), floors: { day_loss: '900' } }],
    )
  })

  it('leaves no allowance behind: almost all is withdrawn, and the percentage counts on', () => {
    tell(
      { ...plain(dayLoss(0, { limit: { percent: 5, of: 'initial' } }), drawdown(90)), initial_balance: 10000 },
      [t('10:00', 10000), open],
      [flow('10:01', -9000), { ...open, floors: { day_loss: '950', drawdown: '100' } }],
      [t('10:02', 1000), open],
      [t('10:03', '950.00000001'), open],
      [t('10:04', 950), breach('day_loss')],
    )
  })

  it('scales what is locked from the initial balance', () => {
    tell(
      plain(drawdown(10, { lock: { initial_plus: 0 } })),
      [t('10:00', 1000), open],
      [t('10:01', 2000), { floors: { drawdown: '1000' } }],
      [flow('10:02', 1000), { floors: { drawdown: '1500' } }],
    )
  })

  it('counts once an id, and is refused where it is too old to know', () => {
    const sixteen = Array.from(
      { length: 16 },
      (_, index): Row => [flow(`10:${index + 10}`, 1, { id: `f${index}` }), open],
    )
    tell(
      plain(),
      [t('10:00', 1000), open],
      [flow('10:01', 100, { id: 'a' }), { outcome: 'event', equity: '1100' }],
      [flow('10:02', 100, { id: 'a' }), { outcome: 'nothing', equity: '1100' }],
      ...sixteen,
      [flow('11:00', 100, { id: 'a', at: '2026-06-01T10:01:00Z' }), { ...refused('too old'), equity: '1116' }],
      [flow('11:01', 100, { id: 'b' }), { equity: '1216' }],
    )
  })

  it('needs force where it leaves nothing or is larger than the equity', () => {
    tell(
      { ...ten, initial_balance: 14650 },
      [t('10:00', 14650), open],
      [flow('10:01', -50000), { ...refused('force'), equity: '14650' }],
      [flow('10:02', -14650), refused('force')],
      [flow('10:03', '14650.00000001'), refused('force')],
      [flow('10:04', 14650), { equity: '29300' }],
      [flow('10:05', -29300, { force: true }), { equity: '0' }],
    )
  })

  it('moves no reference of an equity of 0 or less', () => {
    tell(
      plain(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01', -10), breach('drawdown')],
      [flow('10:02', 1000, { force: true }), { equity: '990', floors: { drawdown: '800' } }],
    )
  })

  it('is refused before the first reading and after the last digit', () => {
    tell(
      plain(),
      [flow('10:00', 100), refused('no confirmed reading')],
      [t('10:01', '999999999999999'), open],
      [flow('10:02', 1), { ...refused('too large'), equity: '999999999999999' }],
      [flow('10:03', 0), refused('amount')],
    )
  })
})

describe('a flow that the last reading has already', () => {
  it('restores what that reading moved and takes it again', () => {
    // The deposit was seen first: the peak rose to 1300, and a reading of 1000 would be 23 % below it.
    tell(
      plain(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01', 1250), { floors: { drawdown: '1000' } }],
      [
        flow('10:02', 250, { in_equity: true }),
        { ...open, equity: '1250', floors: { drawdown: '1000' }, drawdownPct: '0' },
      ],
    )
    tell(
      plain(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01', 900), open],
      [t('10:02', 1400), { floors: { drawdown: '1120' } }],
      // 900 was 10 % below the peak, and so is 1400 of which 500 came.
      [
        flow('10:03', 500, { in_equity: true }),
        { ...open, equity: '1400', drawdownPct: '10', references: { drawdown: '1555.55555556' } },
      ],
    )
  })

  it('keeps the pause that the reading caused, which may now be lifted', () => {
    tell(
      plain(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01', 750), breach('drawdown')],
      [flow('10:02', -250, { in_equity: true }), { ...closed('limit'), floors: { drawdown: '600' }, drawdownPct: '0' }],
      [does('10:03', { kind: 'resume', holder: 'drawdown', reason: 'a withdrawal' }), open],
    )
  })

  it('confirms a reading that waited because of it', () => {
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01', 500), closed('unconfirmed')],
      [
        flow('10:01:30', -500, { in_equity: true }),
        { ...open, equity: '500', floors: { drawdown: '400' }, pending: null },
      ],
    )
  })

  it('is judged by the reading before it while it waits', () => {
    tell(
      careful(
        dayLoss(0, { limit: { percent: 10, of: 'initial' } }),
        dayLoss(500, { name: 'of_balance', tested: 'balance' }),
      ),
      [t('10:00', 1000, { balance: 1000 }), open],
      [t('10:01', '900.00000001', { balance: '900.00000001' }), open],
      [t('10:02', 950, { balance: 0 }), closed('unconfirmed')],
      [flow('10:03', -100, { in_equity: true }), { ...breach('day_loss'), code: 'unconfirmed' }],
    )
  })

  it('is refused where the reading has ended a pause that rebased', () => {
    tell(
      plain(drawdown(20, { on_end: 'rebase', least_minutes: 30 })),
      [t('10:00', 1000), open],
      [t('10:01', -10), breach('drawdown')],
      [ask('10:31'), closed('limit')],
      [t('10:40', 900), { ...open, floors: { drawdown: '720' } }],
      [flow('10:41', 100, { in_equity: true }), refused('too far back')],
    )
  })

  it('begins a limit by the profit that a fixed flow makes', () => {
    tell(
      plain(dayLoss(50, { flows: 'fixed', active_from: { profit: { amount: 100 } } })),
      [t('10:00', 1000), { ...open, floors: {} }],
      [flow('10:01', 100), { ...open, floors: { day_loss: '950' } }],
    )
  })

  it('lets the reading wait since its own time', () => {
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01', 950), open],
      [flow('10:01:30', 1000, { in_equity: true }), { ...closed('unconfirmed'), wakeAt: moment('10:02') }],
      [ask('10:02'), { ...breach('drawdown'), equity: '950' }],
    )
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01', 950), open],
      [flow('10:03', 1000, { in_equity: true }), { ...breach('drawdown'), equity: '950' }],
    )
  })

  it('may be told twice for two flows', () => {
    tell(
      plain(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01', 1200), open],
      [flow('10:02', 100, { in_equity: true, id: 'a' }), { drawdownPct: '0', floors: { drawdown: '960' } }],
      [flow('10:03', 100, { in_equity: true, id: 'b' }), { drawdownPct: '0', references: { drawdown: '1200' } }],
    )
  })

  it('is refused where something else has moved references since', () => {
    tell(
      plain(drawdown(20)),
      [flow('09:59', 10, { in_equity: true }), refused('too far back')],
      [t('23:59', 1000), open],
      [ask('2 00:00'), open],
      [flow('2 00:01', 10, { in_equity: true }), refused('too far back')],
      [t('2 00:02', 1000), open],
      [flow('2 00:03', 10), open],
      [flow('2 00:04', 10, { in_equity: true }), refused('too far back')],
    )
  })
})

describe('flows that readings tell', () => {
  const told = (time: string, equity: number | string, net_deposits: number | null) => t(time, equity, { net_deposits })
  const percent = dayLoss(0, { limit: { percent: 10, of: 'start-equity' } })

  it('count where an operator switched them on', () => {
    tell(
      { ...plain(percent), net_deposits: true },
      [told('10:00', 1000, 300), open],
      [told('10:10', 950, 300), open],
      [told('10:20', 1450, 800), { percent: { day_loss: '5' }, dayPnl: '-50' }],
      [told('10:30', 950, 300), { percent: { day_loss: '5' } }],
      [flow('10:40', 100), refused('readings')],
    )
  })

  it('are nothing elsewhere, so that no bot forgives its own loss', () => {
    tell(plain(percent), [told('10:00', 1000, 0), open], [told('10:01', 900, -100), breach('day_loss')])
  })

  it('reject a reading that does not tell them', () => {
    tell(
      { ...plain(percent), net_deposits: true },
      [told('10:00', 1000, 0), open],
      [told('10:01', 1000, null), closed('rejected')],
    )
  })
})
