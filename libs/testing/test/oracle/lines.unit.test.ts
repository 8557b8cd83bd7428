import { describe, it } from 'vitest'
import type { LimitSpec } from '../../src/engine/oracle/config.ts'
import { ask, breach, closed, dayLoss, drawdown, open, plain, t, tell } from './story.ts'

const both = (time: string, equity: number | string, balance: number | string) => t(time, equity, { balance })

describe('what is tested', () => {
  it('is the lower of equity and balance where the limit says so', () => {
    const lower = dayLoss(50, { tested: 'lower' })
    tell(plain(lower), [both('10:00', 1000, 1000), open], [both('10:01', 951, 950), breach('day_loss')])
    tell(plain(lower), [both('10:00', 1000, 1000), open], [both('10:01', 950, 951), breach('day_loss')])
    tell(plain(lower), [both('10:00', 1000, 1000), open], [both('10:01', 951, 951), open])
  })
})

describe('a reference', () => {
  it('is the higher of equity and balance at the reset, and needs both', () => {
    const higher = dayLoss(50, { reference: { kind: 'start', of: 'higher' } })
    tell(
      plain(higher),
      [both('10:00', 1000, 1000), { ...open, floors: { day_loss: '950' } }],
      [both('23:00', 1020, 1010), open],
      [both('2 01:00', 1000, 1010), { ...open, floors: { day_loss: '970' } }],
      [t('2 02:00', 1000), { ...closed('uncomputable'), uncomputable: ['day_loss'], floors: {} }],
      [both('2 03:00', 1000, 1010), { ...open, floors: { day_loss: '970' } }],
    )
  })

  it('begins with the next good reading where the last before the reset lacks its field', () => {
    const ofBalance = dayLoss(50, { reference: { kind: 'start', of: 'balance' } })
    tell(
      plain(ofBalance),
      [both('10:00', 1000, 1000), open],
      [t('23:00', 1000), closed('uncomputable')],
      [ask('2 00:00'), closed('uncomputable')],
      [both('2 01:00', 1000, 980), { ...open, floors: { day_loss: '930' } }],
    )
  })

  it('of a peak at day close takes the last balance before each reset', () => {
    const daily = dayLoss(50, { window: 'lifetime', reference: { kind: 'peak', of: 'balance', sampled: 'day-close' } })
    tell(
      plain(daily),
      [both('10:00', 1000, 1000), { floors: { day_loss: '950' } }],
      [both('11:00', 1500, 1200), { floors: { day_loss: '950' } }],
      [both('12:00', 1100, 1100), { floors: { day_loss: '950' } }],
      [ask('2 00:00'), { floors: { day_loss: '1050' } }],
      [both('2 10:00', 1080, 1080), { floors: { day_loss: '1050' } }],
      [ask('3 00:00'), { floors: { day_loss: '1050' } }],
    )
  })

  it('of a peak at day close begins with the first reading that has its field', () => {
    tell(
      {
        ...plain(dayLoss(50, { reference: { kind: 'peak', of: 'balance', sampled: 'day-close' } })),
        initial_balance: null,
      },
      [t('10:00', 1000), closed('uncomputable')],
      [both('10:01', 1000, 980), { ...open, floors: { day_loss: '930' } }],
      [both('10:02', 1000, 990), { ...open, floors: { day_loss: '930' } }],
    )
  })

  it('of a lifetime peak of balance begins with the first balance where no initial one is known', () => {
    const peak = drawdown(10, { reference: { kind: 'peak', of: 'balance' } })
    tell(
      { ...plain(peak), initial_balance: null },
      [t('10:00', 1100), closed('uncomputable')],
      [both('10:01', 1100, 1000), { ...open, floors: { drawdown: '900' } }],
      [both('10:02', 1100, 1010), { ...open, floors: { drawdown: '909' } }],
    )
  })

  it('of a peak in a window begins with the window', () => {
    const peak = dayLoss(50, { reference: { kind: 'peak', of: 'equity' } })
    tell(
      plain(peak),
      [t('10:00', 1000), { floors: { day_loss: '950' } }],
      [t('11:00', 1100), { floors: { day_loss: '1050' } }],
      [t('12:00', 1060), open],
      [ask('2 00:00'), { ...open, floors: { day_loss: '1010' } }],
    )
  })

  it('of the account is the configured balance, also where the first reading is lower', () => {
    const config = { ...plain(drawdown(20)), initial_balance: 1000 }
    tell(config, [t('10:00', 750), { ...breach('drawdown'), floors: { drawdown: '800' } }])
  })

  it('begins with the first confirmed reading where nothing is configured', () => {
    const config = {
      ...plain(drawdown(20), dayLoss(0, { limit: { percent: 10, of: 'initial' } })),
      initial_balance: null,
    }
    tell(config, [t('10:00', 500), { ...open, floors: { drawdown: '400', day_loss: '450' } }])
  })

  it('of day one is the initial balance or the first reading, as first_day says', () => {
    tell(plain(dayLoss(50)), [t('10:00', 1040), { floors: { day_loss: '950' }, dayPnl: '40' }])
    tell({ ...plain(dayLoss(50)), first_day: 'first-reading' }, [
      t('10:00', 1040),
      { floors: { day_loss: '990' }, dayPnl: '0' },
    ])
  })
})

describe('a base', () => {
  const percent = (of: 'initial' | 'reference' | 'start-equity' | 'start-balance'): Partial<LimitSpec> => ({
    reference: { kind: 'peak', of: 'equity' },
    limit: { percent: 10, of },
  })
  it.each([
    ['initial', '1100'],
    ['reference', '1080'],
    ['start-equity', '1090'],
    ['start-balance', '1095'],
  ] as const)('of %s gives a floor of %s', (of, floor) => {
    tell(
      plain(dayLoss(0, percent(of))),
      [both('10:00', 1000, 1000), open],
      [both('23:00', 1100, 1050), open],
      [both('2 10:00', 1200, 1050), { ...open, floors: { day_loss: floor } }],
    )
  })
})

describe('a lock', () => {
  it('keeps the floor from rising further', () => {
    tell(
      plain(drawdown(10, { lock: { initial_plus: 50 } })),
      [t('10:00', 1000), { floors: { drawdown: '900' } }],
      [t('11:00', 1100), { floors: { drawdown: '990' } }],
      [t('12:00', 1300), { floors: { drawdown: '1050' }, room: '250' }],
      [t('13:00', '1050.00000001'), open],
      [t('14:00', 1050), breach('drawdown')],
    )
  })

  it('scales the tiers to the way to the line that it is at', () => {
    const tiers = [
      { at_percent: 80, action: 'warn' as const },
      { at_percent: 100, action: 'block-entries' as const },
    ]
    tell(
      plain(drawdown(10, { lock: { initial_plus: 0 }, tiers })),
      [t('10:00', 1000), open],
      // 80 % of the way from 1500 to 1000.
      [t('11:00', 1500), open],
      [t('12:00', '1100.00000001'), { ...open, warned: [] }],
      [t('13:00', 1100), { ...open, warned: ['drawdown'] }],
    )
  })
})

describe('tiers', () => {
  const tiers = [
    { at_percent: 50, action: 'warn' as const },
    { at_percent: 60, action: 'block-entries' as const },
    { at_percent: 100, action: 'flatten' as const },
  ]
  const tiered = dayLoss(100, { tiers })

  it('block at the lowest that blocks, and the room is to its line', () => {
    tell(
      plain(tiered),
      [t('10:00', 1000), { ...open, room: '60', floors: { day_loss: '900' } }],
      [t('10:01', '940.00000001'), { ...open, warned: ['day_loss'], room: '0.00000001' }],
      [t('10:02', 940), { ...breach('day_loss'), action: 'block-entries', room: '0' }],
      [t('10:03', '900.00000001'), { action: 'block-entries', worseTiers: [] }],
      [t('10:04', 900), { action: 'flatten', worseTiers: ['day_loss'], breaches: [] }],
      [t('10:05', 890), { action: 'flatten', worseTiers: [] }],
      [t('10:06', 1000), { action: 'flatten', allowed: false }],
      [ask('2 00:00'), { ...open, action: 'none' }],
    )
  })

  it('are one breach where the worst is reached at once', () => {
    tell(
      plain(tiered),
      [t('10:00', 1000), open],
      [t('10:01', 900), { ...breach('day_loss'), worseTiers: [], action: 'flatten' }],
    )
  })

  it('decide by the lowest that blocks whether a pause may end', () => {
    tell(
      plain(drawdown(20, { tiers: tiers, least_minutes: 10 })),
      [t('10:00', 1000), open],
      [t('10:01', 800), { ...breach('drawdown'), action: 'flatten' }],
      // 80 % of the limit: above the flatten line, below the line that blocks.
      [t('10:12', 840), closed('limit')],
      [t('10:13', 880), closed('limit')],
      [t('10:14', '880.00000001'), open],
    )
  })

  it('warn once a crossing, each on its own', () => {
    const twice = [
      { at_percent: 50, action: 'warn' as const },
      { at_percent: 75, action: 'warn' as const },
      { at_percent: 100, action: 'block-entries' as const },
    ]
    tell(
      plain(dayLoss(100, { tiers: twice })),
      [t('10:00', 1000), open],
      [t('10:01', 950), { warned: ['day_loss'] }],
      [t('10:02', 940), { warned: [] }],
      [t('10:03', 925), { warned: ['day_loss'] }],
      [t('10:04', 940), { warned: [] }],
      [t('10:05', 925), { warned: ['day_loss'] }],
      [t('10:06', 951), { warned: [] }],
      [t('10:07', 900), { warned: [], breaches: ['day_loss'] }],
    )
  })

  it('warn once also where a reading comes between by which nobody can compute the limit', () => {
    tell(
      plain(dayLoss(50, { tested: 'lower' })),
      [both('10:00', 1000, 1000), open],
      [both('10:01', 960, 960), { ...open, warned: ['day_loss'] }],
      [t('10:02', 960), { ...closed('uncomputable'), warned: [] }],
      [both('10:03', 960, 960), { ...open, warned: [] }],
    )
  })

  it('warn of nothing while the limit holds, and when its pause ends near the line', () => {
    tell(
      plain(drawdown(20, { least_minutes: 10 })),
      [t('10:00', 1000), open],
      [t('10:01', 800), { ...breach('drawdown'), warned: [] }],
      [t('10:02', 810), { ...closed('limit'), warned: [] }],
      [ask('10:11'), { ...open, warned: ['drawdown'] }],
      [t('10:12', 815), { ...open, warned: [] }],
    )
  })

  it('that only warn never block, and give no room', () => {
    const only = dayLoss(100, { tiers: [{ at_percent: 100, action: 'warn' }], warn_only: true })
    tell(
      plain(only),
      [t('10:00', 1000), { ...open, room: null, nearest: null }],
      [t('10:01', 900), { ...open, warned: ['day_loss'], breaches: [] }],
      [t('10:02', 100), { ...open, warned: [] }],
    )
  })
})

describe('a limit that cannot be computed', () => {
  const initial = (percent: number): Partial<LimitSpec> => ({ limit: { percent, of: 'initial' } })

  it('blocks because its reference is 0 or less, until a window begins with a good one', () => {
    const config = { ...plain(dayLoss(10)), initial_balance: null }
    tell(
      config,
      [t('10:00', -5), { ...closed('uncomputable'), uncomputable: ['day_loss'], floors: {}, breaches: [] }],
      [t('11:00', 1000), closed('uncomputable')],
      [
        ask('2 00:00'),
        {
          ...open,
          uncomputable: [],
          floors: { day_loss: '990' },
          facts: [{ what: 'window-started' }, { what: 'computable', of: 'day_loss' }],
        },
      ],
    )
  })

  it('blocks because the floor is 0 or less', () => {
    tell(plain(dayLoss(0, initial(100))), [t('10:00', 1000), { ...closed('uncomputable'), uncomputable: ['day_loss'] }])
    tell(plain(dayLoss('999.99999999')), [t('10:00', 1000), { ...open, floors: { day_loss: '0.00000001' } }])
  })

  it('blocks because the reading lacks what it tests, and others are judged on', () => {
    tell(
      plain(dayLoss(50, { name: 'by_balance', tested: 'balance' }), dayLoss(100)),
      [both('10:00', 1000, 1000), { ...open, room: '50', nearest: 'by_balance' }],
      [t('10:01', 1000), { ...closed('uncomputable'), uncomputable: ['by_balance'], room: '100', nearest: 'day_loss' }],
      [t('10:02', 900), { ...breach('day_loss'), codes: ['limit', 'uncomputable'] }],
    )
  })

  it('only warns where it only warns', () => {
    const only = dayLoss(50, { tested: 'balance', warn_only: true, tiers: [{ at_percent: 50, action: 'warn' }] })
    tell(plain(only), [t('10:00', 1000), { ...open, uncomputable: ['day_loss'] }])
  })

  it('keeps the pause that it made', () => {
    tell(
      plain(
        dayLoss(50, {
          tested: 'balance',
          reference: { kind: 'start', of: 'balance' },
          ends: 'timer',
          least_minutes: 5,
        }),
      ),
      [both('10:00', 1000, 1000), open],
      [both('10:01', 1000, 950), breach('day_loss')],
      [t('10:10', 1000), { codes: ['limit', 'uncomputable'] }],
      [both('10:11', 1000, 951), open],
    )
  })
})

describe('active_from', () => {
  const lock = dayLoss(50, { active_from: { profit: { amount: 100 } }, reference: { kind: 'peak', of: 'equity' } })

  it('begins the limit with the reading that reaches the profit, for the rest of the window', () => {
    tell(
      plain(lock),
      [t('10:00', 1000), { ...open, floors: {}, room: null }],
      [t('10:01', 100), { ...open, uncomputable: [], breaches: [] }],
      [t('10:02', '1099.99999999'), { ...open, floors: {} }],
      [t('10:03', 1100), { ...open, floors: { day_loss: '1050' }, room: '50' }],
      [t('10:04', 1050), breach('day_loss')],
      [ask('2 00:00'), { ...open, floors: {} }],
      [t('2 00:01', 500), open],
    )
  })

  it('may be a percentage of what the window began with', () => {
    tell(
      plain(dayLoss(50, { active_from: { profit: { percent: 10 } } })),
      [t('10:00', 1000), open],
      [t('23:00', 2000), open],
      [t('2 10:00', '2199.99'), { floors: {} }],
      [t('2 10:01', 2200), { floors: { day_loss: '1950' } }],
    )
  })

  it('is never a percentage of nothing', () => {
    tell(
      plain(dayLoss(50, { active_from: { profit: { percent: 10 } } })),
      [t('10:00', 1000), open],
      [t('23:00', -100), open],
      [t('2 10:00', -50), { ...open, uncomputable: [] }],
    )
  })
})

describe('a profit', () => {
  const target = dayLoss(0, { name: 'target', measure: 'profit', limit: { percent: 5, of: 'reference' } })

  it('is reached at its ceiling, which is no floor and no room', () => {
    tell(
      plain(target),
      [t('10:00', 1000), { ...open, floors: {}, ceilings: { target: '1050' }, room: null }],
      [t('10:01', '1049.99999999'), { ...open, warned: ['target'] }],
      [t('10:02', 1050), breach('target')],
      [t('10:03', 900), closed('limit')],
      [ask('2 00:00'), { ...open, ceilings: { target: '945' } }],
    )
  })
})

describe('the budget', () => {
  const budget_steps = [
    { above_percent: 25, factor: '0.5' },
    { above_percent: 50, factor: 1 },
    { above_percent: 0, factor: '0.25' },
  ]

  it('has the smaller factor of two floors that are as near', () => {
    const peakLoss: LimitSpec & { name: string } = {
      ...drawdown(20),
      ...{ name: 'peak_loss', limit: { amount: 200 } },
    }
    for (const limits of [
      [dayLoss(100), peakLoss],
      [peakLoss, dayLoss(100)],
    ]) {
      tell(
        { ...plain(...limits), budget_steps },
        [t('10:00', 1100), { room: '200', factor: '1' }],
        [t('10:01', 950), { room: '50', nearest: 'peak_loss', factor: '0.25' }],
      )
    }
  })

  it('is the room to the nearest floor and a factor by how much of it is left', () => {
    tell(
      { ...plain(dayLoss(100), drawdown(20)), budget_steps },
      [t('10:00', 1000), { room: '100', nearest: 'day_loss', factor: '1' }],
      [t('10:01', '950.01'), { room: '50.01', factor: '1' }],
      [t('10:02', 950), { room: '50', factor: '0.5' }],
      [t('10:03', 925), { room: '25', factor: '0.25' }],
      [t('10:04', 900), { room: '0', factor: '0' }],
    )
  })

  it('is nothing without a limit that blocks', () => {
    tell({ ...plain(), budget_steps }, [t('10:00', 1000), { room: null, nearest: null, factor: null }])
  })

  it('is exact: a loss of the room breaks the limit, and a loss of less does not', () => {
    const third = drawdown('33.33333333', { limit: { percent: '33.33333333', of: 'reference' } })
    const config = { ...plain(third), initial_balance: '999.99999999' }
    // 999.99999999 * 0.6666666667 = 666.66666669333333...
    tell(
      config,
      [t('10:00', '999.99999999'), { floors: { drawdown: '666.66666669' }, room: '333.3333333' }],
      [t('10:01', '666.6666667'), open],
    )
    tell(config, [t('10:00', '999.99999999'), open], [t('10:01', '666.66666669'), breach('drawdown')])
  })
})
