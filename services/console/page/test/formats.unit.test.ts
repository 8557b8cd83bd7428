import { expect, test } from 'vitest'
import { formatMoney, formatPercent, shortened } from '../src/formats/amounts.ts'
import { formatDuration, formatTime, zoneName } from '../src/formats/times.ts'
import { pathOf, routeOf } from '../src/store/route.ts'
import { changesOf } from '../src/views/operate/fields/limit-values.ts'

test.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [3_600_000, '1 h'],
  [7_500_000, '2 h 5 min'],
  [90_061_000, '1 d 1 h'],
  [-5, '0 s'],
])('%s ms are %s', (ms, words) => {
  expect(formatDuration(ms)).toBe(words)
})

test('an amount keeps the digits that a float would lose', () => {
  expect(formatMoney('999999999999999.99')).toMatch(/999.?999.?999.?999.?999[.,]99/)
})

test('what is rounded to nothing has no sign', () => {
  expect([formatPercent('-0.1', 0), formatPercent('-0.04')]).toEqual(['0 %', expect.stringMatching(/^0[.,]0 %$/)])
  expect([formatMoney('-0.001'), formatMoney('-0.01')]).toEqual([
    expect.stringMatching(/^0[.,]00$/),
    expect.stringMatching(/^-0[.,]01$/),
  ])
})

test('what is not known is a dash, not a zero', () => {
  expect([formatMoney(null), formatPercent(null)]).toEqual(['–', '–'])
})

test('percentages in words are cut, never rounded up to a limit that was not reached', () => {
  expect(shortened('max_loss: 9.99999999 % of 10 %')).toBe('max_loss: 9.99 % of 10 %')
  expect(shortened('5.5 % reached the limit of 5 %')).toBe('5.5 % reached the limit of 5 %')
})

test('a time is told in the zone that the reader has chosen', () => {
  const at = '2026-03-12T23:30:00.000Z'
  expect(formatTime(at, zoneName('utc', 'America/New_York'))).toContain('11:30')
  expect(formatTime(at, zoneName('account', 'America/New_York'))).toContain('7:30')
  expect(zoneName('account', null)).toBeUndefined()
})

test('the path of a view leads back to it, whatever the id of the trader', () => {
  const id = 'binance:btc'
  expect(routeOf(pathOf('traders', id), '')).toMatchObject({ view: 'traders', id })
})

test('a path that nobody knows, or that is not well written, shows the fleet', () => {
  expect(routeOf('/nonsense', '')).toMatchObject({ view: 'fleet' })
  expect(routeOf('/traders/%zz', '')).toMatchObject({ view: 'traders', id: '%zz' })
})

test('only limits that differ from those in force are sent, as they were typed', () => {
  const inForce = { max_drawdown: '20', daily_loss_ends: 'timer', confirm_jump: { percent: '20' }, reset_time: '00:00' }
  const texts = { max_drawdown: '12.50', daily_loss_ends: 'timer', confirm_jump: 'null', reset_time: '00:00' }
  expect(changesOf(inForce, texts)).toEqual({ max_drawdown: '12.50', confirm_jump: null })
})

test('a limit whose JSON is not whole is not sent', () => {
  expect(changesOf({ tiers: [] }, { tiers: '[{' })).toBeNull()
})
