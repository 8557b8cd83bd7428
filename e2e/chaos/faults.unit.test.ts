import { expect, test } from 'vitest'
import { Random } from '../simulation/random.ts'
import { type Choice, faults, faultsOf } from './faults.ts'

function first(count: number, choice: Choice, seed = 1): string[] {
  const order = faultsOf(new Random(seed), choice)
  return Array.from({ length: count }, () => order.next().value ?? '')
}

const KINDS = Object.keys(faults)
const NOT_HANDLED = 'cut the tail of RISK'

test('every kind of fault comes once before any comes again, in an order by seed', () => {
  const all = { long: true, notHandled: true }
  const round = first(KINDS.length, all)
  expect(round.toSorted()).toEqual(KINDS.toSorted())
  expect(first(KINDS.length, all)).toEqual(round)
  expect(first(KINDS.length, all, 2)).not.toEqual(round)
})

test('what is not handled comes only where it is asked for', () => {
  const handled = first(KINDS.length - 1, { long: true, notHandled: false })
  expect(handled.toSorted()).toEqual(KINDS.filter((name) => name !== NOT_HANDLED).toSorted())
})

test('a short run has kills and frozen processes alone', () => {
  const short = first(100, { long: false, notHandled: true })
  expect(short.filter((name) => !/^(kill|freeze) /.test(name))).toEqual([])
})
