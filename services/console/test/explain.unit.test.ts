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

/** A limit in its long form. */
const FLOOR = { window: 'lifetime', reference: { kind: 'initial' }, limit: { amount: 100 }, ends: 'manual' }

interface Row {
  readonly name: string
  readonly limits?: object
  readonly act: (account: Account) => void
  /** Some are patterns. */
  readonly words: readonly unknown[]
}

const rows: readonly Row[] = [
  {
    name: 'a tick that loses nothing',
    act: (account) => account.tick(1000),
    words: [
      "max_daily_loss: equity 1000 is at the day's start 1000: nothing is lost.",
      'max_drawdown: equity 1000 is at the peak 1000: nothing is lost.',
      'The trader may trade.',
    ],
  },
  {
    name: 'a tick that gains',
    act: (account) => account.tick(1100),
    words: [
      "max_daily_loss: equity 1100 is 100 above the day's start 1000: nothing is lost.",
      'max_drawdown: equity 1100 is at the peak 1100: nothing is lost.',
      'The trader may trade.',
    ],
  },
  {
    name: 'a loss that is kept',
    act: (account) => account.tick(950),
    words: [
      "max_daily_loss: equity 950 is 50 below the day's start 1000; 50 / 1000 = 5 %; the limit is 10 %, its floor 900: kept, 50 more may be lost until it breaks.",
      'max_drawdown: equity 950 is 50 below the peak 1000; 50 / 1000 = 5 %; the limit is 20 %, its floor 800: kept, 150 more may be lost until it breaks.',
      'The trader may trade.',
    ],
  },
  {
    name: 'a breach of the daily loss',
    act: (account) => account.tick(850),
    words: [
      `max_daily_loss: equity 850 is 150 below the day's start 1000; 150 / 1000 = 15 %; the limit is 10 %, its floor 900: breached, paused until ${after(32)}.`,
      'max_drawdown: equity 850 is 150 below the peak 1000; 150 / 1000 = 15 %; the limit is 20 %, its floor 800: kept, 50 more may be lost until it breaks.',
      `The trader is paused until ${after(32)}: max_daily_loss: 15 % reached the limit of 10 %.`,
    ],
  },
  {
    name: 'a breach of both that an operator must end',
    limits: { ...LIMITS, daily_loss_ends: 'manual', drawdown_ends: 'manual' },
    act: (account) => account.tick(700),
    words: [
      "max_daily_loss: equity 700 is 300 below the day's start 1000; 300 / 1000 = 30 %; the limit is 10 %, its floor 900: breached, paused until an operator resumes it.",
      'max_drawdown: equity 700 is 300 below the peak 1000; 300 / 1000 = 30 %; the limit is 20 %, its floor 800: breached, paused until an operator resumes it.',
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
      "max_daily_loss: equity 845 is 155 below the day's start 1000; 155 / 1000 = 15.5 %; the limit is 10 %, its floor 900: reached, which holds the pause already.",
      'max_drawdown: equity 845 is 155 below the peak 1000; 155 / 1000 = 15.5 %; the limit is 20 %, its floor 800: kept, 45 more may be lost until it breaks.',
      `The trader is paused until ${after(32)}: max_daily_loss: 15 % reached the limit of 10 %.`,
    ],
  },
  {
    name: 'a loss of another base, of a percentage that has no end',
    limits: { ...LIMITS, initial_balance: '700' },
    act: (account) => account.tick(650),
    words: [
      "max_daily_loss: equity 650 is 50 below the day's start 700; 50 / 700 = 7.14285714 % (cut); the limit is 10 %, its floor 630: kept, 20 more may be lost until it breaks.",
      'max_drawdown: equity 650 is 350 below the peak 1000; 350 / 1000 = 35 %; the limit is 20 %, its floor 800: breached, paused until 2026-03-12T14:32:00.000Z.',
      'The trader is paused until 2026-03-12T14:32:00.000Z: max_drawdown: 35 % reached the limit of 20 %.',
    ],
  },
  {
    name: 'a warning',
    act: (account) => account.tick(915),
    words: [
      "max_daily_loss: equity 915 is 85 below the day's start 1000; 85 / 1000 = 8.5 %; the limit is 10 %, its floor 900: a warning, 15 more may be lost until it breaks.",
      'max_drawdown: equity 915 is 85 below the peak 1000; 85 / 1000 = 8.5 %; the limit is 20 %, its floor 800: kept, 115 more may be lost until it breaks.',
      'The trader may trade.',
    ],
  },
  {
    name: 'a trader without a limit',
    limits: { max_daily_loss: null, max_drawdown: null },
    act: (account) => account.tick(1),
    words: ['The trader may trade.'],
  },
]

const NONE = { max_daily_loss: null, max_drawdown: null }
const oneLimit = (limit: object) => ({ ...NONE, limits: { one: limit } })

/** Limits of each form. */
const forms: readonly Row[] = [
  {
    name: 'an amount below the initial balance',
    limits: oneLimit(FLOOR),
    act: (account) => account.tick(950),
    words: [
      'one: equity 950 is 50 below the initial balance 1000; the limit is 100, its floor 900: kept, 50 more may be lost until it breaks.',
      'The trader may trade.',
    ],
  },
  {
    name: 'a floor that is locked, and broken above what it is measured from',
    limits: oneLimit({ ...FLOOR, reference: { kind: 'peak', of: 'equity' }, lock: { initial_plus: 0 } }),
    act: (account) => {
      account.tick(1200)
      account.tick(1000)
    },
    words: [
      'one: equity 1000 is 200 below the peak 1200; the limit is 100, its floor 1000: breached, paused until an operator resumes it.',
      'The trader is paused until an operator resumes it: one: a loss of 200 reached the limit of 100.',
    ],
  },
  {
    name: 'tiers, of which the first blocks and the last flattens',
    limits: oneLimit({
      ...FLOOR,
      tiers: [
        { at_percent: 60, action: 'block-entries' },
        { at_percent: 100, action: 'flatten' },
      ],
    }),
    act: (account) => {
      account.tick(930)
      account.tick(890)
    },
    words: [
      'one: equity 890 is 110 below the initial balance 1000; the limit is 100, its floor 900, and entries are blocked from 940 on: breached, paused until an operator resumes it, and positions must be closed.',
      expect.stringMatching(/^The trader is paused until an operator resumes it: one: /),
      'Positions must be closed, too.',
    ],
  },
  {
    name: 'a profit that is reached',
    limits: oneLimit({
      measure: 'profit',
      window: 'day',
      reference: { kind: 'start' },
      limit: { percent: 5, of: 'reference' },
    }),
    act: (account) => account.tick(1060),
    words: [
      "one: equity 1060 is 60 above the day's start 1000; 60 / 1000 = 6 %; the target is 5 %, its ceiling 1050: reached, paused until 2026-03-13T00:00:00.000Z.",
      expect.stringMatching(/^The trader is paused until 2026-03-13T00:00:00.000Z: one: /),
    ],
  },
  {
    name: 'a profit that is not reached yet',
    limits: oneLimit({ measure: 'profit', window: 'day', reference: { kind: 'start' }, limit: { amount: 50 } }),
    act: (account) => account.tick(1010),
    words: [
      "one: equity 1010 is 10 above the day's start 1000; the target is 50, its ceiling 1050: kept, 40 more may be gained until it is reached.",
      'The trader may trade.',
    ],
  },
  {
    name: 'a limit that begins after a profit',
    limits: oneLimit({
      ...FLOOR,
      window: 'day',
      reference: { kind: 'peak' },
      ends: 'timer',
      active_from: { profit: { amount: 50 } },
    }),
    act: (account) => account.tick(1010),
    words: ["one does not hold yet: it begins once the day's profit is 50.", 'The trader may trade.'],
  },
  {
    name: 'a limit that only warns',
    limits: oneLimit({ ...FLOOR, warn_only: true, tiers: [{ at_percent: 50, action: 'warn' }] }),
    act: (account) => {
      account.tick(940)
      account.tick(930)
    },
    words: [
      'one: equity 930 is 70 below the initial balance 1000; the limit is 100, its floor 900: it blocks nothing.',
      'The trader may trade.',
    ],
  },
]

test.each([...rows, ...forms])('explains $name', ({ limits = LIMITS, act, words }) => {
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
    name: 'a resume by an operator, which forgives the loss',
    act: (account) => {
      account.tick(850)
      resume(account, { reason: 'checked', by: 'bob', holder: 'max_daily_loss', rebase: true })
    },
    words: [
      `bob resumed the trader, because of "checked": the hold of limit:max_daily_loss on the pause ended at ${after(3)}.`,
      'max_daily_loss is measured from 850 instead of 1000 from now on: that forgives the loss.',
      'The trader may trade.',
    ],
  },
  {
    name: 'a pause whose time is over, and a limit that is not broken any more',
    limits: { ...LIMITS, max_daily_loss: null },
    act: (account) => {
      account.tick(800)
      account.put(subjects.tick('bot1'), { equity: 810 }, 40)
    },
    words: [
      `The time of a pause was over: the hold of limit:max_drawdown on the pause ended at ${after(42)}.`,
      'The trader may trade.',
    ],
  },
  {
    name: 'a pause whose time is over, and a limit that is still broken',
    limits: { ...LIMITS, max_daily_loss: null },
    act: (account) => {
      account.tick(800)
      account.put(subjects.tick('bot1'), { equity: 776 }, 40)
    },
    words: [
      'The trader stays paused: max_drawdown: 20 % reached the limit of 20 %.',
      `The time of max_drawdown was over at ${after(32)}, but it is still 3 % below its floor: its hold ends when that is not so any more, or by a resume with "rebase": true.`,
    ],
  },
  {
    name: 'a pause whose time is over, and a limit that is at its line',
    limits: { ...LIMITS, max_daily_loss: null },
    act: (account) => {
      account.tick(800)
      account.put(subjects.tick('bot1'), { equity: 800 }, 40)
    },
    words: [
      'The trader stays paused: max_drawdown: 20 % reached the limit of 20 %.',
      `The time of max_drawdown was over at ${after(32)}, but it is still at its floor: its hold ends when that is not so any more, or by a resume with "rebase": true.`,
    ],
  },
  {
    name: 'a pause that forgives the loss when its time is over',
    limits: { ...LIMITS, max_daily_loss: null, on_end: 'rebase' },
    act: (account) => {
      account.tick(800)
      account.put(subjects.tick('bot1'), { equity: 790 }, 40)
    },
    words: [
      `The time of a pause was over: the hold of limit:max_drawdown on the pause ended at ${after(32)}.`,
      'max_drawdown is measured from 800 instead of 1000 from now on: that forgives the loss.',
      'The trader may trade.',
    ],
  },
  {
    name: 'a hold whose time is over while another goes on',
    act: (account) => {
      pause(account, { reason: 'holiday', by: 'alice' })
      pause(account, { reason: 'lunch', by: 'bob', until: after(10) })
      account.put(subjects.tick('bot1'), { equity: 1000 }, 40)
    },
    words: [
      `The time of a hold was over: that of operator:bob ended at ${after(10)}, and the pause goes on.`,
      'The trader is paused until an operator resumes it: operator: holiday.',
    ],
  },
  {
    name: 'a reading that is not believed at once',
    limits: { ...LIMITS, confirm_jump: { percent: 20, seconds: 5 }, initial_balance: 1000 },
    act: (account) => account.tick(400),
    words: [
      'The reading of 400 is not believed at once: it counts if others agree, and entries wait.',
      'The trader is not paused, but entries wait: the reading of 400 differs too much from 1000: waiting for others that agree.',
    ],
  },
  {
    name: 'a reading that others confirm',
    limits: {
      ...LIMITS,
      max_daily_loss: null,
      max_drawdown: null,
      confirm_jump: { percent: 20, seconds: 5 },
      initial_balance: 1000,
    },
    act: (account) => {
      account.put(subjects.tick('bot1'), { equity: 1400, balance: 1000 })
      account.put(subjects.tick('bot1'), { equity: 1400, balance: 1000 })
    },
    words: [
      `The reading of 1400 (balance 1000) counts from ${after(3)} on: others agreed, or nothing contradicted it.`,
      'The trader may trade.',
    ],
  },
  {
    name: 'a reading that a later one contradicts',
    limits: { ...LIMITS, confirm_jump: { percent: 20, seconds: 5 }, initial_balance: 1000 },
    act: (account) => {
      account.tick(400)
      account.put(subjects.tick('bot1'), { equity: 1000 }, 0.5)
    },
    words: ['The reading of 400 was dropped: a later one contradicted it.', 'The trader may trade.'],
  },
  {
    name: 'ticks that come late again and again',
    act: (account) => {
      for (const seq of [9, 1, 2, 3, 4, 5]) account.put(subjects.tick('bot1'), { equity: 1000, seq }, 0)
    },
    words: [
      expect.stringMatching(/^The tick came late or for a second time, and does not count: /),
      '5 ticks in a row came late or for a second time: entries wait for one in order.',
      'The trader is not paused, but entries wait: 5 readings in a row came late or twice.',
    ],
  },
  {
    name: 'a limit that cannot be computed',
    limits: { ...LIMITS, max_daily_loss: null, max_drawdown: null, limits: { floor: { ...FLOOR, tested: 'balance' } } },
    act: (account) => account.tick(990),
    words: [
      'floor cannot be computed, and entries wait: the reading has no balance.',
      'The trader is not paused, but entries wait: floor cannot be computed: the reading has no balance.',
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
    act: (account) => change(account, { max_drawdown: null, stale_after_seconds: 600, reason: 'why not', by: 'alice' }),
    words: [
      'alice changed the trader\'s limits: max_drawdown from 20 to none, stale_after_seconds from none to 600, because of "why not".',
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
    name: 'a market that closes and blocks entries',
    limits: { ...LIMITS, sessions: { zone: 'UTC', hours: ['thu 00:00-14:02'], block_entries: true } },
    act: (account) => account.put(subjects.control('wake', 'bot1'), {}, 5),
    words: [
      `The market is closed since ${after(2)}, and entries wait until it opens at 2026-03-19T00:00:00.000Z.`,
      'The trader is not paused, but entries wait: the market is closed until 2026-03-19T00:00:00.000Z.',
    ],
  },
  {
    name: 'a market that opens',
    limits: { ...LIMITS, sessions: { zone: 'UTC', hours: ['thu 14:02-24:00'], block_entries: true } },
    act: (account) => account.put(subjects.control('wake', 'bot1'), {}, 5),
    words: [`The market is open since ${after(2)}: entries do not wait for it any more.`, 'The trader may trade.'],
  },
  {
    name: 'settings by which no market blocks entries any more',
    limits: { ...LIMITS, sessions: { zone: 'UTC', hours: ['thu 00:00-14:00'], block_entries: true } },
    act: (account) => change(account, { sessions: null }),
    words: [expect.stringContaining('sessions'), 'No closed market blocks entries any more.', 'The trader may trade.'],
  },
  {
    name: 'a trader that fell silent',
    limits: { ...LIMITS, stale_after_seconds: 60 },
    act: (account) => account.put(subjects.control('wake', 'bot1'), {}, 5),
    words: [
      `No equity has been reported since ${after(1)}.`,
      `The trader is not paused, but entries wait: no equity has been reported since ${after(1)}.`,
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
    act: (account) => cashFlow(account, { amount: '250.50', by: 'alice' }),
    words: [
      'A deposit of 250.5 (alice) moved the equity: it is neither a loss nor a gain, and each limit follows it as its "flows" says.',
      'The trader may trade.',
    ],
  },
  {
    name: 'a withdrawal by nobody in particular',
    act: (account) => account.put(subjects.control('cash-flow', 'bot1'), { amount: -100 }),
    words: [
      'A withdrawal of 100 (Somebody) moved the equity: it is neither a loss nor a gain, and each limit follows it as its "flows" says.',
      'The trader may trade.',
    ],
  },
  {
    name: 'a tick that is rejected',
    act: (account) => account.tick('much'),
    words: [
      'The tick could not be used: equity must be a decimal like "10250.50", got "much".',
      'The trader is not paused, but entries wait: the last reading was rejected: equity must be a decimal like "10250.50", got "much".',
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
      `Enforcement was switched off at ${after(3)}: the holds of limits stay, and block nothing.`,
      'The trader may trade: what holds it is not applied while enforcement is off.',
    ],
  },
]

test.each(facts)('tells of $name', ({ limits = LIMITS, act, words }) => {
  const account = Account.with(limits, 1000)
  act(account)
  expect(account.explained().filter((sentence) => !/^max_\w+:/.test(sentence))).toEqual(words)
})

describe('while enforcement is off', () => {
  test('a breach is recorded, and not again at the next tick', () => {
    const account = Account.with(LIMITS, 1000)
    flags(account, { enable_risk_enforcement: false })
    account.tick(850)
    expect(account.explained()[1]).toMatch(/the limit is 10 %, its floor 900: breached, recorded and not enforced\.$/)
    account.tick(840)
    expect(account.explained()[1]).toMatch(/the limit is 10 %, its floor 900: reached, as was recorded before\.$/)
  })
})
