import { describe, expect, test } from 'vitest'
import { arrange, type FleetRow } from '../src/views/fleet/arrange.ts'
import { queryOf, settingsOf } from '../src/views/fleet/fleet-settings.ts'
import { accounts, member, room } from './members.ts'

const settings = (query: string) => settingsOf(new URLSearchParams(query))
const idsOf = (rows: readonly FleetRow[]) =>
  rows.map((row) => (row.kind === 'trader' ? row.account.member.id : `[${row.name}]`))
const BLOCKED = { status: 'paused', code: 'limit', reason: 'max_drawdown: 21 % reached' } as const
const ABOUT = { paper: false, group: null, tags: [], isSum: false }

describe('the rows of the fleet', () => {
  test('have the severest first', () => {
    const fleet = accounts([
      member('calm'),
      member('near', { limits: [room('max_drawdown', '5', { warned: true })] }),
      member('held', BLOCKED),
      member('out', { ...BLOCKED, action: 'flatten' }),
    ])
    expect(idsOf(arrange(fleet, settings('')).rows)).toEqual(['out', 'held', 'near', 'calm'])
  })

  test('are sorted by number, not by text, and what has none comes last in both directions', () => {
    const fleet = accounts([
      member('a', { equity: '90' }),
      member('b', { equity: '1000' }),
      member('c', { equity: null }),
    ])
    expect(idsOf(arrange(fleet, settings('sort=equity')).rows)).toEqual(['a', 'b', 'c'])
    expect(idsOf(arrange(fleet, settings('sort=-equity')).rows)).toEqual(['b', 'a', 'c'])
  })

  test('are sorted by the room to the nearest limit, where a target of profit is none', () => {
    const target = room('profit_target', '2', { measure: 'profit' })
    const fleet = accounts([
      member('far', { limits: [target, room('max_drawdown', '90')] }),
      member('near', { limits: [room('max_drawdown', '10')] }),
      member('free', { limits: [target] }),
    ])
    expect(idsOf(arrange(fleet, settings('sort=room')).rows)).toEqual(['near', 'far', 'free'])
  })

  test('are those of the states and the words that are asked for', () => {
    const fleet = accounts([member('desk-1', BLOCKED), member('desk-2'), member('other', BLOCKED)])
    expect(idsOf(arrange(fleet, settings('state=blocked&q=desk')).rows)).toEqual(['desk-1'])
    expect(idsOf(arrange(fleet, settings('q=drawdown')).rows)).toEqual(['desk-1', 'other'])
  })

  test('count all traders by state, whatever is shown', () => {
    const { counts, total, shown } = arrange(accounts([member('a'), member('b', BLOCKED)]), settings('state=blocked'))
    expect(counts).toMatchObject({ trading: 1, blocked: 1 })
    expect([total, shown]).toEqual([2, ['b']])
  })

  test('keep live and paper apart once there are both', () => {
    const said = { replayed: { ...ABOUT, paper: true } }
    expect(idsOf(arrange(accounts([member('replayed')], said), settings('')).rows)).toEqual(['replayed'])
    const both = accounts([member('replayed'), member('real')], said)
    expect(idsOf(arrange(both, settings('')).rows)).toEqual(['[Live]', 'real', '[Paper]', 'replayed'])
  })

  test('show a trader in the section of each of its tags, and count it once', () => {
    const said = { a: { ...ABOUT, tags: ['x', 'y'] } }
    const { rows, shown } = arrange(accounts([member('a'), member('b')], said), settings('group=tag'))
    expect(idsOf(rows)).toEqual(['[no tag]', 'b', '[x]', 'a', '[y]', 'a'])
    expect(shown).toEqual(['a', 'b'])
  })

  test('have a trader of the settings that has never reported', () => {
    const [row] = arrange(accounts([], { bot1: ABOUT }), settings('')).rows
    expect(row).toMatchObject({
      kind: 'trader',
      account: { standing: 'unconfirmed', member: { id: 'bot1', equity: null } },
    })
  })
})

describe('totals', () => {
  const section = (rows: readonly FleetRow[]) => rows.filter((row) => row.kind === 'section')

  test('add up one currency each, exactly', () => {
    const fleet = accounts([
      member('a', { currency: 'USD', equity: '0.1', dailyPnl: '-1' }),
      member('b', { currency: 'USD', equity: '0.2', dailyPnl: null }),
      member('c', { currency: 'EUR', equity: '5', dailyPnl: '2' }),
    ])
    const [eur, usd] = section(arrange(fleet, settings('group=currency')).rows)
    expect(eur?.totals).toEqual([{ currency: 'EUR', equity: '5', day: '2', count: 1 }])
    expect(usd?.totals).toEqual([{ currency: 'USD', equity: '0.3', day: '-1', count: 2 }])
  })

  test('count the money of a sum once, with its members', () => {
    const usd = { currency: 'USD', equity: '10', dailyPnl: '1' }
    const fleet = accounts([member('a', usd), member('desk', { ...usd })], { desk: { ...ABOUT, isSum: true } })
    expect(section(arrange(fleet, settings('group=currency')).rows)).toMatchObject([
      { count: 2, totals: [{ currency: 'USD', equity: '10', count: 1 }] },
    ])
  })

  test('leave out accounts that name no currency, and say how many', () => {
    const fleet = accounts([member('a', { currency: 'USD' }), member('b')], {
      a: { ...ABOUT, group: 'desk' },
      b: { ...ABOUT, group: 'desk' },
    })
    expect(section(arrange(fleet, settings('group=group')).rows)).toMatchObject([
      { name: 'desk', count: 2, unnamed: 1, totals: [{ currency: 'USD', equity: '1000', count: 1 }] },
    ])
  })
})

test('a view of the fleet comes back from its address', () => {
  const query = 'q=desk&state=flatten%2Cblocked&group=tag&sort=-room'
  const written = Object.entries(queryOf(settings(query))).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  )
  expect(new URLSearchParams(written).toString()).toBe(query)
})

test('what an address says and nobody knows is left out', () => {
  expect(settings('state=nonsense&group=moon&sort=luck')).toEqual(settings(''))
})
