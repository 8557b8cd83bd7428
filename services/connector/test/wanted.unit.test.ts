import { EXIT, type Verdict } from '@drawbridge/client'
import { expect, test } from 'vitest'
import { OPEN_FOR_MS, PASSING_FOR_MS, WantedState } from '../src/core/wanted.ts'

const blocked = (code: Verdict['code'], more: Partial<Verdict> = {}): Verdict => ({
  ...EXIT,
  allowed: false,
  code,
  reason: `because of ${code}`,
  ...more,
})

test('nothing is touched before the state of the trader is known', () => {
  const state = new WantedState()
  expect(state.hear(blocked('unknown'), 0)).toBe(false)
  expect(state.wanted).toBeNull()
})

test('a decision counts at once', () => {
  const state = new WantedState()
  expect(state.hear(EXIT, 0)).toBe(true)
  expect(state.wanted).toEqual({ kind: 'open' })
  expect(state.hear(blocked('limit', { until: '2026-01-01T00:00:00Z' }), 1)).toBe(true)
  expect(state.wanted).toEqual({
    kind: 'blocked',
    code: 'limit',
    flatten: false,
    request: { reason: 'because of limit', until: Date.UTC(2026, 0, 1) },
  })
})

test.each(['unknown', 'no-guardian', 'undecided'] as const)('%s blocks only if it lasts', (code) => {
  const state = new WantedState()
  state.hear(EXIT, 0)
  expect(state.hear(blocked(code), 1_000)).toBe(false)
  expect(state.hear(blocked(code), 1_000 + PASSING_FOR_MS - 1)).toBe(false)
  expect(state.wanted).toEqual({ kind: 'open' })
  expect(state.hear(blocked(code), 1_000 + PASSING_FOR_MS)).toBe(true)
  expect(state.wanted).toMatchObject({ kind: 'blocked', code })
})

test('a doubt that passes counts from its next beginning, and a block stays in force during one', () => {
  const state = new WantedState()
  state.hear(EXIT, 0)
  state.hear(blocked('undecided'), 0)
  state.hear(EXIT, PASSING_FOR_MS - 1)
  expect(state.hear(blocked('undecided'), PASSING_FOR_MS)).toBe(false)
  state.hear(blocked('limit'), PASSING_FOR_MS)
  state.hear(blocked('undecided'), PASSING_FOR_MS + 1)
  expect(state.wanted).toMatchObject({ kind: 'blocked', code: 'limit' })
})

test('the same block in other words is nothing new, and a worse one is', () => {
  const state = new WantedState()
  state.hear(blocked('limit'), 0)
  expect(state.hear(blocked('limit', { reason: 'still 3 % below the floor' }), 1)).toBe(false)
  expect(state.hear(blocked('limit', { action: 'flatten' }), 2)).toBe(true)
  expect(state.wanted).toMatchObject({ flatten: true })
})

test('a block ends when the gate has been open for a while, and begins at once', () => {
  const state = new WantedState()
  state.hear(blocked('limit'), 0)
  expect(state.hear(EXIT, 1_000)).toBe(false)
  expect(state.hear(EXIT, 1_000 + OPEN_FOR_MS - 1)).toBe(false)
  expect(state.wanted).toMatchObject({ kind: 'blocked' })
  expect(state.hear(EXIT, 1_000 + OPEN_FOR_MS)).toBe(true)
  expect(state.wanted).toEqual({ kind: 'open' })
  expect(state.hear(blocked('limit'), 1_001 + OPEN_FOR_MS)).toBe(true)
})

test('a gate that opens and closes again and again stays blocked', () => {
  const state = new WantedState()
  state.hear(EXIT, 0)
  for (let second = 1; second < 100; second += 1) {
    state.hear(second % 2 === 0 ? EXIT : blocked(second % 3 === 0 ? 'limit' : 'undecided'), second * 1_000)
    if (second >= 3) expect(state.wanted).toMatchObject({ kind: 'blocked' })
  }
})

test('the same decision after the gate was open for a moment is told once more: positions may have been opened', () => {
  const state = new WantedState()
  state.hear(blocked('limit', { action: 'flatten' }), 0)
  expect(state.hear(blocked('limit', { action: 'flatten' }), 1)).toBe(false)
  state.hear(EXIT, 1_000)
  expect(state.hear(blocked('undecided'), 1_500)).toBe(false)
  expect(state.hear(blocked('limit', { action: 'flatten' }), 2_000)).toBe(true)
  expect(state.hear(blocked('limit', { action: 'flatten' }), 2_001)).toBe(false)
})
