import { formatInstant, parseInstant } from '@drawbridge/contracts'
import { describe, expect, it } from 'vitest'

describe('a time', () => {
  it.each([
    ['2026-03-12T20:00:00Z', '2026-03-12T20:00:00.000Z'],
    ['2026-03-12T20:00Z', '2026-03-12T20:00:00.000Z'],
    ['2026-03-12T16:00:00-05:00', '2026-03-12T21:00:00.000Z'],
    ['2026-03-12T16:00:00+05:45', '2026-03-12T10:15:00.000Z'],
    ['2026-03-12T20:00:00.5Z', '2026-03-12T20:00:00.500Z'],
    ['2026-03-12T20:00:00.123456789Z', '2026-03-12T20:00:00.123Z'],
    ['2026-03-12T20:00:00.0009Z', '2026-03-12T20:00:00.000Z'],
    ['1969-12-31T23:59:59.9999Z', '1969-12-31T23:59:59.999Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('%s is read', (text, utc) => {
    const read = parseInstant(text)
    expect(read.ok && formatInstant(read.value)).toBe(utc)
  })

  it.each([
    ['no zone', '2026-03-12T20:00:00'],
    ['no time of day', '2026-03-12'],
    ['a space for the T', '2026-03-12 20:00:00Z'],
    ['small letters', '2026-03-12t20:00:00z'],
    ['30 February', '2026-02-30T00:00:00Z'],
    ['29 February of a common year', '2026-02-29T00:00:00Z'],
    ['31 April', '2026-04-31T00:00:00Z'],
    ['month 13', '2026-13-01T00:00:00Z'],
    ['month 0', '2026-00-01T00:00:00Z'],
    ['day 0', '2026-01-00T00:00:00Z'],
    ['hour 24', '2026-03-12T24:00:00Z'],
    ['hour 25', '2026-03-12T25:00:00Z'],
    ['minute 60', '2026-03-12T20:60:00Z'],
    ['a leap second', '2026-12-31T23:59:60Z'],
    ['a zone of 25 hours', '2026-03-12T20:00:00+25:00'],
    ['a zone without a colon', '2026-03-12T20:00:00+0500'],
    ['ten decimals', '2026-03-12T20:00:00.1234567890Z'],
    ['an empty fraction', '2026-03-12T20:00:00.Z'],
    ['a year of five digits', '12026-03-12T20:00:00Z'],
    ['a signed year', '+002026-03-12T20:00:00Z'],
    ['the year 0', '0000-06-01T00:00:00Z'],
    ['a zone that leads into the year 0', '0001-01-01T00:00:00+14:00'],
    ['a zone that leads into the year 10000', '9999-12-31T23:59:59-14:00'],
    ['space around it', ' 2026-03-12T20:00:00Z'],
    ['nothing', ''],
    ['words', 'yesterday'],
    ['milliseconds', 1773345600000],
    ['null', null],
  ])('with %s is refused', (_name, value) => {
    expect(parseInstant(value)).toEqual({ ok: false, reason: expect.stringMatching(/^must be a time/) })
  })
})
