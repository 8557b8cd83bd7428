import { describe, it } from 'vitest'
import { ask, breach, careful, closed, dayLoss, does, drawdown, flow, moment, open, raw, t, tell } from './story.ts'

const waits = closed('unconfirmed')
const silentWhile = { breaches: [], warned: [] }

describe('a reading that jumps waits until it is confirmed', () => {
  it('drops a glitch downward at the next reading within the percent', () => {
    tell(
      careful(dayLoss(50), drawdown(20)),
      [t('10:00', '1280.98'), waits],
      [t('10:00:01', '1280.98'), open],
      [t('10:01', '647.70'), { ...waits, ...silentWhile, equity: '1280.98', pending: '647.7' }],
      [t('10:01:59', '1275.56'), { ...open, ...silentWhile, equity: '1275.56', pending: null }],
    )
  })

  it('drops a glitch upward, which lifts no peak', () => {
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01', 100000), { ...waits, floors: { drawdown: '800' } }],
      [t('10:02', 1000), { ...open, floors: { drawdown: '800' } }],
    )
  })

  it('takes exactly the percent at once, either way, and waits above it', () => {
    tell(
      careful(),
      [t('10:00', 1000), open],
      [t('10:01', 800), open],
      [t('10:02', 960), open],
      [t('10:03', '1152.00000001'), waits],
    )
    tell(careful(), [t('10:00', 1000), open], [t('10:01', '799.99999999'), waits])
  })

  it('confirms the nearest of those beyond the band for 5 seconds, no sooner', () => {
    tell(
      careful(drawdown(25)),
      [t('10:00', 1000), open],
      [t('10:01:00', 700), waits],
      [t('10:01:04', 740), waits],
      [t('10:01:04', 690), waits],
      [t('10:01:05', 690), { ...breach('drawdown'), equity: '690', pending: null }],
    )
  })

  it('judges the nearest and then the newest, so that no peak is missed', () => {
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01:00', 1300), waits],
      [t('10:01:05', 1400), { ...open, equity: '1400', floors: { drawdown: '1120' } }],
    )
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01:00', 1400), waits],
      [t('10:01:05', 1300), { ...open, equity: '1300', floors: { drawdown: '1040' } }],
    )
  })

  it('decides a crash that keeps falling: blocked at once, a breach after 5 seconds, the deeper fall after that', () => {
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01:00', 700), waits],
      [t('10:01:03', 500), waits],
      [t('10:01:06', 300), { ...closed('unconfirmed'), breaches: ['drawdown'], equity: '700', pending: '300' }],
      [t('10:01:09', 250), { ...closed('unconfirmed'), breaches: [], equity: '700' }],
      [t('10:01:11', 250), { ...closed('limit'), breaches: [], equity: '250', pending: null }],
    )
  })

  it('believes a fall after 60 seconds in which nothing contradicts it, by time alone', () => {
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01:00', 700), { ...waits, wakeAt: moment('10:02:00') }],
      [ask('10:01:59'), { ...waits, outcome: 'nothing' }],
      [ask('10:02:00'), { ...breach('drawdown'), code: 'limit', equity: '700', pending: null }],
    )
  })

  it('believes the nearest of several falls by time, then the deeper one since its own time', () => {
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01:00', 700), waits],
      [t('10:01:03', 500), { ...waits, wakeAt: moment('10:02:00') }],
      [ask('10:02:00'), { ...waits, breaches: ['drawdown'], equity: '700', wakeAt: moment('10:02:03') }],
      [ask('10:02:03'), { ...closed('limit'), breaches: [], equity: '500' }],
    )
  })

  it('believes a fall before a later reading is weighed, so that a sparse bot changes nothing', () => {
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:05', 700), waits],
      [t('10:10', 1000), { ...waits, breaches: ['drawdown'], equity: '700', pending: '1000' }],
      [t('10:15', 1000), { ...closed('limit'), equity: '1000' }],
    )
  })

  it('believes a fall by time also where plausibility was switched off while it waited', () => {
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01:00', 700), waits],
      [does('10:01:10', { kind: 'limits', short: { confirm_jump: null } }), waits],
      [ask('10:02:00'), { ...breach('drawdown'), equity: '700' }],
    )
  })

  it('never believes a rise without a second reading', () => {
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01', 1500), { ...waits, wakeAt: null }],
      [ask('11:00'), { ...waits, equity: '1000' }],
      [t('11:00:01', 1500), { ...open, equity: '1500' }],
    )
  })

  it('starts again when a reading lies on the other side', () => {
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01:00', 700), waits],
      [t('10:01:04', 1300), waits],
      [t('10:01:06', 700), { ...waits, wakeAt: moment('10:02:06') }],
      [t('10:01:10', 700), { ...waits, ...silentWhile }],
      [t('10:01:11', 700), breach('drawdown')],
    )
  })

  it('never adds up two dips with a good reading between them', () => {
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01:00', 700), waits],
      [t('10:01:02', 990), open],
      [t('10:01:06', 700), waits],
      [t('10:01:10', 700), { ...waits, ...silentWhile }],
    )
  })

  it('never defers a reading that is within the percent', () => {
    tell(careful(dayLoss(50)), [t('10:00', 1000), open], [t('10:00:01', 950), breach('day_loss')])
  })

  it('counts the larger of the time that passed at the server and at the bot', () => {
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01:00', 700, { reading_at: '2026-06-01T09:00:00Z' }), waits],
      [t('10:01:01', 700, { reading_at: '2026-06-01T09:00:05Z' }), breach('drawdown')],
    )
  })

  it('is neither confirmed nor contradicted by what is rejected', () => {
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01:00', 700), waits],
      [raw('10:01:06', '{"equity":"?"}'), { ...waits, rejected: 'equity: is no amount' }],
      [t('10:01:07', 700), breach('drawdown')],
    )
  })

  it('weighs the balance where a limit uses it, and only there', () => {
    const byBalance = dayLoss(50, { tested: 'balance' })
    tell(careful(byBalance), [t('10:00', 1000, { balance: 1000 }), open], [t('10:01', 1000, { balance: 700 }), waits])
    tell(careful(dayLoss(50)), [t('10:00', 1000, { balance: 1000 }), open], [t('10:01', 1000, { balance: 700 }), open])
  })

  it('counts everything at once where it is switched off', () => {
    const config = { ...careful(drawdown(20)), confirm_jump: null }
    tell(config, [t('10:00', 1000), open], [t('10:01', 100000), open], [t('10:02', 1000), breach('drawdown')])
  })
})

describe('the first reading', () => {
  const unknown = { ...careful(drawdown(20)), initial_balance: null }

  it('waits for one that agrees with it where no balance is configured', () => {
    tell(
      unknown,
      [t('10:00', 1000), { ...waits, floors: {}, wakeAt: null }],
      [ask('10:02'), waits],
      [t('10:02:01', 500), waits],
      [t('10:02:02', 590), { ...open, floors: { drawdown: '472' }, equity: '590' }],
    )
  })

  it('begins references with the first of the two, although the second is lower', () => {
    tell(unknown, [t('10:00', 1000), waits], [t('10:01', 801), { ...open, floors: { drawdown: '800' } }])
  })

  it('is confirmed by a configured balance within the percent', () => {
    tell(careful(drawdown(20)), [t('10:00', 1200), open])
    tell(careful(drawdown(20)), [t('10:00', '1200.00000001'), waits], [t('10:00:01', 1201), open])
  })
})

describe('a replay decides in the time of its readings', () => {
  const replay = { ...careful(drawdown(20)), time_base: 'event' as const }
  const bar = (day: number, equity: number) => t('12:00', equity, { reading_at: `2020-03-${day}T00:00:00Z` })

  it('believes a fall by the next reading, as a wake-up would have', () => {
    tell(
      replay,
      [bar(10, 1000), open],
      [bar(11, 790), { ...waits, wakeAt: null }],
      [bar(12, 795), { ...breach('drawdown'), equity: '795', code: 'limit' }],
      [bar(13, 801), { ...open, breaches: [], equity: '801' }],
    )
  })

  it('drops a glitch that is contradicted within the minute', () => {
    tell(
      replay,
      [t('12:00', 1000, { reading_at: '2020-03-10T00:00:00Z' }), open],
      [t('12:00', 500, { reading_at: '2020-03-10T00:00:30Z' }), waits],
      [t('12:00', 1000, { reading_at: '2020-03-10T00:01:29Z' }), { ...open, ...silentWhile }],
    )
  })

  it('lets no time pass by an ask', () => {
    tell(replay, [bar(10, 1000), open], [bar(11, 700), waits], [ask('3 12:00'), { ...waits, outcome: 'nothing' }])
  })
})

describe('exactly 0', () => {
  it('needs three readings over ten minutes, is judged then, and is never a reference', () => {
    tell(
      careful(dayLoss(50), drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01', 0), { ...waits, wakeAt: null }],
      [ask('10:02'), waits],
      [t('10:06', 0), waits],
      [t('10:10:59', 0), { ...waits, ...silentWhile }],
      [t('10:11', 0), { ...breach('day_loss', 'drawdown'), equity: '0' }],
      [ask('2 00:00'), { floors: { day_loss: '950', drawdown: '800' }, allowed: false }],
    )
  })

  it('goes on waiting when a fall before it is confirmed by time', () => {
    tell(
      careful(drawdown(50)),
      [t('10:00', 1000), open],
      [t('10:01', 700), waits],
      [t('10:01:01', 750), waits],
      [t('10:01:02', 0), waits],
      [ask('10:02'), { ...waits, equity: '750', pending: '0' }],
    )
    tell(
      careful(drawdown(50)),
      [t('10:00', 1000), open],
      [t('10:01', 750), waits],
      [t('10:01:01', 700), waits],
      [t('10:01:02', 0), waits],
      [ask('10:02'), { ...waits, equity: '700', pending: '0' }],
    )
  })

  it('needs three of them, however long two are apart', () => {
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01', 0), waits],
      [t('10:31', 0), { ...waits, ...silentWhile }],
    )
  })

  it('starts again after any other reading', () => {
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01', 0), waits],
      [t('10:06', 0), waits],
      [t('10:07', 1000), open],
      [t('10:11', 0), waits],
      [t('10:12', 0), { ...waits, ...silentWhile }],
    )
  })

  it('starts again after a fall to another value', () => {
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01', 0), waits],
      [t('10:02', 0), waits],
      [t('10:03', 700), waits],
      [t('10:11', 0), { ...waits, breaches: ['drawdown'], equity: '700', pending: '0' }],
      [t('10:16', 0), { ...waits, equity: '700' }],
      [t('10:21', 0), { ...closed('limit'), equity: '0' }],
    )
  })

  it('is weighed as such by what an earlier reading has become', () => {
    tell(
      {
        ...careful(drawdown(20, { tested: 'balance' })),
        initial_balance: null,
        confirm_jump: { percent: 20, seconds: 5 },
      },
      [t('10:00:00', -100, { balance: 1000 }), waits],
      [t('10:00:01', -100, { balance: 1000 }), { equity: '-100' }],
      [t('10:01:00', 100, { balance: 1000 }), waits],
      [t('10:01:05', 0, { balance: 1000 }), { ...waits }],
      [ask('10:05'), { code: 'unconfirmed' }],
    )
  })

  it('supports no fall to another value', () => {
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01:00', 0), waits],
      [t('10:01:06', 700), { ...waits, ...silentWhile, equity: '1000' }],
      [t('10:01:11', 700), breach('drawdown')],
    )
  })

  it('is a number like any other where plausibility is off', () => {
    const config = { ...careful(drawdown(20)), confirm_jump: null }
    tell(config, [t('10:00', 1000), open], [t('10:01', 0), breach('drawdown')])
  })

  it('is no baseline although it is the last reading of the day', () => {
    tell(
      careful(dayLoss(199)),
      [t('23:59', 1000), open],
      [t('23:59:30', 0), waits],
      [t('2 00:00:10', 1000), { ...open, floors: { day_loss: '801' } }],
      [t('2 03:00', 801), breach('day_loss')],
    )
  })
})

describe('flows and doubt', () => {
  it('moves a reading that waits, so that it is weighed as it was', () => {
    tell(
      careful(drawdown(20)),
      [t('10:00', 1000), open],
      [t('10:01:00', 700), waits],
      [flow('10:01:01', 100), { ...waits, equity: '1100', pending: '800' }],
      [t('10:01:06', 790), { ...breach('drawdown'), equity: '790', floors: { drawdown: '880' } }],
    )
  })

  it('waits with a reading that is nearer to the equity before the flow, for 5 seconds', () => {
    tell(
      careful(drawdown(5)),
      [t('10:00', 1000), open],
      [flow('10:01:00', 100), { ...open, equity: '1100' }],
      [t('10:01:02', 1000), { ...waits, ...silentWhile }],
      [t('10:01:04', 1051), { ...open, equity: '1051' }],
    )
    tell(
      careful(drawdown(5)),
      [t('10:00', 1000), open],
      [flow('10:01:00', 100), open],
      [t('10:01:05', 1000), breach('drawdown')],
    )
  })

  it('believes such a fall after a minute of nothing else', () => {
    tell(
      careful(drawdown(5)),
      [t('10:00', 1000), open],
      [flow('10:01:00', 100), open],
      [t('10:01:02', 1000), { ...waits, wakeAt: moment('10:02:02') }],
      [ask('10:02:02'), breach('drawdown')],
    )
  })

  it('weighs net of the flows that a reading tells', () => {
    const config = { ...careful(drawdown(20)), net_deposits: true }
    tell(
      config,
      [t('10:00', 1000, { net_deposits: 0 }), open],
      [t('10:01', 1200, { net_deposits: 200 }), { ...open, floors: { drawdown: '960' } }],
      [t('10:02', 1500, { net_deposits: 500 }), { ...waits, equity: '1200' }],
      [t('10:02:05', 1500, { net_deposits: 500 }), { ...open, equity: '1500', floors: { drawdown: '1200' } }],
    )
  })

  it('believes the first of those that tell the same flow, and weighs the newest by it', () => {
    tell(
      { ...careful(drawdown(20)), net_deposits: true },
      [t('10:00', 1000, { net_deposits: 0 }), open],
      [t('10:01:00', 1500, { net_deposits: 400 }), waits],
      [t('10:01:05', 1400, { net_deposits: 400 }), { ...open, equity: '1400', floors: { drawdown: '1200' } }],
    )
  })
})
