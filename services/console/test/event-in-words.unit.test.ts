import { type ConfigEvent, DEFAULT_LIMITS, subjects } from '@drawbridge/contracts'
import { expect, test } from 'vitest'
import { configurationInWords, eventInWords } from '../src/core/event-in-words.ts'
import { Account, after } from './account.ts'

test('a reading by which nothing happens is its value, and whether the trader may trade', () => {
  const account = Account.with({}, 1000)
  expect(eventInWords(account.tick(990))).toBe('Equity 990, the trader may trade.')
  account.tick(850)
  expect(eventInWords(account.tick(849))).toBe(
    'Equity 849, entries wait: max_daily_loss: 15 % reached the limit of 10 %.',
  )
})

test('a limit that is near, and one that is reached, are told with their percentages', () => {
  const account = Account.with({ max_drawdown: null }, 1000)
  expect(eventInWords(account.tick(915.5))).toBe('max_daily_loss is near: 8.45 % of 10 %.')
  expect(eventInWords(account.tick(850))).toBe(
    'max_daily_loss is reached: 15 % of 10 %, paused until 2026-03-13T00:00:00.000Z.',
  )
})

test('a limit that asks for positions to be closed says so', () => {
  const tiers = [{ at_percent: 50, action: 'flatten' }]
  const limits = { weekly: { window: 'week', reference: { kind: 'start' }, limit: { amount: 100 }, tiers } }
  expect(eventInWords(Account.with({ limits }, 1000).tick(949))).toMatch(
    /^weekly is reached: .*, and positions must be closed\.$/,
  )
})

test('a limit that is not enforced is recorded', () => {
  const account = Account.with({}, 1000)
  account.put(subjects.controlFlags, { enable_risk_enforcement: false })
  expect(eventInWords(account.tick(850))).toMatch(/recorded and not enforced\.$/)
})

test('what somebody does is told in the words of an explanation', () => {
  const account = Account.with({}, 1000)
  const paused = account.put(subjects.control('pause', 'bot1'), { reason: 'news', by: 'alice' })
  expect(eventInWords(paused)).toBe(
    'Somebody who claims to be alice paused the trader until an operator resumes it: news.',
  )
})

test('a firm pause that an admin ends is told as such', () => {
  const account = Account.with({}, 1000)
  const word = (command: 'pause' | 'resume') => subjects.command('http', command, 'bot1')
  account.put(word('pause'), { reason: 'news', by: 'bob', firm: true, until: after(120) })
  // Only the console says who is an admin.
  const ended = account.put(word('resume'), { admin: true, reason: 'agreed', by: 'bob' })
  expect(eventInWords(ended)).toMatch(/ resumed the trader, against a firm pause, because of "agreed": /)
})

const made = { inputSeq: 1, recordedAt: 0, by: 'alice', reason: 'smaller' }
const flags = { ...made, kind: 'flags', enforcement: true, persistence: false } as const
const ofAll = { until: null, reason: 'smaller', by: 'alice' }
const limits = { ...made, kind: 'limits', defaults: DEFAULT_LIMITS, traders: {}, maxTraders: 9, pending: [] } as const

test.each<[string, ConfigEvent]>([
  ['alice set the flags: enforcement is on, persistence off, because of "smaller".', { ...flags, previous: null }],
  [
    'alice paused all traders until an operator resumes it, because of "smaller".',
    { ...flags, pauseOfAll: ofAll, previous: { pauseOfAll: null } },
  ],
  ['alice ended the pause of all traders, because of "smaller".', { ...flags, previous: { pauseOfAll: ofAll } }],
  [
    'alice paused all traders until 2026-03-01T00:00:00.000Z, and set the flags: enforcement is on, persistence off, because of "smaller".',
    {
      ...flags,
      pauseOfAll: { ...ofAll, until: Date.UTC(2026, 2, 1) },
      previous: { pauseOfAll: ofAll, persistence: true },
    },
  ],
  [
    'alice changed limits: max_daily_loss, max_drawdown of bot1, max_traders, because of "smaller".',
    {
      ...limits,
      previous: { defaults: { maxDailyLossPct: null }, traders: { bot1: { maxDrawdownPct: null } }, maxTraders: 8 },
    },
  ],
  ['alice set the limits of all traders, because of "smaller".', { ...limits, previous: null }],
])('%s', (words, event) => {
  expect(configurationInWords(event)).toBe(words)
})
