import { expect, test } from 'vitest'
import { titleOf } from '../src/app/title.ts'

test.each([
  [{ view: 'fleet', id: null }, 'Fleet · Drawbridge'],
  [{ view: 'traders', id: 'bot1' }, 'bot1 · Drawbridge'],
  [{ view: 'what-if', id: 'bot1' }, 'What if: bot1 · Drawbridge'],
  [{ view: 'operate', id: null }, 'Operate · Drawbridge'],
] as const)('the tab of %o is called "%s"', (route, title) => {
  expect(titleOf(route)).toBe(title)
})
