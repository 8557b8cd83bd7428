import { expect, test } from 'vitest'
import { namedIn, type Summary } from '../status/fleet.ts'

const bot = (id: string) => ({ id }) as Summary
const all = [bot('bot1'), bot('bot2')]

test('without a name all traders are shown, else those that are named', () => {
  expect(namedIn(all, [])).toEqual(all)
  expect(namedIn(all, ['bot2'], ['mybot'])).toEqual([bot('bot2')])
})

test.each([
  ['mybot', 'mybot has not reported yet: there is nothing to show'],
  ['bot11', 'there is no trader "bot11": did you mean bot1?'],
  ['nobody', 'there is no trader "nobody": npm run drawbridge -- status   lists all'],
])('%s is told as one that has not reported, or with what was meant', (name, words) => {
  expect(() => namedIn(all, [name], ['mybot'])).toThrow(words)
})
