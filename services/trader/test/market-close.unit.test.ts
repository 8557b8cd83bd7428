import { expect, test } from 'vitest'
import { marketClose } from '../src/core/simulation.ts'

const closes: readonly (readonly [date: string, close: string, why: string])[] = [
  ['2020-01-15', '2020-01-15T21:00:00.000Z', 'in winter'],
  ['2020-07-15', '2020-07-15T20:00:00.000Z', 'in summer'],
  ['2020-03-06', '2020-03-06T21:00:00.000Z', 'on the last trading day before the clocks go forward'],
  ['2020-03-08', '2020-03-08T20:00:00.000Z', 'on the day when the clocks go forward'],
  ['2020-11-01', '2020-11-01T21:00:00.000Z', 'on the day when the clocks go back'],
  ['2006-04-03', '2006-04-03T20:00:00.000Z', 'after the first Sunday of April, as summer began until 2006'],
  ['2006-03-20', '2006-03-20T21:00:00.000Z', 'in March, before summer began until 2006'],
  ['2000-02-29', '2000-02-29T21:00:00.000Z', 'on a leap day'],
]

test.each(closes)('on %s the market closes at %s: %s', (date, close) => {
  expect(new Date(marketClose(date)).toISOString()).toBe(close)
})
