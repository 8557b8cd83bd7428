import { describe, it } from 'vitest'
import { ask, breach, careful, closed, dayLoss, drawdown, moment, open, plain, raw, t, tell } from './story.ts'

describe('an amount is what its digits say, cut to 8 decimals downward', () => {
  it.each([
    ['{"equity":"121110.69046669923"}', '121110.69046669'],
    ['{"equity":0.30000000000000004}', '0.3'],
    ['{"equity":1e-9}', '0'],
    ['{"equity":-1e-9}', '-0.00000001'],
    ['{"equity":"10250.500000000000"}', '10250.5'],
    ['{"equity":1000,"balance":null}', '1000'],
    ['{"equity":1.5e3}', '1500'],
    ['{"equity":999999999999999.99999999}', '999999999999999.99999999'],
    ['{"equity":"-0.000000019"}', '-0.00000002'],
  ])('%s is %s', (text, equity) => {
    tell(plain(), [raw('10:00', text), { ...open, rejected: null, equity }])
  })

  it.each([
    '{"equity":1e15}',
    '{"equity":"abc"}',
    '{"equity":null}',
    '{}',
    '[1000]',
    '1000',
    'no json',
    '{"equity":""}',
  ])('%s is rejected and blocks entries until the next good reading', (text) => {
    tell(
      plain(dayLoss(50)),
      [t('10:00', 1000), open],
      [raw('10:01', text), { ...closed('rejected'), outcome: 'event', equity: '1000', breaches: [] }],
      [ask('10:02'), closed('rejected')],
      [t('10:03', 1000), open],
    )
  })

  it('is exact at a floor, 8 decimals deep', () => {
    tell(
      plain(dayLoss(50)),
      [t('10:00', 1000), open],
      [raw('10:01', '{"equity":"950.000000009999"}'), breach('day_loss')],
    )
    tell(plain(dayLoss(50)), [t('10:00', 1000), open], [t('10:01', '950.00000001'), open])
  })
})

describe('a field that no limit uses makes no reading useless', () => {
  const text = '{"equity":1000,"balance":"?"}'

  it('is ignored', () => {
    tell(plain(dayLoss(50)), [raw('10:00', text), { ...open, equity: '1000' }])
  })

  it('rejects the reading where a limit uses it', () => {
    tell(
      plain(dayLoss(50, { tested: 'lower' })),
      [t('10:00', 1000, { balance: 1000 }), open],
      [raw('10:01', text), closed('rejected')],
    )
  })
})

describe('a seq gives readings their order', () => {
  it('rejects one that is not above the last, as late, which blocks nothing', () => {
    tell(
      plain(dayLoss(100)),
      [t('10:00:00', 1000, { seq: 5 }), open],
      [t('10:00:01', 1200, { seq: 7 }), open],
      [t('10:00:02', 890, { seq: 6 }), { ...open, breaches: [], equity: '1200', rejected: 'seq 6: not above 7' }],
      [t('10:00:03', 890, { seq: 7 }), { ...open, equity: '1200' }],
      [t('10:00:04', 900, { seq: 8 }), breach('day_loss')],
    )
  })

  it('begins again with another run, and ticks of the last four runs are late', () => {
    const runs = ['a', 'b', 'c', 'd', 'e']
    tell(
      plain(),
      ...runs.map((run, index) => [t(`10:00:0${index}`, 1000 + index, { run, seq: 1 }), open] as const),
      [t('10:00:05', 5, { run: 'a', seq: 99 }), { equity: '1004', rejected: 'run a: another began after it' }],
      [t('10:00:06', 1006, { run: 'f', seq: 1 }), { equity: '1006', rejected: null }],
      [t('10:00:07', 1007, { run: 'a', seq: 1 }), { equity: '1007', rejected: null }],
    )
  })

  it('compares within one run', () => {
    tell(
      plain(),
      [t('10:00:00', 1000, { run: 'a', seq: 5 }), open],
      [t('10:00:01', 1001, { run: 'a', seq: 5 }), { equity: '1000' }],
      [t('10:00:02', 1002, { run: 'b', seq: 5 }), { equity: '1002' }],
      [t('10:00:03', 1003, { seq: 5 }), { equity: '1002' }],
      [t('10:00:04', 1004), { equity: '1004' }],
    )
  })
})

describe('late readings become doubt', () => {
  const late = (time: string) => t(time, 1000, { seq: 1 })

  it('at the fifth in a row', () => {
    tell(
      plain(),
      [t('10:00:00', 1000, { seq: 5 }), open],
      ...['01', '02', '03', '04'].map((second) => [late(`10:00:${second}`), open] as const),
      [late('10:00:05'), closed('out-of-order')],
      [ask('11:00'), closed('out-of-order')],
      [t('11:00:01', 1000, { seq: 6 }), open],
      [late('11:00:02'), open],
    )
  })

  it('at one that comes 10 seconds after the first, with nothing else between', () => {
    tell(
      plain(),
      [t('10:00:00', 1000, { seq: 5 }), open],
      [late('10:00:01'), open],
      [ask('10:00:30'), open],
      [late('10:00:31'), closed('out-of-order')],
    )
    tell(
      plain(),
      [t('10:00:00', 1000, { seq: 5 }), open],
      [late('10:00:01'), open],
      [late('10:00:10'), open],
      [late('10:00:11'), closed('out-of-order')],
    )
  })

  it('not when a good one comes between', () => {
    tell(
      plain(),
      [t('10:00:00', 1000, { seq: 5 }), open],
      ...['01', '02', '03', '04'].map((second) => [late(`10:00:${second}`), open] as const),
      [t('10:00:05', 1000, { seq: 6 }), open],
      [late('10:00:20'), open],
    )
  })
})

describe('the time of a replay', () => {
  const replay = { ...plain(dayLoss(50)), time_base: 'event' as const }
  const of = (time: string, equity: number) => t('12:00', equity, { reading_at: `2020-03-10T${time}Z` })

  it('refuses what is before the last reading and takes what is at the same time', () => {
    tell(
      replay,
      [of('10:00:00', 1000), open],
      [of('09:59:59', 900), { ...open, rejected: 'at: before the last one' }],
      [of('10:00:00', 990), { ...open, equity: '990' }],
    )
  })

  it('rejects a reading without a time or of the future', () => {
    tell(
      replay,
      [of('10:00:00', 1000), open],
      [t('12:00', 1000), closed('rejected')],
      [of('10:00:01', 1000), open],
      [t('12:00', 1000, { reading_at: '2026-06-01T12:01:00.001Z' }), closed('rejected')],
      [t('12:00', 1000, { reading_at: '2026-06-01T12:01:00Z' }), open],
    )
  })

  it('is never silent and has no wake-ups', () => {
    tell(
      { ...replay, stale_after_seconds: 300 },
      [of('10:00:00', 1000), { ...open, wakeAt: null }],
      [ask('3 12:00'), { ...open, outcome: 'nothing' }],
    )
  })
})

describe('a currency', () => {
  const named = (time: string, equity: number, currency: string) => t(time, equity, { currency })

  it('is that of the first confirmed reading, and another is rejected however often it comes', () => {
    tell(
      careful(drawdown(20)),
      [named('10:00', 1000, 'USDT'), open],
      [named('10:01:00', 1000, 'BTC'), { ...closed('rejected'), rejected: 'currency: is BTC, not USDT' }],
      [named('10:01:06', 1000, 'BTC'), closed('rejected')],
      [t('10:02', 1000), open],
    )
  })

  it('is not that of a first reading that is dropped', () => {
    tell(
      { ...careful(drawdown(20)), initial_balance: null },
      [named('10:00', 5, 'BTC'), closed('unconfirmed')],
      [named('10:01', 1000, 'USDT'), closed('unconfirmed')],
      [named('10:01:01', 1000, 'USDT'), open],
      [named('10:02', 1000, 'BTC'), closed('rejected')],
    )
  })

  it('may be configured', () => {
    tell({ ...plain(), currency: 'EUR' }, [
      named('10:00', 1000, 'USD'),
      { ...closed('no-reading'), codes: ['no-reading', 'rejected'] },
    ])
  })
})

describe('silence', () => {
  it('is judged by default after 300 seconds without a usable reading, and ends with the next', () => {
    tell(
      { initial_balance: 1000, limits: [], confirm_jump: null },
      [t('10:00', 1000), { ...open, wakeAt: moment('10:05') }],
      [ask('10:04:59'), { ...open, outcome: 'nothing' }],
      [ask('10:05'), { ...closed('silent'), outcome: 'event', wakeAt: null }],
      [raw('10:05:01', '{}'), { codes: ['rejected', 'silent'] }],
      [t('10:06', 1000), { ...open, wakeAt: moment('10:11') }],
    )
  })

  it('is broken by a reading that waits, and not by one that is late', () => {
    tell(
      { initial_balance: 1000, limits: [] },
      [t('10:00', 1000, { seq: 2 }), open],
      [t('10:04', 1000, { seq: 1 }), open],
      [ask('10:05'), closed('silent')],
      [t('10:06', 2000, { seq: 3 }), { codes: ['unconfirmed'] }],
    )
  })

  it('is nothing before the first reading', () => {
    tell(
      { initial_balance: 1000, limits: [] },
      [ask('10:00'), closed('no-reading')],
      [ask('12:00'), { codes: ['no-reading'] }],
    )
  })
})
