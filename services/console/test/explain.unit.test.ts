import { HTTP_USER, subjects } from '@drawbridge/contracts'
import { describe, expect, test } from 'vitest'
import { Account, after } from './account.ts'

const LIMITS = { max_daily_loss: 10, max_drawdown: 20, stop_trading_minutes: 30, daily_loss_ends: 'timer' }
const pause = (account: Account, fields: object) => account.put(subjects.command(HTTP_USER, 'pause', 'bot1'), fields)
const resume = (account: Account, fields: object) => account.put(subjects.command(HTTP_USER, 'resume', 'bot1'), fields)
const change = (account: Account, fields: object) => account.put(subjects.command(HTTP_USER, 'limits', 'bot1'), fields)
const cashFlow = (account: Account, fields: object) =>
  account.put(subjects.command(HTTP_USER, 'cash-flow', 'bot1'), fields)
const flags = (account: Account, fields: object) => account.put(subjects.commandFlags(HTTP_USER), fields)

interface Row {
  readonly name: string
  readonly limits?: object
  readonly act: (account: Account) => void
  readonly words: readonly string[]
}

const rows: readonly Row[] = [
  {
    name: 'a tick that loses nothing',
    act: (account) => account.tick(1000),
    words: [
      "max_daily_loss: equity 1000 is at the day's baseline 1000: nothing is lost.",
      'max_drawdown: equity 1000 is at the peak 1000: nothing is lost.',
      'The trader may trade.',
    ],
  },
  {
    name: 'a tick that gains',
    act: (account) => account.tick(1100),
    words: [
      "max_daily_loss: equity 1100 is 100 above the day's baseline 1000: nothing is lost.",
      'max_drawdown: equity 1100 is at the peak 1100: nothing is lost.',
      'The trader may trade.',
    ],
  },
  {
    name: 'a loss that is kept',
    act: (account) => account.tick(950),
    words: [
      "max_daily_loss: equity 950 is 50 below the day's baseline 1000; 50 / 1000 = 5 %; the limit is 10 %: kept, 50 more may be lost until it breaks.",
      'max_drawdown: equity 950 is 50 below the peak 1000; 50 / 1000 = 5 %; the limit is 20 %: kept, 150 more may be lost until it breaks.',
      'The trader may trade.',
    ],
  },
  {
    name: 'a breach of the daily loss',
    act: (account) => account.tick(850),
    words: [
      `max_daily_loss: equity 850 is 150 below the day's baseline 1000; 150 / 1000 = 15 %; the limit is 10 %: breached, paused until ${after(32)}.`,
      'max_drawdown: equity 850 is 150 below the peak 1000; 150 / 1000 = 15 %; the limit is 20 %: kept, 50 more may be lost until it breaks.',
      `The trader is paused until ${after(32)}: max_daily_loss: 15 % reached the limit of 10 %.`,
    ],
  },
  {
    name: 'a breach of both that an operator must end',
    limits: { ...LIMITS, daily_loss_ends: 'manual', drawdown_ends: 'manual' },
    act: (account) => account.tick(700),
    words: [
      "max_daily_loss: equity 700 is 300 below the day's baseline 1000; 300 / 1000 = 30 %; the limit is 10 %: breached, paused until an operator resumes it.",
      'max_drawdown: equity 700 is 300 below the peak 1000; 300 / 1000 = 30 %; the limit is 20 %: breached, paused until an operator resumes it.',
      'The trader is paused until an operator resumes it: max_daily_loss: 30 % reached the limit of 10 %; max_drawdown: 30 % reached the limit of 20 %.',
    ],
  },
  {
    name: 'a tick during the pause',
    act: (account) => {
      account.tick(850)
      account.tick(845)
    },
    words: [
      "max_daily_loss: equity 845 is 155 below the day's baseline 1000; 155 / 1000 = 15.5 %; the limit is 10 %: reached, which holds the pause already.",
      'max_drawdown: equity 845 is 155 below the peak 1000; 155 / 1000 = 15.5 %; the limit is 20 %: kept, 45 more may be lost until it breaks.',
      `The trader is paused until ${after(32)}: max_daily_loss: 15 % reached the limit of 10 %.`,
    ],
  },
  {
    name: 'a loss of another base, of a percentage that has no end',
    limits: { ...LIMITS, initial_balance: '700' },
    act: (account) => account.tick(650),
    words: [
      "max_daily_loss: equity 650 is 50 below the day's baseline 700; 50 / 700 = 7.14285714 % (cut); the limit is 10 %: kept, 20 more may be lost until it breaks.",
      'max_drawdown: equity 650 is 350 below the peak 1000; 350 / 1000 = 35 %; the limit is 20 %: breached, paused until 2026-03-12T14:32:00.000Z.',
      'The trader is paused until 2026-03-12T14:32:00.000Z: max_drawdown: 35 % reached the limit of 20 %.',
    ],
  },
  {
    name: 'a warning',
    act: (account) => account.tick(915),
    words: [
      "max_daily_loss: equity 915 is 85 below the day's baseline 1000; 85 / 1000 = 8.5 %; the limit is 10 %: a warning, 15 more may be lost until it breaks.",
      'max_drawdown: equity 915 is 85 below the peak 1000; 85 / 1000 = 8.5 %; the limit is 20 %: kept, 115 more may be lost until it breaks.',
      'The trader may trade.',
    ],
  },
  {
    name: 'a limit that is none',
    limits: { max_daily_loss: null, max_drawdown: null },
    act: (account) => account.tick(1),
    words: [
      "max_daily_loss: equity 1 is 999 below the day's baseline 1000; 999 / 1000 = 99.9 %; there is no limit.",
      'max_drawdown: equity 1 is 999 below the peak 1000; 999 / 1000 = 99.9 %; there is no limit.',
      'The trader may trade.',
    ],
  },
]

test.each(rows)('explains $name', ({ limits = LIMITS, act, words }) => {
  const account = Account.with(limits, 1000)
  act(account)
  expect(account.explained()).toEqual(words)
})

/** What is said beside the arithmetic of the limits. */
const facts: readonly Row[] = [
  {
    name: 'a pause by an operator',
    act: (account) => pause(account, { reason: 'holiday', by: 'alice' }),
    words: [
      'alice paused the trader until an operator resumes it: holiday.',
      'The trader is paused until an operator resumes it: operator: holiday.',
    ],
  },
  {
    name: 'a pause for another, by who only says who it is',
    act: (account) =>
      account.put(subjects.control('pause', 'bot1'), { reason: 'holiday', by: 'alice', onBehalfOf: 'bob' }),
    words: [
      'Somebody who claims to be alice, for bob, paused the trader until an operator resumes it: holiday.',
      'The trader is paused until an operator resumes it: operator: holiday.',
    ],
  },
  {
    name: 'a resume by an operator, which rebases what the limits held',
    act: (account) => {
      account.tick(850)
      resume(account, { reason: 'checked', by: 'bob' })
    },
    words: [
      `bob resumed the trader, because of "checked": the hold of max_daily_loss on the pause ended at ${after(3)}.`,
      "The day's baseline was set from 1000 to the equity 850: otherwise the daily loss would breach again immediately.",
      'The trader may trade.',
    ],
  },
  {
    name: 'a pause whose time is over, and the peak that is rebased with it',
    limits: { ...LIMITS, max_daily_loss: null },
    act: (account) => {
      account.tick(800)
      account.put(subjects.tick('bot1'), { equity: 790 }, 40)
    },
    words: [
      `The time of a pause was over: the hold of max_drawdown on the pause ended at ${after(32)}.`,
      'The peak was set from 1000 to the equity 800: otherwise the drawdown would breach again immediately.',
      'The trader may trade.',
    ],
  },
  {
    name: 'a new day',
    act: (account) => account.put(subjects.tick('bot1'), { equity: 990 }, 24 * 60),
    words: [
      'A new day began at 2026-03-13T00:00:00.000Z: its baseline is the equity known then, 1000.',
      'The trader may trade.',
    ],
  },
  {
    name: 'a change of limits',
    act: (account) => change(account, { max_drawdown: null, stale_after_seconds: 60, reason: 'why not', by: 'alice' }),
    words: [
      'alice changed the trader\'s limits: max_drawdown from 20 to none, stale_after_seconds from none to 60, because of "why not".',
      'The trader may trade.',
    ],
  },
  {
    name: 'a change of limits that loosens, and waits',
    limits: { ...LIMITS, loosen_after_minutes: 60 },
    act: (account) => change(account, { max_daily_loss: 5, max_drawdown: 30, by: 'alice' }),
    words: [
      `alice changed the trader's limits: max_daily_loss from 10 to 5; max_drawdown from 20 to 30 at ${after(62)}, because it loosens.`,
      'The trader may trade.',
    ],
  },
  {
    name: 'a change of limits that has waited',
    limits: { ...LIMITS, loosen_after_minutes: 60 },
    act: (account) => {
      change(account, { max_drawdown: 30, by: 'alice' })
      account.put(subjects.tick('bot1'), { equity: 1000 }, 60)
    },
    words: [
      `The trader's limits changed: max_drawdown from 20 to 30, because of "a loosening that had been asked for has waited long enough".`,
      'The trader may trade.',
    ],
  },
  {
    name: 'a trader that fell silent',
    limits: { ...LIMITS, stale_after_seconds: 60 },
    act: (account) => account.put(subjects.control('wake', 'bot1'), {}, 5),
    words: [
      `No equity has been reported since ${after(1)}.`,
      'The trader is not paused, but may not open positions while no equity is reported.',
    ],
  },
  {
    name: 'a trader that speaks again',
    limits: { ...LIMITS, stale_after_seconds: 60 },
    act: (account) => {
      account.put(subjects.control('wake', 'bot1'), {}, 5)
      account.tick(1000)
    },
    words: [`Equity is reported again, for the first time since ${after(1)}.`, 'The trader may trade.'],
  },
  {
    name: 'a deposit',
    act: (account) => cashFlow(account, { amount: '2500.50', by: 'alice' }),
    words: [
      'A deposit of 2500.5 (alice) moved equity, peak and baselines alike: it is neither a loss nor a gain.',
      'The trader may trade.',
    ],
  },
  {
    name: 'a withdrawal by nobody in particular',
    act: (account) => account.put(subjects.control('cash-flow', 'bot1'), { amount: -100 }),
    words: [
      'A withdrawal of 100 (Somebody) moved equity, peak and baselines alike: it is neither a loss nor a gain.',
      'The trader may trade.',
    ],
  },
  {
    name: 'a tick that is rejected',
    act: (account) => account.tick('much'),
    words: [
      'The tick could not be used, and nothing else changed: equity must be a decimal like "10250.50", got "much".',
      'The trader may trade.',
    ],
  },
  {
    name: 'enforcement that is switched off',
    act: (account) => {
      account.tick(850)
      flags(account, { enable_risk_enforcement: false })
    },
    words: [
      'Enforcement is off: limits are checked and recorded, but do not pause trading.',
      `Enforcement was switched off: the hold of max_daily_loss on the pause ended at ${after(3)}.`,
      "The day's baseline was set from 1000 to the equity 850: otherwise the daily loss would breach again immediately.",
      'The trader may trade.',
    ],
  },
]

test.each(facts)('tells of $name', ({ limits = LIMITS, act, words }) => {
  const account = Account.with(limits, 1000)
  act(account)
  expect(account.explained().filter((sentence) => !sentence.startsWith('max_d'))).toEqual(words)
})

describe('while enforcement is off', () => {
  test('a breach is recorded, and not again at the next tick', () => {
    const account = Account.with(LIMITS, 1000)
    flags(account, { enable_risk_enforcement: false })
    account.tick(850)
    expect(account.explained()[1]).toMatch(/the limit is 10 %: breached, recorded and not enforced\.$/)
    account.tick(840)
    expect(account.explained()[1]).toMatch(/the limit is 10 %: reached, as was recorded before\.$/)
  })
})
