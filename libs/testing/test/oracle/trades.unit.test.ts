import { describe, it } from 'vitest'
import type { OracleConfig } from '../../src/engine/oracle/config.ts'
import {
  ask,
  at,
  breach,
  careful,
  closed,
  does,
  moment,
  open,
  plain,
  type Row,
  raw,
  refused,
  resume,
  t,
  tell,
} from './story.ts'

const inARow = (count: number, more = {}): OracleConfig => ({
  ...plain(),
  max_losing_trades: { count, in_a_row: true, least_minutes: 15, ...more },
})
const trade = (time: string, id: string, pnl: number | string, closedAt?: string) =>
  t(time, 1000, { closed: [{ id, pnl, ...(closedAt === undefined ? {} : { at: at(closedAt) }) }] })
const held = { ...breach('max_losing_trades'), holders: ['limit:max_losing_trades'] }

describe('losing trades in a row', () => {
  it('hold for the least time, and the count starts again', () => {
    tell(
      inARow(2),
      [trade('10:00', 'a', -1), open],
      [trade('10:01', 'b', -1), { ...held, until: moment('10:16'), wakeAt: moment('10:16') }],
      [trade('10:02', 'c', -1), { ...closed('limit'), breaches: [] }],
      [ask('10:16'), open],
      [trade('10:17', 'd', -1), open],
      [trade('10:18', 'e', -1), held],
    )
  })

  it('are ended by a winner, and not by a trade of 0 or by a small loser', () => {
    tell(
      inARow(2, { min_loss: 10 }),
      [trade('10:00', 'a', -10), open],
      [trade('10:01', 'b', 0), open],
      [trade('10:02', 'c', '-9.99'), open],
      [trade('10:03', 'd', -10), held],
    )
    tell(
      inARow(2, { min_loss: 10 }),
      [trade('10:00', 'a', -10), open],
      [trade('10:01', 'b', '0.01'), open],
      [trade('10:02', 'c', -10), open],
    )
  })

  it('count once an id', () => {
    tell(inARow(2), [trade('10:00', 'a', -1), open], [trade('10:01', 'a', -1), open], [trade('10:02', 'b', -1), held])
  })

  it('are forgotten beyond 32, and what is older than these does not count', () => {
    const winners = Array.from({ length: 32 }, (_, index): Row => [trade('10:05', `w${index}`, 1), open])
    tell(
      inARow(2),
      [trade('10:00', 'a', -1), open],
      ...winners,
      [trade('10:06', 'a', -1, '10:00'), open],
      [trade('10:07', 'b', -1), open],
      [trade('10:08', 'c', -1), held],
    )
  })

  it('count in a tick whose equity is rejected, late, or waits', () => {
    const lost = (id: string) => `"closed":[{"id":"${id}","pnl":-1}]`
    tell(
      inARow(2),
      [t('10:00', 1000, { seq: 5 }), open],
      [raw('10:01', `{"equity":"?",${lost('a')}}`), { ...closed('rejected'), breaches: [] }],
      [raw('10:02', `{"equity":1000,"seq":5,${lost('b')}}`), { ...held, code: 'limit', codes: ['limit', 'rejected'] }],
    )
    const { confirm_jump: _confirm, ...careful } = inARow(1)
    tell(
      careful,
      [t('10:00', 1000), open],
      [t('10:01', 5, { closed: [{ id: 'a', pnl: -1 }] }), { ...held, codes: ['unconfirmed', 'limit'] }],
    )
  })
})

describe('losing trades within minutes', () => {
  it('count those of the last minutes, up to the newest', () => {
    const within = { ...plain(), max_losing_trades: { count: 2, within_minutes: 10, least_minutes: 5 } }
    tell(
      within,
      [trade('10:00:00', 'a', -1), open],
      [trade('10:10:01', 'b', -1), open],
      [trade('10:15:00', 'c', 5), open],
      [trade('10:20:01', 'd', -1), { ...held, until: moment('10:25:01') }],
      [ask('10:25:01'), open],
      [trade('10:26:00', 'e', -1), open],
    )
  })

  it('are ordered by their own times', () => {
    const within = { ...plain(), max_losing_trades: { count: 2, within_minutes: 10, least_minutes: 5 } }
    tell(
      within,
      [trade('11:00', 'a', -1), open],
      [trade('11:01', 'b', -1, '10:30'), open],
      [trade('11:02', 'c', -1, '10:50'), held],
    )
  })
})

describe('the number of trades', () => {
  const two: OracleConfig = { ...plain(), max_trades: { count: 2, window: 'day', least_minutes: 1 } }

  it('is counted in a window and holds until its end', () => {
    tell(
      two,
      [trade('10:00', 'a', 1), open],
      [trade('10:01', 'b', 1), { ...breach('max_trades'), until: moment('2 00:00') }],
      [ask('2 00:00'), open],
      [trade('2 00:01', 'c', 1), open],
      [trade('2 00:02', 'd', 1, '23:59'), open],
      [trade('2 00:03', 'e', 1), breach('max_trades')],
    )
  })

  it('is counted from 0 again in a window that begins before anything is confirmed', () => {
    tell(
      { ...careful(), initial_balance: null, max_trades: { count: 2, window: 'day' } },
      [trade('10:00', 'a', 1), closed('unconfirmed')],
      [trade('2 10:00', 'b', 1), open],
      [trade('2 10:01', 'c', 1), breach('max_trades')],
    )
  })

  it('is of the window alone: of a week that began before a reset that is heard late, of a rule that comes later', () => {
    const week: OracleConfig = { ...plain(), max_trades: { count: 2, window: 'week' } }
    tell(
      week,
      [t('7 10:00', 1000), open],
      // Monday, 8 June, and two days later.
      [trade('10 10:00', 'a', 1, '9 10:00'), open],
      [trade('10 10:01', 'b', 1, '7 23:59'), open],
      [trade('10 10:02', 'c', 1, '8 00:00'), breach('max_trades')],
    )
    tell(
      plain(),
      [trade('10:00', 'a', 1), open],
      [does('2 10:00', { kind: 'limits', short: { max_trades: { count: 2, window: 'day' } } }), open],
      [trade('2 10:01', 'b', 1), open],
      [trade('2 10:02', 'c', 1), breach('max_trades')],
    )
  })

  it('is lifted only with rebase: true, and counts from 0 again', () => {
    tell(
      two,
      [trade('10:00', 'a', 1), open],
      [trade('10:01', 'b', 1), breach('max_trades')],
      [resume('10:02', { holder: 'max_trades' }), refused('rebase: true')],
      [resume('10:03', { holder: 'max_trades', rebase: true }), open],
      [trade('10:04', 'c', 1), open],
      [trade('10:05', 'd', 1), breach('max_trades')],
    )
  })
})

describe('rules of trades', () => {
  it('are told and not applied while enforcement is off', () => {
    tell(
      inARow(1),
      [does('10:00', { kind: 'flags', enable_risk_enforcement: false }), closed('no-reading')],
      [trade('10:01', 'a', -1), { ...open, unenforced: ['max_losing_trades'], breaches: [] }],
      [trade('10:02', 'b', -1), { ...open, unenforced: [] }],
    )
  })

  it('are none where no trades are reported', () => {
    tell({ ...inARow(1), max_trades: { count: 1, window: 'day' } }, [t('10:00', 1000), open], [t('10:01', 1), open])
  })
})
