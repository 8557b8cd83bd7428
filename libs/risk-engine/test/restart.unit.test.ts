import { type Doubt, decodeControl, type TraderState, toJsonBytes } from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION, decide, INITIAL_STATE } from '@drawbridge/risk-engine'
import { changeDefaults, step, TRADER, tick } from '@drawbridge/testing/engine'
import { describe, expect, it } from 'vitest'

const ONE = 1_00000000n
/** A Saturday, on which the market is closed. */
const at = (time: string) => `2026-03-14T${time}Z`
const moment = (time: string) => Date.parse(at(time))
const sessions = { zone: 'UTC', hours: ['mon-fri 09:00-17:00'], block_entries: true }

const configured = step(
  { state: INITIAL_STATE, configuration: BUILT_IN_CONFIGURATION },
  changeDefaults(at('08:00'), { sessions }),
  1,
)
const reports = { balance: 1000, currency: 'USD', run: 'a' }
/** The second reading confirms the first. */
const first = step(configured, tick(at('09:00'), 1000, { ...reports, seq: 7 }), 2)
const reported = step(first, tick(at('09:00'), 1000, { ...reports, seq: 8 }), 3)
const { configuration } = reported

const reading = { equity: 700n * ONE, balance: null, netDeposits: null, currency: null, at: null }
const pending = { first: reading, nearest: reading, newest: reading, side: 'below', since: moment('09:01') }
const doubt = {
  ...{ pending, zeros: null, rejected: 'equity is no amount' },
  late: { count: 5, since: moment('09:01'), blocks: true },
} as unknown as Doubt
/** Every field differs from that of a trader without any event. */
const before: TraderState = {
  ...reported.state,
  version: 41,
  pause: {
    since: moment('09:00'),
    until: moment('12:00'),
    holds: [
      {
        ...{ holder: 'operator:ada', at: moment('09:00'), until: moment('12:00'), reason: 'operator: news' },
        ...{ action: null, onEnd: 'keep', firmUntil: null },
      },
    ],
  },
  enforced: false,
  unenforced: ['max_drawdown'],
  warned: ['max_daily_loss'],
  doubt,
  trades: {
    known: [{ id: 't1', at: moment('09:00') }],
    ...{ losers: [moment('09:00')], losersInARow: 1, inWindow: 1, windowSince: moment('00:00') },
  },
  flows: {
    known: [{ id: 'f1', at: moment('09:00') }],
    ...{ total: ONE, last: { at: moment('09:00'), before: 999n * ONE, after: 1000n * ONE } },
  },
  netDeposits: ONE,
  period: { initialBalance: ONE, peak: ONE, dayStart: ONE },
  nonZero: { equity: ONE, balance: null },
  staleSince: moment('09:00'),
  limits: { loosenAfterMinutes: 0 },
  pendingLimits: [{ at: moment('12:00'), limits: { maxDrawdownPct: null } }],
}

const restartedBy = (message: object) => {
  const control = decodeControl('restart', toJsonBytes(message))
  if (!control.ok) throw new Error(control.reason)
  const input = { kind: 'control', seq: 50, time: moment('09:01'), control: control.value } as const
  const decision = decide(TRADER, before, { ...configuration, enforcement: false }, input)
  if (decision.kind !== 'event') throw new Error('a restart makes an event')
  return decision.event.state
}

/** What becomes of each field of a trader's state with a new account period. */
const FIELDS = {
  version: 'goes on',
  inputSeq: 'goes on',
  firstInputSeq: 'stays',
  time: 'goes on',
  clock: 'stays',
  firstEquity: 'begins again',
  equity: 'begins again',
  balance: 'begins again',
  peakEquity: 'begins again',
  dayStartedAt: 'begins again',
  nextResetAt: 'begins again',
  dayEquity: 'begins again',
  dayBalance: 'begins again',
  // What is firm and what holds all stays.
  pause: 'begins again',
  enforced: 'stays',
  unenforced: 'begins again',
  warned: 'begins again',
  limitStates: 'begins again',
  // The first reading makes the limits again, whatever it says.
  limitsKey: 'stays',
  doubt: 'begins again',
  // What was counted once does not count again.
  trades: 'keeps its ids',
  flows: 'keeps its ids',
  netDeposits: 'begins again',
  period: 'is what the operator says',
  undo: 'begins again',
  nonZero: 'begins again',
  days: 'begins again',
  lastTickAt: 'begins again',
  staleSince: 'begins again',
  opensAt: 'stays',
  limits: 'stays',
  pendingLimits: 'stays',
  // The order of ticks is that of the bot, not of the account.
  sequence: 'stays',
  currency: 'begins again',
} as const satisfies Readonly<Record<keyof TraderState, string>>
const fields = Object.entries(FIELDS) as [keyof TraderState, string][]
const that = (becomes: string) => fields.filter(([, what]) => what === becomes).map(([field]) => field)

describe('a new account period', () => {
  const after = restartedBy({ reason: 'phase 2', initial_balance: 2000 })

  it('says of every field of the state what becomes of it', () => {
    expect(Object.keys(INITIAL_STATE).sort()).toEqual(Object.keys(FIELDS).sort())
    expect(Object.keys(after).sort()).toEqual(Object.keys(FIELDS).sort())
  })

  it.each(that('begins again'))('begins %s again', (field) => {
    expect(before[field]).not.toEqual(INITIAL_STATE[field])
    expect(after[field]).toEqual(INITIAL_STATE[field])
  })

  it.each(that('stays'))('leaves %s as it was', (field) => {
    expect(before[field]).not.toEqual(INITIAL_STATE[field])
    expect(after[field]).toEqual(before[field])
  })

  it('remembers which trades and flows have counted, and counts from 0', () => {
    expect(after.trades).toEqual({ ...before.trades, losers: [], losersInARow: 0, inWindow: 0 })
    expect(after.flows).toEqual({ known: before.flows?.known, total: 0n, last: null })
  })

  it('is what the operator says of it, and its event follows the others', () => {
    expect(after.period).toEqual({ initialBalance: 2000n * ONE, peak: null, dayStart: null })
    expect(after).toMatchObject({ version: 42, inputSeq: 50, time: moment('09:01') })
  })
})
