import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Order, type Position, reducing } from '../src/index.ts'

interface Case {
  readonly is: string
  readonly position: Position | null
  readonly order: Order
  readonly reduces: boolean
}

/** The client in Python is tested by the same table. */
const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL('../../../clients/shared/reducing.json', import.meta.url), 'utf8'),
)

describe('an order that can only reduce exposure is an exit, and every other one an entry:', () => {
  test.each(cases.map((one) => [one.is, one] as const))('%s', (_is, { position, order, reduces }) => {
    expect(reducing(position, order)).toBe(reduces)
  })
})

test('the table has exits and entries of each kind of position', () => {
  for (const kind of ['spot', 'net', 'hedged', undefined]) {
    const answers = cases.filter(({ position }) => position?.kind === kind).map(({ reduces }) => reduces)
    expect(new Set(answers)).toEqual(new Set([true, false]))
  }
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, '1e999', '', ' 1', '0x10'])('a size of %s is none', (size) => {
  expect(reducing({ kind: 'net', size: 10 }, { side: 'sell', quantity: size })).toBe(false)
  expect(reducing({ kind: 'net', size }, { side: 'sell', quantity: 1 })).toBe(false)
})

test.each([
  [1e-7, '0.0000001'],
  ['1E3', 1000],
])('%s and %s are the same quantity', (one, other) => {
  expect(reducing({ kind: 'net', size: one }, { side: 'sell', quantity: other })).toBe(true)
  expect(reducing({ kind: 'net', size: other }, { side: 'sell', quantity: one })).toBe(true)
})
