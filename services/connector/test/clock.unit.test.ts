import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Clock } from '../src/outbound/clock.ts'

const HOUR_MS = 3_600_000
const START = Date.UTC(2026, 0, 1)

beforeEach(() => {
  vi.useFakeTimers({ now: START })
})
afterEach(() => {
  vi.useRealTimers()
})

test('it goes on when the clock of the machine is set back, and never behind that one', () => {
  const clock = new Clock()
  vi.advanceTimersByTime(1_000)
  vi.setSystemTime(START - HOUR_MS)
  vi.advanceTimersByTime(1_000)
  expect(clock.latest()).toBe(START + 2_000)

  vi.setSystemTime(START + HOUR_MS)
  expect(clock.latest()).toBe(START + HOUR_MS)
  vi.setSystemTime(START)
  vi.advanceTimersByTime(1_000)
  expect(clock.latest()).toBe(START + HOUR_MS + 1_000)
})

test('a clock that was set is one opinion of the time, and the time before it was set is another', () => {
  const clock = new Clock()
  vi.advanceTimersByTime(1_000)
  vi.setSystemTime(START + HOUR_MS)
  expect(clock.opinions()).toEqual([START + HOUR_MS, START + 1_000])
})
