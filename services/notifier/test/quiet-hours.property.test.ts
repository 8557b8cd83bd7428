import { assert, constantFrom, integer, property, record } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isQuiet, minuteOfDay, quietUntil } from '../src/core/quiet-hours.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const at = (text: string) => Date.parse(text)
const wall = (hours: number, minutes = 0) => 60 * hours + minutes

/** When clocks change in 2026. */
const CHANGES = {
  'Europe/Berlin': [at('2026-03-29T01:00Z'), at('2026-10-25T01:00Z')],
  'America/New_York': [at('2026-03-08T07:00Z'), at('2026-11-01T06:00Z')],
} as const
const NIGHT = { from: wall(22), until: wall(7) }

describe('quiet hours from 22:00 to 07:00 over a change of clocks', () => {
  test.each([
    ['Europe/Berlin', 'are an hour shorter', '2026-03-28T21:00Z', '2026-03-29T05:00Z'],
    ['Europe/Berlin', 'are an hour longer', '2026-10-24T20:00Z', '2026-10-25T06:00Z'],
    ['America/New_York', 'are an hour shorter', '2026-03-08T03:00Z', '2026-03-08T11:00Z'],
    ['America/New_York', 'are an hour longer', '2026-11-01T02:00Z', '2026-11-01T12:00Z'],
  ])('in %s %s', (zone, _, begin, end) => {
    expect(isQuiet(at(begin) - 1, NIGHT, zone)).toBe(false)
    for (let time = at(begin); time < at(end); time += 10 * MINUTE) {
      expect(isQuiet(time, NIGHT, zone)).toBe(true)
      expect(quietUntil(time, NIGHT, zone)).toBe(at(end))
    }
    expect(isQuiet(at(end), NIGHT, zone)).toBe(false)
  })
})

describe('quiet hours that begin or end in an hour that clocks', () => {
  test.each([
    ['skip, end where the next one begins', 'Europe/Berlin', '2026-03-29T00:30Z', wall(2, 30), '2026-03-29T01:00Z'],
    ['skip, end where the next one begins', 'America/New_York', '2026-03-08T06:30Z', wall(2, 30), '2026-03-08T07:00Z'],
    ['repeat, end the first time', 'Europe/Berlin', '2026-10-24T23:30Z', wall(2, 30), '2026-10-25T00:30Z'],
    ['repeat, end the second time, too', 'Europe/Berlin', '2026-10-25T01:10Z', wall(2, 30), '2026-10-25T01:30Z'],
    ['repeat, end the first time', 'America/New_York', '2026-11-01T05:10Z', wall(1, 30), '2026-11-01T05:30Z'],
    ['repeat, end the second time, too', 'America/New_York', '2026-11-01T06:10Z', wall(1, 30), '2026-11-01T06:30Z'],
  ])('%s, in %s', (_, zone, time, until, end) => {
    const hours = { from: wall(22), until }
    expect(isQuiet(at(time), hours, zone)).toBe(true)
    expect(quietUntil(at(time), hours, zone)).toBe(at(end))
  })
})

test('around a change of clocks, quiet hours end at the first minute that is not quiet', () => {
  const moments = record({
    zone: constantFrom(...(Object.keys(CHANGES) as (keyof typeof CHANGES)[])),
    change: integer({ min: 0, max: 1 }),
    minutes: integer({ min: -30 * 60, max: 30 * 60 }),
    from: integer({ min: 0, max: 1_439 }),
    length: integer({ min: 1, max: 1_439 }),
  })
  assert(
    property(moments, ({ zone, change, minutes, from, length }) => {
      const hours = { from, until: (from + length) % 1_440 }
      const now = (CHANGES[zone][change] ?? 0) + minutes * MINUTE
      let first = now
      while (isQuiet(first, hours, zone)) first += MINUTE
      expect(quietUntil(now, hours, zone)).toBe(first)
    }),
    { numRuns: 300 },
  )
})

test('a time of day is what the clock on the wall shows', () => {
  const zones = Object.keys(CHANGES) as (keyof typeof CHANGES)[]
  for (const zone of zones) {
    for (const change of CHANGES[zone]) {
      for (let time = change - 3 * HOUR; time < change + 3 * HOUR; time += 15 * MINUTE) {
        const [, hours, minutes] = /(\d\d):(\d\d)/.exec(new Date(time).toLocaleString('sv', { timeZone: zone })) ?? []
        expect(minuteOfDay(time, zone)).toBe(wall(Number(hours), Number(minutes)))
      }
    }
  }
})
