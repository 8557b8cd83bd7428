import { expect, test } from 'vitest'
import { valueAt } from '../../src/adapters/generic/pointer.ts'
import { readingOf } from '../../src/adapters/generic/reading.ts'

const DOCUMENT = { account: { equity: 5, 'a/b': 1, 'm~n': 2 }, list: [{ total: '7' }], none: null }

test.each([
  ['', DOCUMENT],
  ['/account/equity', 5],
  ['/account/a~1b', 1],
  ['/account/m~0n', 2],
  ['/list/0/total', '7'],
  ['/none', null],
  ['/none/more', undefined],
  ['/list/1', undefined],
  ['/account/equity/more', undefined],
  ['/toString', undefined],
  ['/list/length', 1],
])('the pointer "%s" names what it says', (pointer, value) => {
  expect(valueAt(DOCUMENT, pointer)).toEqual(value)
})

const place = (value: unknown) => ({ name: '/x', value })
const dollars = { currency: place('USD') }

test.each([null, undefined, '', 'NaN', Number.NaN, true, [], {}])('%j is no equity, and never a zero', (value) => {
  expect(readingOf({ equity: place(value), ...dollars })).toMatchObject({ kind: 'unusable' })
})

test('a time may be text, seconds or milliseconds', () => {
  const at = (value: unknown) => readingOf({ equity: place(1), ...dollars, time: place(value) })
  for (const value of ['2026-01-01T00:00:00Z', 1_767_225_600, 1_767_225_600_000]) {
    expect(at(value)).toMatchObject({ reading: { at: Date.UTC(2026, 0, 1) } })
  }
  expect(at('yesterday')).toMatchObject({ kind: 'unusable' })
})
