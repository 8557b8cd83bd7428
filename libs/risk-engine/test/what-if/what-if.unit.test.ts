import { DEFAULT_LIMITS, equityTick, type LimitOverrides } from '@drawbridge/contracts'
import { type RecordedInput, WhatIf } from '@drawbridge/risk-engine/what-if'
import { describe, expect, test } from 'vitest'

const START = Date.UTC(2026, 2, 12, 9)
const MINUTE = 60_000
const UNITS = 100_000_000n
const SPAN = { from: START, to: START + 24 * 60 * MINUTE }
/** Every reading counts, and silence is not judged. */
const PLAIN: LimitOverrides = {
  confirmJump: null,
  staleAfterSeconds: null,
  maxDrawdownPct: null,
  maxDailyLossPct: null,
}
const percent = (of: number) => BigInt(of) * UNITS

const reading = (minute: number, equity: number): RecordedInput => ({
  ...equityTick(BigInt(equity) * UNITS),
  kind: 'reading',
  time: START + minute * MINUTE,
})
const at = (minute: number) => START + minute * MINUTE

function whatIf(change: LimitOverrides, inputs: readonly RecordedInput[]): WhatIf {
  const made = new WhatIf('bot1', { ...PLAIN, ...change }, SPAN)
  for (const input of inputs) made.take(input)
  return made
}

/** It falls by 10 %, goes on falling while it would be blocked, and rises again. */
const FALL = [
  reading(0, 1000),
  reading(1, 900),
  reading(2, 850),
  reading(3, 950),
  reading(400, 1000),
  reading(1441, 1010),
]
const MANUAL = { dailyLossEnds: 'manual' } as const

describe('what other limits would have done', () => {
  test('is nothing where none breaks', () => {
    expect(whatIf({ maxDailyLossPct: percent(20) }, FALL).report()).toMatchObject({
      events: FALL.length,
      breachCount: 0,
      blocked: [],
      blockedMs: 0,
      saved: 0,
      missed: 0,
      worst: { amount: 150, percent: 15, at: at(2) },
    })
  })

  test('is a blocked time from the breach to the end of the pause, which a wake-up brings without a reading', () => {
    const { blocked, breaches, blockedMs } = whatIf({ maxDailyLossPct: percent(10) }, FALL).report()
    const midnight = Date.UTC(2026, 2, 13)
    expect(breaches).toEqual([{ at: at(1), limit: 'max_daily_loss', action: 'block-entries', enforced: true }])
    expect(blocked).toEqual([{ from: at(1), to: midnight, limits: ['max_daily_loss'], change: 100 }])
    expect(blockedMs).toBe(midnight - at(1))
  })

  test('counts a whole blocked time as saved where the account lost in it', () => {
    const report = whatIf({ maxDailyLossPct: percent(10), ...MANUAL }, FALL.slice(0, 3)).report()
    expect(report).toMatchObject({ saved: 50, missed: 0, blocked: [{ to: null, change: -50 }] })
  })

  test('counts it as missed where the account gained', () => {
    expect(whatIf({ maxDailyLossPct: percent(10), ...MANUAL }, FALL).report()).toMatchObject({ saved: 0, missed: 110 })
  })

  test('measures the worst drawdown by the changes outside of blocked times', () => {
    const { worst, trading } = whatIf({ maxDailyLossPct: percent(10), ...MANUAL }, FALL).report()
    expect(worst).toEqual({ amount: 100, percent: 10, at: at(1) })
    expect(trading.last.findLast((value) => !Number.isNaN(value))).toBe(900)
  })

  test('takes no cash flow for a gain or a loss', () => {
    const flow: RecordedInput = {
      kind: 'control',
      time: at(2),
      control: { ...FLOW, amount: -500n * UNITS },
    }
    const inputs = [reading(0, 1000), flow, reading(3, 500), reading(4, 490)]
    expect(whatIf({ maxDailyLossPct: percent(10) }, inputs).report()).toMatchObject({
      breachCount: 0,
      worst: { amount: 10, percent: 1 },
    })
  })

  test('has the line of each limit, in buckets of one width', () => {
    const { limits } = whatIf({ maxDailyLossPct: percent(10) }, FALL).report()
    const values = limits.max_daily_loss?.last.filter((value) => !Number.isNaN(value))
    expect(values?.[0]).toBe(900)
    expect(Object.keys(limits)).toEqual(['max_daily_loss'])
  })
})

const FLOW = {
  kind: 'cash-flow',
  id: null,
  at: null,
  inEquity: false,
  force: false,
  reason: null,
  by: null,
} as const

describe('a changed limit', () => {
  test('holds whatever the configuration says later of the same limit', () => {
    const configuration: RecordedInput = {
      kind: 'configuration',
      time: START - 1,
      event: {
        kind: 'limits',
        inputSeq: 1,
        recordedAt: START - 1,
        reason: null,
        by: null,
        defaults: { ...DEFAULT_LIMITS, ...PLAIN },
        traders: { bot1: { maxDailyLossPct: percent(50) } },
        maxTraders: 10,
        pending: [{ at: at(1), defaults: {}, traders: { bot1: { maxDailyLossPct: null } } }],
        previous: null,
      },
    }
    const report = whatIf({ maxDailyLossPct: percent(10) }, [configuration, ...FALL]).report()
    expect(report.breachCount).toBe(1)
  })

  test('holds whatever an operator changes of it, and what else the command changes holds as well', () => {
    const command: RecordedInput = {
      kind: 'control',
      time: at(0) + 1,
      control: {
        kind: 'limits',
        limits: { maxDailyLossPct: percent(50), maxDrawdownPct: percent(14) },
        reason: null,
        by: 'alice',
      },
    }
    const [first, ...rest] = FALL
    if (first === undefined) throw new Error('there is no reading')
    const { maxDrawdownPct: _, ...plain } = PLAIN
    const made = new WhatIf('bot1', { ...plain, maxDailyLossPct: percent(10) }, SPAN)
    for (const input of [first, command, ...rest]) made.take(input)
    expect(made.report().breaches.map(({ limit }) => limit)).toEqual(['max_daily_loss', 'max_drawdown'])
  })
})
