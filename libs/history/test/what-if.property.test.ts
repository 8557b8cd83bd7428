import { type LimitOverrides, parseLimits, type RiskEvent, type TraderState } from '@drawbridge/contracts'
import { type RecordedInput, WhatIf } from '@drawbridge/risk-engine/what-if'
import { type History, histories, type Step, settingsMessage, TRADER } from '@drawbridge/testing/engine'
import { seedOfTest } from '@drawbridge/testing/random'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StoredDetail, StoredUndo } from '../src/core/event-of-row.ts'
import { historyRow } from '../src/core/history-row.ts'
import { RecordedInputs } from '../src/core/recorded-inputs.ts'
import type { RecordedRow } from '../src/core/recorded-row.ts'
import { guardedEventsOf, type Told } from './guarded-events.ts'

const seed = seedOfTest('a what-if of random histories')
const SPAN = { from: Date.parse('2011-01-01T00:00:00Z'), to: Date.parse('2027-01-01T00:00:00Z') }

/** What limits made of an account. What only names inputs is left aside. */
function judgedIn(state: TraderState) {
  const { pause, limitStates, limitsKey, enforced, unenforced, warned, flows, trades, doubt, days, opensAt } = state
  const { equity, balance, peakEquity, dayEquity, dayBalance, dayStartedAt, nextResetAt, staleSince, nonZero } = state
  return {
    ...{ pause, limitStates, limitsKey, enforced, unenforced, warned, days, opensAt },
    ...{ equity, balance, peakEquity, dayEquity, dayBalance, dayStartedAt, nextResetAt, staleSince, nonZero },
    flows: flows?.total,
    losers: trades?.losers,
    losersInARow: trades?.losersInARow,
    tradesInWindow: trades?.inWindow,
    doubts: [doubt.pending !== null, doubt.zeros?.count, doubt.rejected, doubt.late],
  }
}

/** The columns that are read of an event. */
function rowOf(event: RiskEvent): RecordedRow {
  const row = historyRow(event, 1, null)
  const detail = row.detail === null ? null : (JSON.parse(row.detail) as StoredDetail)
  const undo = row.undo === null ? null : (JSON.parse(row.undo) as StoredUndo)
  return {
    version: row.version,
    inputSeq: row.input_seq,
    recordedAt: Date.parse(row.recorded_at),
    effectiveAt: Date.parse(row.effective_at),
    tickSeq: row.tick_seq,
    equity: row.current_equity,
    balance: row.balance,
    at: undo?.reading?.at ?? null,
    detail,
    undo: detail === null ? null : undo,
  }
}

/** The inputs of each event, by what its row says. */
function inputsOf(told: readonly Told[], before?: TraderState): RecordedInput[][] {
  const recorded = new RecordedInputs(TRADER, before)
  return told.map(({ event, configurations }) => {
    const isOfFlags = configurations.at(-1)?.inputSeq === event.state.inputSeq
    const input = recorded.inputOf(rowOf(event), isOfFlags)
    const changes = configurations.map((one) => ({ kind: 'configuration', time: one.recordedAt, event: one }) as const)
    return input === null ? changes : [...changes, input]
  })
}

/** Judged again, it ends as it has ended. */
function expectWhatHappened(told: readonly Told[]): void {
  const whatIf = new WhatIf(TRADER, {}, SPAN)
  for (const input of inputsOf(told).flat()) whatIf.take(input)
  expect(judgedIn(whatIf.state)).toEqual(judgedIn(told.at(-1)?.event.state as TraderState))
}

/** A tick that comes at the moment of its own time. */
function tick(at: string, equity: string, balance?: string) {
  return { at, equity, ...(balance === undefined ? {} : { balance }), reading_at: at }
}

describe('a what-if of what was recorded', () => {
  it('without another limit is what happened, after every event', () => {
    fc.assert(
      fc.property(histories(), (history) => {
        const told = guardedEventsOf(history)
        const inputs = inputsOf(told)
        const whatIf = new WhatIf(TRADER, {}, SPAN)
        for (const [index, { event }] of told.entries()) {
          for (const input of inputs[index] ?? []) whatIf.take(input)
          expect({ index, ...judgedIn(whatIf.state) }).toEqual({ index, ...judgedIn(event.state) })
        }
      }),
      { numRuns: 300, seed },
    )
  })

  it('tells deposits that ticks tell from a command, though together they are 0', () => {
    const at = (minute: number) => `2026-03-07T20:0${minute}:00.000Z`
    const tick = (minute: number, equity: string, deposits: string) =>
      ({ at: at(minute), equity, net_deposits: deposits, reading_at: at(minute) }) as const
    const told = guardedEventsOf({
      config: {
        first_day: 'initial-balance',
        stop_trading_minutes: 1,
        max_daily_loss: null,
        max_drawdown: null,
        stale_after_seconds: null,
        confirm_jump: null,
        net_deposits: true,
        limits: [],
      },
      steps: [
        { at: at(1), command: { kind: 'limits', short: { confirm_jump: { percent: 20, seconds: 5 } } } },
        tick(2, '1000', '0'),
        tick(2, '1000', '0'),
        tick(2, '750', '-50'),
        tick(2, '1150', '-100'),
        // Confirms the withdrawal of 100 and its return in one event.
        tick(3, '1250', '0'),
      ],
    })
    expect(told.at(-1)?.event.facts.filter(({ kind }) => kind === 'cash-flow')).toHaveLength(2)
    expectWhatHappened(told)
  })

  it('takes the reading that waits, where it has confirmed another one that ended a pause', () => {
    const told = guardedEventsOf({
      config: {
        first_day: 'initial-balance',
        stop_trading_minutes: 1,
        max_daily_loss: null,
        max_drawdown: null,
        stale_after_seconds: null,
        confirm_jump: null,
        limits: [
          {
            name: 'l0',
            window: 'day',
            reference: { kind: 'initial' },
            limit: { amount: '50' },
            tested: 'balance',
            on_end: 'rebase',
          },
        ],
      },
      steps: [
        tick('2026-03-07T20:01:00.000Z', '1000', '0'),
        {
          at: '2026-03-07T20:02:00.000Z',
          command: { kind: 'limits', short: { confirm_jump: { percent: '10', seconds: 0 } } },
        },
        tick('2026-03-07T20:03:00.000Z', '1200', '1200'),
        tick('2026-03-08T00:00:00.000Z', '1000', '1000'),
      ],
    })
    expect(told.at(-1)?.event.facts.map(({ kind }) => kind)).toEqual([
      ...['reading-confirmed', 'resumed', 'rebased', 'reading-unconfirmed'],
    ])
    expectWhatHappened(told)
  })

  it('takes the time of a reading that ended a pause at the moment it was recorded', () => {
    const told = guardedEventsOf({
      config: {
        first_day: 'initial-balance',
        stop_trading_minutes: 1,
        max_daily_loss: '10',
        daily_loss_of: 'balance-at-reset',
        daily_loss_ends: 'timer',
        max_drawdown: '20',
        drawdown_ends: 'timer',
        stale_after_seconds: null,
        confirm_jump: null,
        on_end: 'rebase',
        time_base: 'event',
        limits: [],
      },
      steps: [
        tick('2026-03-07T19:59:59.999Z', '1000'),
        tick('2026-03-07T20:00:00.000Z', '800'),
        tick('2026-03-07T20:01:00.000Z', '800', '830'),
        // Without a balance, a pause for it does not end: the next one ends it.
        { ...tick('2026-03-07T20:01:00.000Z', '800'), seq: 10 },
        tick('2026-03-07T20:02:00.000Z', '640', '610'),
      ],
    })
    const last = told.at(-1)?.event
    expect(last?.effectiveAt).toBe(last?.recordedAt)
    expect(last?.facts.map((fact) => fact.kind)).toContain('resumed')
    expectWhatHappened(told)
  })

  it('hears no reading where time alone confirms one that has waited', () => {
    const told = guardedEventsOf({
      config: {
        first_day: 'initial-balance',
        max_daily_loss: null,
        max_drawdown: '20',
        stale_after_seconds: 300,
        confirm_jump: { percent: 20, seconds: 60 },
        limits: [],
      },
      steps: [
        tick('2026-03-07T20:00:00.000Z', '1000'),
        tick('2026-03-07T20:00:01.000Z', '1000'),
        tick('2026-03-07T20:01:00.000Z', '500'),
        tick('2026-03-07T20:01:01.000Z', '300'),
        { at: '2026-03-07T20:10:00.000Z', command: { kind: 'pause', until: null, reason: 'enough' } },
      ],
    })
    const confirmed = told.find(({ event }) => event.recordedAt === Date.parse('2026-03-07T20:02:00.000Z'))
    expect(confirmed?.event.facts[0]?.kind).toBe('reading-confirmed')
    expect(told.at(-1)?.event.state.staleSince).toBe(Date.parse('2026-03-07T20:01:01.000Z'))
    expectWhatHappened(told)
  })

  it('is that as well where it passes over readings that change nothing else', () => {
    fc.assert(
      fc.property(histories({ maxSteps: 40 }), fc.integer({ min: 2, max: 12 }), (history, every) => {
        const told = guardedEventsOf(history)
        const inputs = inputsOf(told)
        const whatIf = new WhatIf(TRADER, {}, SPAN)
        for (const [index, { event }] of told.entries()) {
          for (const input of inputs[index] ?? []) whatIf.take(input)
          // Whoever looks at the state has the last readings judged.
          if (index % every > 0 && index + 1 < told.length) continue
          expect({ index, ...judgedIn(whatIf.state) }).toEqual({ index, ...judgedIn(event.state) })
        }
      }),
      { numRuns: 150, seed },
    )
  })

  it('from the state at a cut on is what happened after it', () => {
    fc.assert(
      fc.property(histories({ maxSteps: 30 }), fc.double({ min: 0, max: 1, noNaN: true }), (history, share) => {
        const told = guardedEventsOf(history)
        const cut = Math.floor(share * (told.length - 1))
        const [at, later] = [told[cut], told.slice(cut + 1)]
        fc.pre(at !== undefined && later.length > 0)
        const whatIf = new WhatIf(TRADER, {}, SPAN)
        for (const one of told.slice(0, cut + 1).flatMap(({ configurations }) => configurations)) {
          whatIf.take({ kind: 'configuration', time: one.recordedAt, event: one })
        }
        const { state, recordedAt } = at.event
        whatIf.take({ kind: 'state', time: recordedAt, state })
        const inputs = inputsOf(later, state)
        for (const [index, { event }] of later.entries()) {
          for (const input of inputs[index] ?? []) whatIf.take(input)
          expect({ index, ...judgedIn(whatIf.state) }).toEqual({ index, ...judgedIn(event.state) })
        }
        expect(whatIf.report().events).toBeGreaterThanOrEqual(later.length)
      }),
      { numRuns: 150, seed },
    )
  })

  it('with other limits is what these would have done, had they been configured from the beginning', () => {
    fc.assert(
      fc.property(histories(), histories(), ({ config, steps }, { config: other }) => {
        const kept = steps.filter(isOfTheAccount)
        const limits = { ...config, ...limitsOf(other) }
        const change = changeTo(limits, config)
        const told = guardedEventsOf({ config, steps: kept })
        const otherwise = guardedEventsOf({ config: limits, steps: kept })
        const wanted = otherwise.at(-1)
        // Some configs that are made up are refused, and the built-in one stays in force.
        fc.pre(isConfigured(told) && isConfigured(otherwise))
        // What a tick said that was rejected is not kept.
        fc.pre(told.every(({ event }) => event.facts.every(({ kind }) => kind !== 'tick-rejected')))
        fc.pre(wanted !== undefined && told.at(-1)?.event.recordedAt === wanted.event.recordedAt)
        const whatIf = new WhatIf(TRADER, change, SPAN)
        for (const input of inputsOf(told).flat()) whatIf.take(input)
        expect(judgedIn(whatIf.state)).toEqual(wanted && judgedIn(wanted.event.state))
      }),
      { numRuns: 60, seed },
    )
  })
})

type Config = History['config']

/** What does not depend on limits: readings without trades, cash flows and pauses. */
function isOfTheAccount(step: Step): boolean {
  if ('equity' in step) return step.closed === undefined
  return 'command' in step && ['pause', 'cash-flow'].includes(step.command.kind)
}

function limitsOf(config: Config): Pick<Config, 'limits' | 'max_daily_loss' | 'max_drawdown' | 'stop_trading_minutes'> {
  const { limits, max_daily_loss, max_drawdown, stop_trading_minutes } = config
  return {
    // A limit of the same name would keep what the change does not say.
    limits: limits.map((limit) => ({ ...limit, name: `other_${limit.name}` })),
    ...(max_daily_loss === undefined ? {} : { max_daily_loss }),
    ...(max_drawdown === undefined ? {} : { max_drawdown }),
    ...(stop_trading_minutes === undefined ? {} : { stop_trading_minutes }),
  }
}

/** The change from some limits to others: those of other names are none. */
function changeTo(limits: Config, before: Config): LimitOverrides {
  const read = parseLimits(settingsMessage(limits))
  fc.pre(read.ok)
  const removed = Object.fromEntries(before.limits.map(({ name }) => [name, null]))
  const { maxDailyLossPct = null, maxDrawdownPct = null, stopTradingMinutes = 60, named } = read.value
  return { maxDailyLossPct, maxDrawdownPct, stopTradingMinutes, named: { ...removed, ...named } }
}

function isConfigured(told: readonly Told[]): boolean {
  return told.some(({ configurations }) => configurations.some(({ kind }) => kind === 'limits'))
}
