import { expect, test } from 'vitest'
import { silentTraders } from '../src/traders.ts'

const SINCE = Date.UTC(2026, 2, 12, 14)

test('nothing is said where no trader is silent', () => {
  expect(silentTraders([])).toBeNull()
  expect(silentTraders([{ trader: 'bot1', staleSince: null }])).toBeNull()
})

test('those that are silent are named, with the time of their last equity', () => {
  const traders = ['bot1', 'bot2', 'bot3'].map((trader, index) => ({
    trader,
    staleSince: index === 1 ? null : SINCE + index,
  }))
  expect(silentTraders(traders)).toBe(
    'no equity from bot1 since 2026-03-12T14:00:00.000Z, bot3 since 2026-03-12T14:00:00.002Z',
  )
})

test('of very many the rest is counted', () => {
  const traders = Array.from({ length: 23 }, (_, index) => ({ trader: `bot${index}`, staleSince: SINCE }))
  expect(silentTraders(traders)).toMatch(/bot19 since [^,]+, and 3 more$/)
})
