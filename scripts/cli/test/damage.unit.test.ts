import { expect, test } from 'vitest'
import { type VersionRange, without } from '../adopt-log/damage.ts'

const range = (from: number, to: number): VersionRange => ({ from, to })

test.each<[string, VersionRange, readonly VersionRange[], readonly VersionRange[]]>([
  ['nothing is known', range(3, 9), [], [range(3, 9)]],
  ['all of it is known', range(3, 9), [range(1, 12)], []],
  ['its beginning is known', range(3, 9), [range(1, 4)], [range(5, 9)]],
  ['its end is known', range(3, 9), [range(8, 20)], [range(3, 7)]],
  ['what is known lies within it', range(3, 9), [range(4, 5), range(7, 7)], [range(3, 3), range(6, 6), range(8, 9)]],
  ['what is known lies elsewhere', range(3, 9), [range(1, 2), range(10, 11)], [range(3, 9)]],
])('of a range of versions remains what is not known, where %s', (_case, whole, known, left) => {
  expect(without(whole, known)).toEqual(left)
})
