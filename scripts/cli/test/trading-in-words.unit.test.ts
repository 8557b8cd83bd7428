import { expect, test } from 'vitest'
import { tradingInWords } from '../options.ts'

test.each([
  [false, null, 'ok', 'allowed'],
  [false, null, null, 'allowed'],
  [false, null, 'silent', 'blocked (silent)'],
  [false, null, 'unconfirmed', 'blocked (unconfirmed)'],
  [true, '2026-03-13T00:00:00.000Z', 'limit', 'paused until 2026-03-13T00:00:00.000Z'],
  [true, null, 'operator', 'paused until an operator resumes'],
])('paused %j until %j, by the code %j, is told as %s', (isPaused, until, code, words) => {
  expect(tradingInWords(isPaused, until, code)).toBe(words)
})
