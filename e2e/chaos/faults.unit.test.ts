import { Random } from '@drawbridge/testing/random'
import { expect, test } from 'vitest'
import { faults, faultsOf } from './faults.ts'

function first(count: number, long: boolean, seed = 1): string[] {
  const order = faultsOf(new Random(seed), long)
  return Array.from({ length: count }, () => order.next().value ?? '')
}

const KINDS = Object.keys(faults)

test('every kind of fault comes once before any comes again, in an order by seed', () => {
  const round = first(KINDS.length, true)
  expect(round.toSorted()).toEqual(KINDS.toSorted())
  expect(first(KINDS.length, true)).toEqual(round)
  expect(first(KINDS.length, true, 2)).not.toEqual(round)
})

test('a short run has kills and frozen processes alone', () => {
  const short = first(100, false)
  expect(short.filter((name) => !/^(kill|freeze) /.test(name))).toEqual([])
})
