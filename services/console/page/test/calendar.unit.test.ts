import { expect, test } from 'vitest'
import { fieldOf, fromField, instantAt, STEPS, stepOf, toField } from '../src/views/time-travel/instants.ts'
import { calendarOf, dateIn, spanOfYear, yearsOf } from '../src/views/trader/calendar.ts'

const day = (date: string, pnl: string | null, open: string | null = '1000') => ({
  day: Date.parse(`${date}T00:00:00Z`),
  open,
  close: '1000',
  low: '1000',
  high: '1000',
  pnl,
  cashFlow: '0',
  drawdownPct: '0',
  breaches: 0,
  blockedSeconds: 0,
  firstVersion: 1,
  lastVersion: 2,
})
const dateOf = (at: number) => new Date(at).toISOString().slice(0, 10)

test('days stand in their week and weekday, coloured by their share of the largest gain or loss', () => {
  // 2008 began on a Tuesday, and was a leap year.
  const days = [
    day('2008-01-01', '10'),
    day('2008-01-06', '-2.5'),
    day('2008-01-07', '0'),
    day('2008-10-09', '-80'),
    day('2008-12-31', '40'),
  ]
  expect(calendarOf(days, dateOf).map(({ week, weekday, level, pct }) => [week, weekday, level, pct])).toEqual([
    [0, 1, 2, 1],
    [0, 6, -1, -0.25],
    [1, 0, 0, 0],
    [40, 3, -4, -8],
    [52, 2, 3, 4],
  ])
})

test('a day without a beginning has no colour', () => {
  const [one, two] = calendarOf([day('2008-01-01', null, null), day('2008-01-02', '5', '0')], dateOf)
  expect([one?.level, one?.pct, two?.level, two?.pct]).toEqual([0, null, 0, null])
})

test('the slider goes through the whole history', () => {
  const whole = { from: Date.UTC(2006, 0, 1), until: Date.UTC(2026, 0, 1) }
  expect(instantAt(0, whole)).toBe(whole.from)
  expect(instantAt(STEPS, whole)).toBe(whole.until)
  for (const step of [0, 1, 499, STEPS]) expect(stepOf(instantAt(step, whole), whole)).toBe(step)
  expect(stepOf(0, whole)).toBe(0)
})

test('a typed instant is one of UTC, or of the zone of this machine', () => {
  const at = Date.UTC(2008, 9, 9, 20, 15)
  expect(toField(at, true)).toBe('2008-10-09T20:15:00')
  expect(fromField('2008-10-09T20:15:00', true)).toBe(at)
  expect(fromField(toField(at, false), false)).toBe(at)
  expect(fromField('', true)).toBeNull()
})

test('the days of a year are those of the zone of the account, whose year does not begin with that of UTC', () => {
  const dateInTokyo = dateIn('Asia/Tokyo')
  const beginOf = (date: string) => ({ ...day(date, '1'), day: Date.parse(`${date}T00:00:00+09:00`) })
  const all = ['2019-12-31', '2020-01-01', '2020-12-31', '2021-01-01'].map(beginOf)
  expect(calendarOf(all, dateInTokyo, 2020).map(({ date, weekday }) => [date, weekday])).toEqual([
    ['2020-01-01', 2],
    ['2020-12-31', 3],
  ])
  const { from, until } = spanOfYear(2020)
  expect(all.slice(1, 3).every(({ day: began }) => from <= began && began < until)).toBe(true)
  const whole = { from: Date.parse('2019-06-01T00:00:00Z'), until: Date.parse('2020-12-31T16:00:00Z') }
  expect(yearsOf(whole, dateInTokyo)).toEqual([2021, 2020, 2019])
})

test('a field keeps what is typed while it says the instant, and shows another one that comes', () => {
  const at = Date.parse('2008-10-09T20:15:00Z')
  expect(fieldOf(at, '2008-10-09T20:15', true)).toBe('2008-10-09T20:15')
  expect(fieldOf(at + 60_000, '2008-10-09T20:15', true)).toBe('2008-10-09T20:16:00')
  expect(fieldOf(at, '', true)).toBe('2008-10-09T20:15:00')
})
