import { type RiskEvent, type RiskEventMessage, riskEventToMessage } from '@drawbridge/contracts'
import { TraderLog } from '@drawbridge/testing/trader-log'
import { describe, expect, test } from 'vitest'
import { historyRow, ordinaryRow } from '../src/core/history-row.ts'

const TRACE_ID = 'a'.repeat(32)

function ticks(): readonly RiskEvent[] {
  const log = new TraderLog('bot1')
  return [
    log.tick(1000),
    log.tick('1010.12345678', { balance: 1005_00000000n, seq: 42 }),
    log.tick('999.99999999', { balance: -1n, seq: 43 }),
    log.tick(0),
    log.tick(1000),
  ]
}

/** An event that only moved equity, as it crosses the wire. */
function ordinary(): RiskEventMessage {
  const log = new TraderLog('bot1')
  log.tick(1000)
  return riskEventToMessage(log.tick(1001))
}

test('an event that only moved equity has the row that is worked out of it', () => {
  const rows = ticks().map((event) => [event, ordinaryRow(riskEventToMessage(event), 7, TRACE_ID)] as const)
  const found = rows.filter(([, row]) => row !== null)

  for (const [event, row] of found) expect(row).toEqual(historyRow(event, 7, TRACE_ID))
  expect(found.length).toBeGreaterThanOrEqual(3)
})

test('an event that tells more is left to be worked out', () => {
  const log = new TraderLog('bot1')
  log.tick(1000)
  const breach = log.tick(500)
  const paused = log.tick(501)

  expect(breach.type).toBe('breach')
  expect(paused.facts).toEqual([])
  expect([breach, paused].map((event) => ordinaryRow(riskEventToMessage(event), 1, null))).toEqual([null, null])
})

describe('an event that is written as no guardian writes it is left to be worked out:', () => {
  const { state } = ordinary()
  const withUndo = (change: object) =>
    ({ state: { ...state, undo: { ...state.undo, ...change } } }) as Partial<RiskEventMessage>
  const withLimits = (change: object) =>
    ({
      state: { ...state, limitStates: state.limitStates?.map((one) => ({ ...one, ...change })) },
    }) as Partial<RiskEventMessage>
  test.each<[string, Partial<RiskEventMessage>]>([
    ['a time in another zone', { recordedAt: '2026-03-12T16:00:00.000+02:00' }],
    ['a time without milliseconds', { effectiveAt: '2026-03-12T14:00:00Z' }],
    ['a reset that is no time', { state: { ...state, nextResetAt: 'infinity' } }],
    ['the start of a day that is no time', { state: { ...state, dayStartedAt: 'now' } }],
    ['equity that is no number', { state: { ...state, equity: 'NaN' } }],
    ['equity with an exponent', { state: { ...state, equity: '1e3' } }],
    ['a loss with nine decimals', { dailyPnl: '0.123456789' }],
    ['a drawdown with a space', { drawdownPct: ' 1' }],
    ['a floor that is no number', withLimits({ line: 'NaN' })],
    ['a line of a tier with an exponent', withLimits({ tierLines: ['900', '8e2'] })],
    ['the line of the first tier with an exponent', withLimits({ firstTierAt: '9e2' })],
    ['a room that is not finite', withLimits({ room: 'Infinity' })],
    ['an equity before the reading with an exponent', withUndo({ equity: '1e3' })],
    [
      'a reading whose time is of another zone',
      withUndo({ reading: { ...state.undo?.reading, at: '2026-03-12T16:00:00+02:00' } }),
    ],
    ['a peak before the reading that is no number', withUndo({ peakEquity: 'NaN' })],
    [
      'a limit before the reading with a space',
      withUndo({ limitStates: [{ name: 'max_drawdown', reference: ' 900' }] }),
    ],
  ])('%s', (_, written) => {
    expect(ordinaryRow({ ...ordinary(), ...written }, 1, null)).toBeNull()
    expect(ordinaryRow(ordinary(), 1, null)).not.toBeNull()
  })
})
