import { decodeGlobalLimits, toJsonBytes } from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION } from '@drawbridge/risk-engine'
import { expect, test } from 'vitest'
import { limitsCommand } from '../src/core/command.ts'
import { incompleteIn } from '../src/core/incomplete-limits.ts'

const weekly = { window: 'week', reference: { kind: 'start' }, limit: { amount: 5 } }

function fault(message: object): string | null {
  const change = decodeGlobalLimits(toJsonBytes(message))
  if (!change.ok) throw new Error(change.reason)
  return incompleteIn(BUILT_IN_CONFIGURATION, change.value)
}

test('a limit that could not be judged is refused, with what it lacks', () => {
  expect(fault({ limits: { weekly } })).toBeNull()
  expect(fault({ limits: { weekly: { window: 'week' } } })).toMatch(/^limits\.weekly: reference is missing/)
  expect(fault({ traders: { bot1: { limits: { weekly: { ...weekly, ends: 'at' } } } } })).toBe(
    'traders.bot1: limits.weekly: ends "at" needs ends_at, like "17:00"',
  )
})

test("a trader's limit may be completed by that of all traders", () => {
  expect(fault({ limits: { weekly }, traders: { bot1: { limits: { weekly: { limit: { amount: 4 } } } } } })).toBeNull()
})

test('the command is not made where it does not fit what is in force', () => {
  expect(limitsCommand({ max_drawdown: 5 }, 'me', () => 'no')).toEqual({ ok: false, reason: 'no' })
  expect(limitsCommand({ max_drawdown: 5 }, 'me').ok).toBe(true)
})
