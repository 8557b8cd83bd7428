import { expect, test } from 'vitest'
import { type Summary, statusOf } from '../status/fleet.ts'
import { fleetLines } from '../status/fleet-table.ts'
import { blockedBy } from '../status/obeyed.ts'

function trader(id: string, more: Partial<Summary> = {}): Summary {
  const amounts = { budget: null, roomPct: null, equity: '1000', dailyPnl: '0', drawdownPct: '0' }
  const standing = { status: 'allowed', until: null, reason: null, staleSince: null } as const
  return { id, ...standing, ...amounts, obeys: [], blockedBy: null, ...more }
}

const PAUSED = { status: 'paused', reason: 'max_daily_loss: 3 %', until: '2026-03-13T00:00:00.000Z' } as const
const by = (one: Summary, ...others: readonly Summary[]) =>
  blockedBy(one, new Map([one, ...others].map((each) => [each.id, each])))

test('a trader is blocked by one that it obeys, be it by another one that it obeys', () => {
  const bot = trader('bot1', { obeys: ['desk'] })
  const desk = trader('desk', PAUSED)
  expect(by(bot, desk)).toEqual({ trader: 'desk', reason: PAUSED.reason, until: PAUSED.until })
  expect(by(trader('bot1', { obeys: ['team'] }), trader('team', { obeys: ['desk'] }), desk)).toMatchObject({
    trader: 'desk',
  })
})

test('a trader is blocked by an unknown one, and not by one that may enter', () => {
  expect(by(trader('bot1', { obeys: ['desk'] }))).toEqual({
    trader: 'desk',
    reason: 'nothing is known of it yet',
    until: null,
  })
  expect(by(trader('bot1', { obeys: ['desk'] }), trader('desk'))).toBeNull()
  expect(by(trader('bot1'), trader('desk', PAUSED))).toBeNull()
})

test('settings that go in a circle are read to their end', () => {
  expect(by(trader('a', { obeys: ['b'] }), trader('b', { obeys: ['a'] }))).toBeNull()
})

test('the table shows a trader as blocked by another one, and counts it so', () => {
  const bot = trader('bot1', { obeys: ['desk'], blockedBy: { trader: 'desk', ...PAUSED } })
  expect(statusOf(bot)).toBe('blocked')
  const lines = fleetLines([bot, trader('bot2')], (text) => text, null, null)
  expect(lines[1]).toMatch(/bot1 +blocked .* 2026-03-13 00:00Z +desk: max_daily_loss: 3 %$/)
  expect(lines.at(-1)).toBe('2 traders: 1 allowed, 1 blocked')
})

test('a trader that is paused itself says why that is', () => {
  const bot = trader('bot1', { ...PAUSED, reason: 'operator: a check', blockedBy: { trader: 'desk', ...PAUSED } })
  const lines = fleetLines([bot], (text) => text, null, null)
  expect(lines[1]).toMatch(/bot1 +paused .* operator: a check$/)
})
