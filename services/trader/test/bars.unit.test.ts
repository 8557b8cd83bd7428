import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseBars } from '../src/core/bars.ts'

const HEADER = 'date,open,high,low,close'
const GOOD = '2000-01-03,1.5,2.25,1,2'

test('bars are read in the order of their dates', () => {
  const bars = parseBars(`${HEADER}\n${GOOD}\r\n2000-01-04,2,3,1.5,2.5\n`)

  expect(bars).toEqual({
    ok: true,
    value: [
      { date: '2000-01-03', open: 150_000_000n, high: 225_000_000n, low: 100_000_000n, close: 200_000_000n },
      { date: '2000-01-04', open: 200_000_000n, high: 300_000_000n, low: 150_000_000n, close: 250_000_000n },
    ],
  })
})

test('prices may be as long as programs print them, and count like those of ticks', () => {
  expect(parseBars(`${HEADER}\n2000-01-03,1455.219970703125,1.5e3,1e-8,0.30000000000000004\n`)).toMatchObject({
    value: [{ open: 145_521_997_070n, high: 150_000_000_000n, low: 1n, close: 30_000_000n }],
  })
})

test('the S&P 500 of the demo is read whole', () => {
  const bars = parseBars(readFileSync(new URL('../data/sp500-2000.csv', import.meta.url), 'utf8'))

  expect(bars.ok && [bars.value.length, bars.value[0]?.date, bars.value.at(-1)?.date]).toEqual([
    5105,
    '2000-01-03',
    '2020-04-17',
  ])
})

const faults: readonly (readonly [name: string, text: string, reason: string])[] = [
  ['another header', `day,close\n${GOOD}`, 'line 1: must be "date,open,high,low,close", got "day,close"'],
  ['nothing', '', 'line 1: must be "date,open,high,low,close", got ""'],
  ['no bars', `${HEADER}\n`, 'has no bars'],
  ['an empty line', `${HEADER}\n${GOOD}\n\n2000-01-04,1,1,1,1`, 'line 3: date must be like "2000-01-03", got ""'],
  ['words for a date', `${HEADER}\nyesterday,1,1,1,1`, 'line 2: date must be like "2000-01-03", got "yesterday"'],
  ['a month too many', `${HEADER}\n2000-13-01,1,1,1,1`, 'line 2: date must be like "2000-01-03", got "2000-13-01"'],
  [
    'a leap day that was none',
    `${HEADER}\n2001-02-29,1,1,1,1`,
    'line 2: date must be like "2000-01-03", got "2001-02-29"',
  ],
  ['a field too few', `${HEADER}\n2000-01-03,1,1,1`, 'line 2: must have 5 fields, has 4'],
  ['a field too many', `${HEADER}\n2000-01-03,1,1,1,1,1`, 'line 2: must have 5 fields, has 6'],
  [
    'a price in words',
    `${HEADER}\n${GOOD}\n2000-01-04,1,1,1,n/a`,
    'line 3: close must be a decimal like "10250.50", got "n/a"',
  ],
  ['an empty price', `${HEADER}\n2000-01-03,1,,1,1`, 'line 2: high must be a decimal like "10250.50", got ""'],
  ['NaN', `${HEADER}\n2000-01-03,NaN,1,1,1`, 'line 2: open must be a decimal like "10250.50", got "NaN"'],
  ['a price of nothing', `${HEADER}\n2000-01-03,1,1,0,1`, 'line 2: low must be above 0, got 0'],
  ['a negative price', `${HEADER}\n2000-01-03,1,1,-2,1`, 'line 2: low must be above 0, got -2'],
  ['a date twice', `${HEADER}\n${GOOD}\n${GOOD}`, 'line 3: 2000-01-03 does not come after 2000-01-03'],
  ['dates going back', `${HEADER}\n${GOOD}\n1999-12-31,1,1,1,1`, 'line 3: 1999-12-31 does not come after 2000-01-03'],
]

test.each(faults)('%s is refused with the line at fault', (_name, text, reason) => {
  expect(parseBars(text)).toEqual({ ok: false, reason })
})
