import { expect, test } from 'vitest'
import { waitBeforeRetry } from '../src/store/wait-before-retry.ts'

test('a page waits longer after each failure, and never longer than 15 seconds', () => {
  const waits = [1, 2, 3, 4, 5, 6, 100].map((failures) => waitBeforeRetry(failures, 1))
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
})

test('pages that lose the console together come back over half of that time', () => {
  expect([waitBeforeRetry(3, 0), waitBeforeRetry(3, 0.5)]).toEqual([2_000, 3_000])
})
