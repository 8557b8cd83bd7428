import { DEFAULT_LIMITS, defineLimit, type LimitDefinition, namedLimits } from '@drawbridge/contracts'
import { expect, test } from 'vitest'
import { limitInWords, referenceInWords, sizeInWords } from '../src/index.ts'

function limitOf(written: object): LimitDefinition {
  const named = namedLimits.read({ it: written })
  if (!named.ok) throw new Error(named.reason)
  const limit = defineLimit('it', named.value.it ?? {}, DEFAULT_LIMITS)
  if (!limit.ok) throw new Error(limit.reason)
  return limit.value
}

test.each([
  [{ kind: 'start' }, 'day', "the day's start"],
  [{ kind: 'start', of: 'balance' }, 'week', "the balance at the week's start"],
  [{ kind: 'start', of: 'higher' }, 'month', "the higher of equity and balance at the month's start"],
  [{ kind: 'start' }, 'lifetime', 'the initial balance'],
  [{ kind: 'peak' }, 'lifetime', 'the peak'],
  [{ kind: 'peak', of: 'balance' }, 'day', "the day's peak of balance"],
  [{ kind: 'peak', of: 'balance', sampled: 'day-close' }, 'lifetime', "the highest balance at a day's end"],
  [{ kind: 'peak', of: 'equity', sampled: 'day-close' }, 'week', "the week's highest equity at a day's end"],
  [{ kind: 'initial' }, 'day', 'the initial balance'],
])('a limit that is measured from %j in a %s: %s', (reference, window, words) => {
  expect(referenceInWords(limitOf({ window, reference, limit: { amount: 5 } }))).toBe(words)
})

test.each([
  [{ amount: 2000 }, '2000'],
  [{ percent: 5, of: 'initial' }, '5 % of the initial balance'],
  [{ percent: 5, of: 'reference' }, "5 % of the day's start"],
  [{ percent: 5, of: 'start-balance' }, "5 % of the balance at the day's start"],
])('a room of %j: %s', (limit, words) => {
  expect(sizeInWords(limitOf({ window: 'day', reference: { kind: 'start' }, limit }))).toBe(words)
})

test('a limit says each of its parameters in a sentence', () => {
  const limit = limitOf({
    window: 'lifetime',
    tested: 'lower',
    reference: { kind: 'peak', of: 'balance', sampled: 'day-close' },
    limit: { amount: 2000 },
    lock: { initial_plus: 100 },
    tiers: [
      { at_percent: 70, action: 'warn' },
      { at_percent: 100, action: 'flatten' },
    ],
    ends: 'manual',
    flows: 'fixed',
    active_from: { profit: { percent: 2 } },
    on_end: 'rebase',
  })
  expect(limitInWords(limit)).toEqual([
    "It is broken when the lower of equity and balance is 2000 or more below the highest balance at a day's end.",
    'Its floor rises to the initial balance plus 100, and no higher.',
    'It begins once the profit is 2 %.',
    'At 70 % of it a warning is given, at 100 % of it entries are blocked, and positions must be closed.',
    'The pause ends by hand.',
    'When time ends the pause the loss is forgiven: it is measured from the value known then.',
    'A deposit or withdrawal does not move its line.',
  ])
})

test('a profit target is reached, and its pause ends with the window', () => {
  const limit = limitOf({
    measure: 'profit',
    window: 'day',
    reference: { kind: 'start' },
    limit: { percent: 3, of: 'reference' },
    least_minutes: 5,
  })
  expect(limitInWords(limit)).toEqual([
    "It is reached when equity is 3 % or more above the day's start.",
    'At 80 % of it a warning is given, at 100 % of it entries are blocked.',
    'The pause ends with the day, after 5 minutes at the earliest, once it is not reached any more.',
    'A deposit or withdrawal leaves its percentage as it is.',
  ])
})
