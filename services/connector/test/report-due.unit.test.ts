import { expect, test } from 'vitest'
import { faultOf, isReportDue, reportAtLeastEveryMs, tickOf } from '../src/core/report-due.ts'

const reading = { equity: 100_000_000_000n, currency: 'USD' }
const NOW = Date.UTC(2026, 0, 1)

test('a reading is reported when it differs from the last, and at least so often', () => {
  expect(isReportDue(reading, null, 0, 1_000, false)).toBe(true)
  const last = { reading, at: 0 }
  expect(isReportDue({ ...reading }, last, 999, 1_000, false)).toBe(false)
  expect(isReportDue({ ...reading }, last, 1_000, 1_000, false)).toBe(true)
  for (const change of [{ equity: 1n }, { balance: 1n }, { netDeposits: 1n }, { currency: 'EUR' }]) {
    expect(isReportDue({ ...reading, ...change }, last, 1, 1_000, false)).toBe(true)
  }
})

test('while the decision waits for another reading each is reported, but not the same one twice', () => {
  const last = { reading: { ...reading, at: NOW }, at: 0 }
  expect(isReportDue(reading, { reading, at: 0 }, 1, 1_000, true)).toBe(true)
  expect(isReportDue({ ...reading, at: NOW + 1 }, last, 1, 1_000, true)).toBe(true)
  expect(isReportDue({ ...reading, at: NOW }, last, 1, 1_000, true)).toBe(false)
  expect(isReportDue({ ...reading, at: NOW }, last, 1_000, 1_000, true)).toBe(true)
})

test('two ticks of three may be lost before the account counts as silent', () => {
  expect(reportAtLeastEveryMs(30)).toBe(10_000)
  expect(reportAtLeastEveryMs(null)).toBe(100_000)
})

test('what is old, of tomorrow, or in another currency is not reported', () => {
  expect(faultOf(reading, [NOW], null)).toBeNull()
  expect(faultOf({ ...reading, at: NOW - 59_000 }, [NOW], 'USD')).toBeNull()
  expect(faultOf({ ...reading, at: NOW - 61_000 }, [NOW], null)).toBe('what it says is 61 s old')
  expect(faultOf({ ...reading, at: NOW + 61_000 }, [NOW], null)).toBe('its clock is 61 s ahead of ours')
  expect(faultOf(reading, [NOW], 'EUR')).toContain('it counts in USD, and the account in EUR')
})

test('a reading is old only if it is so by every clock, as the one of this machine may have been set', () => {
  const hour = 3_600_000
  for (const other of [NOW + hour, NOW - hour]) expect(faultOf({ ...reading, at: NOW }, [other, NOW], null)).toBeNull()
  expect(faultOf({ ...reading, at: NOW - 61_000 }, [NOW + hour, NOW], null)).toContain('old')
})

test('a tick has the exact amounts, and no field that was not read', () => {
  expect(tickOf(reading, 7, 'run')).toEqual({ equity: '1000', currency: 'USD', seq: 7, run: 'run' })
  expect(tickOf({ ...reading, balance: 1n, netDeposits: -5n }, 8, 'run')).toMatchObject({
    balance: '0.00000001',
    net_deposits: '-0.00000005',
  })
})
