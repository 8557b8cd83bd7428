import { expect, test } from 'vitest'
import { clock } from '../src/store/clock.ts'
import { consoleNow } from '../src/store/console-now.ts'
import { fleet } from '../src/store/live.ts'

test('the time is that of the console, however wrong the clock of this machine is', () => {
  const [wall, steady] = [Date.parse('2026-03-12T14:00:00Z'), 5_000]
  clock.value = { wall, steady }
  expect(consoleNow()).toBe(wall)
  const now = wall + 3_600_000
  fleet.take('pulse', { now, natsAway: null, isCurrent: true, newest: null, guardian: null }, steady)
  expect(consoleNow()).toBe(now)
  clock.value = { wall, steady: steady + 3_000 }
  expect(consoleNow()).toBe(now + 3_000)
})
