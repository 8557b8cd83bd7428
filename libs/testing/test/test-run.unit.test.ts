import { expect, test } from 'vitest'
import { workerCount } from '../src/test-run.ts'

test('follows the number of cores', () => {
  expect(workerCount({}, 1)).toBe(2)
  expect(workerCount({}, 8)).toBe(16)
})

test('is one where there is one NATS for all', () => {
  expect(workerCount({ TEST_NATS_URL: 'nats://127.0.0.1:4222', DRAWBRIDGE_TEST_WORKERS: '4' }, 8)).toBe(1)
})

test('is what the environment says', () => {
  expect(workerCount({ DRAWBRIDGE_TEST_WORKERS: '3' }, 8)).toBe(3)
})

test.each(['0', '65', '1.5', 'all'])('"%s" is refused', (given) => {
  expect(() => workerCount({ DRAWBRIDGE_TEST_WORKERS: given })).toThrow(
    `DRAWBRIDGE_TEST_WORKERS must be a whole number from 1 to 64, got "${given}"`,
  )
})
