import { expect, test } from 'vitest'
import { denialIn } from '../../src/adapters/generic/denied.ts'

test.each([
  [{ ok: false, reason: 'the desk is closed' }, 'it answers "ok": false: the desk is closed'],
  [{ ok: false }, 'it answers "ok": false: without a reason'],
  [{ success: false, message: 'no broker', equity: 0 }, 'it answers "success": false: no broker'],
  [{ success: false, error: 'x', equity: 0 }, 'it answers "success": false: x'],
  [{ error: 'x', equity: 0 }, 'it answers an "error": x'],
  [{ error: { code: 7 }, equity: 0 }, 'it answers an "error": {"code":7}'],
  [{ error: ['EGeneral'] }, 'it answers an "error": ["EGeneral"]'],
])('%j is a success around a failure', (body, told) => {
  expect(denialIn(body)).toBe(told)
})

test.each([
  [{ equity: 5 }],
  [{ ok: true, success: true, equity: 5 }],
  [{ error: null, equity: 5 }],
  [{ error: false, equity: 5 }],
  [{ error: '', equity: 5 }],
  [{ error: [], equity: 5 }],
  [[]],
  [undefined],
])('%j is none', (body) => {
  expect(denialIn(body)).toBeNull()
})
