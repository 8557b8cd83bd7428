import { DEFAULT_LIMITS, type LimitOverrides, mergeLimits, parseLimits } from '@drawbridge/contracts'
import { expect, test } from 'vitest'
import { compareLimits } from '../src/limit-differences.ts'

const weekly = { window: 'week', reference: { kind: 'start', of: 'equity' }, limit: { amount: '500' } }

function limits(message: object): LimitOverrides {
  const read = parseLimits(message)
  if (!read.ok) throw new Error(read.reason)
  return read.value
}

/** For one trader, where all traders have other limits. */
function changeOf(wanted: object, logged: object, ofAll: object = {}): object {
  return compareLimits(limits(wanted), limits(logged), mergeLimits(DEFAULT_LIMITS, limits(ofAll))).change
}

test.each([
  ['the same limits, written otherwise', { max_daily_loss: '5.0' }, { max_daily_loss: 5 }, {}, {}],
  ['another value', { max_daily_loss: 5 }, { max_daily_loss: 6 }, {}, { max_daily_loss: '5' }],
  ['a limit that the log lacks', { max_daily_loss: 10 }, {}, {}, { max_daily_loss: '10' }],
  ['a limit that only the log has', {}, { max_daily_loss: 6 }, { max_daily_loss: 4 }, { max_daily_loss: '4' }],
  ['no limit, which the log has not', { max_drawdown: null }, {}, {}, { max_drawdown: null }],
  ['a long form that the log lacks', { limits: { weekly } }, {}, {}, { limits: { weekly } }],
  ['a long form that only the log has', {}, { limits: { weekly } }, {}, { limits: { weekly: null } }],
  [
    'a long form that is removed for one alone',
    { limits: { weekly: null } },
    {},
    { limits: { weekly } },
    { limits: { weekly: null } },
  ],
  [
    'one that was removed for one alone, and is not any more',
    {},
    { limits: { weekly: null } },
    { limits: { weekly } },
    { limits: { weekly } },
  ],
  ['one that nobody has', { limits: { weekly: null } }, {}, {}, {}],
  [
    'a parameter that only the log has',
    { limits: { weekly } },
    { limits: { weekly: { ...weekly, tested: 'balance', least_minutes: 5 } } },
    {},
    { limits: { weekly: { tested: 'equity', least_minutes: null } } },
  ],
  [
    'a parameter that follows the limits of all',
    { limits: { weekly }, on_end: 'rebase' },
    { limits: { weekly: { ...weekly, on_end: 'keep' } }, on_end: 'rebase' },
    {},
    { limits: { weekly: { on_end: 'rebase' } } },
  ],
  [
    'a parameter that is for one trader alone',
    {},
    { limits: { weekly: { limit: { amount: '300' } } } },
    { limits: { weekly } },
    { limits: { weekly: { limit: { amount: '500' } } } },
  ],
])('%s', (_what, wanted, logged, ofAll, change) => {
  expect(changeOf(wanted, logged, ofAll)).toEqual(change)
})

test('a difference of a long form is told by its parameter', () => {
  const wanted = limits({ limits: { weekly } })
  const logged = limits({ limits: { weekly: { ...weekly, limit: { amount: '700' } } } })
  expect(compareLimits(wanted, logged, {}).differences).toEqual([
    { name: 'limits.weekly.limit', inForce: { amount: '700' }, wanted: { amount: '500' } },
  ])
})
