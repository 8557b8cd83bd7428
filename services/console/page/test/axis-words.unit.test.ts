import { expect, test } from 'vitest'
import { formatTimes } from '../src/views/trader/chart/axis-words.ts'

const seconds = (time: string) => Date.parse(time) / 1_000
const DAY = 86_400

test('an axis of times speaks the language of the reader', () => {
  const days = [seconds('2026-03-02T00:00:00Z'), seconds('2026-05-03T00:00:00Z')]
  expect(formatTimes(days, DAY, 'UTC', 'de-DE')).toEqual(['2. März', '3. Mai'])
  expect(formatTimes(days, DAY, 'UTC', 'en-US')).toEqual(['Mar 2', 'May 3'])
})

test('times are no finer than they are apart', () => {
  const time = [seconds('2026-03-01T14:05:09Z')]
  expect(formatTimes(time, 365 * DAY, 'UTC', 'de-DE')).toEqual(['2026'])
  expect(formatTimes(time, 28 * DAY, 'UTC', 'de-DE')).toEqual(['März 2026'])
  expect(formatTimes(time, 60, 'UTC', 'de-DE')).toEqual(['14:05'])
  expect(formatTimes(time, 1, 'UTC', 'de-DE')).toEqual(['14:05:09'])
})

test('where a day of the zone begins, the date stands instead of the time', () => {
  const times = [seconds('2026-03-01T22:00:00Z'), seconds('2026-03-01T23:00:00Z')]
  expect(formatTimes(times, 3_600, 'Europe/Berlin', 'de-DE')).toEqual(['23:00', '2. März'])
})
