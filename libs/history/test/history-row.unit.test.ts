import { riskEventOfMessage, riskEventToMessage } from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION } from '@drawbridge/risk-engine'
import { START, TraderLog } from '@drawbridge/testing/trader-log'
import { expect, test } from 'vitest'
import { historyRow, ordinaryRow } from '../src/core/history-row.ts'
import { HISTORY } from '../src/tables.ts'

test('a row carries the state after the event, amounts as exact decimals and times in UTC', () => {
  const log = new TraderLog('bot1')
  log.tick(1000)
  const event = log.tick('1010.12345678', { balance: 1005_00000000n, seq: 42 })

  const message = riskEventToMessage(event)

  expect(historyRow(event, 7, 'a'.repeat(32))).toEqual({
    trader_id: 'bot1',
    version: 2,
    recorded_at: '2026-03-12T14:00:02.000Z',
    effective_at: '2026-03-12T14:00:02.000Z',
    event_type: 'assessed',
    stream_seq: 7,
    input_seq: 2,
    tick_seq: 42,
    daily_pnl: '10.12345678',
    drawdown_pct: '0',
    current_equity: '1010.12345678',
    peak_equity: '1010.12345678',
    first_equity: '1000',
    balance: '1005',
    day_equity: '1000',
    day_balance: '1005',
    trading_paused: false,
    paused_until: null,
    last_reset_time: '2026-03-12T14:00:01.000Z',
    next_reset_at: '2026-03-13T00:00:00.000Z',
    config_version: 0,
    rules_version: event.rulesVersion,
    enforced: true,
    trace_id: 'a'.repeat(32),
    reason: null,
    detail: null,
    limit_states: JSON.stringify(message.state.limitStates),
    undo: JSON.stringify(message.state.undo),
    decision_code: 'ok',
  })
})

test('the limits of an event are in its row with their lines, and what its reading changed with what was before', () => {
  const log = new TraderLog('bot1')
  log.tick(1000)
  const { limit_states: limits, undo } = historyRow(log.tick('1010.5'), 2, null)

  expect(JSON.parse(limits ?? '')).toMatchObject([
    { name: 'max_daily_loss', reference: '1000', line: '900', room: '110.5', percent: '-1.05' },
    { name: 'max_drawdown', reference: '1010.5', line: '808.4', room: '202.1', percent: '0' },
  ])
  const before = [{ name: 'max_drawdown', reference: '1000' }]
  expect(JSON.parse(undo ?? '')).toMatchObject({ equity: '1000', peakEquity: '1000', limitStates: before })
})

test('an event without limits has none in its row', () => {
  const log = new TraderLog('bot1')
  const before = riskEventToMessage(log.tick(1000))
  const { limitStates: _limits, undo: _undo, limitsKey: _key, days: _days, ...state } = before.state
  const { code: _unknown, ...decision } = before.decision
  const older = riskEventOfMessage({ ...before, rulesVersion: 5, decision, state })
  if (!older.ok) throw new Error(older.reason)

  expect(historyRow(older.value, 1, null)).toMatchObject({
    rules_version: 5,
    limit_states: null,
    undo: null,
    decision_code: null,
  })
})

test('a row names every column in the order of the statements', () => {
  const row = historyRow(new TraderLog('bot1').tick(1000), 1, null)

  expect(Object.keys(row)).toEqual(Object.keys(HISTORY.columns))
})

test('a breach carries the pause, its reason and a document of what happened', () => {
  const log = new TraderLog('bot1')
  log.tick(1000)
  const row = historyRow(log.tick(900), 2, null)

  expect(row).toMatchObject({
    event_type: 'breach',
    trading_paused: true,
    paused_until: '2026-03-13T00:00:00.000Z',
    daily_pnl: '-100',
    drawdown_pct: '10',
    enforced: true,
    reason: 'max_daily_loss: 10 % reached the limit of 10 %',
  })
  expect(JSON.parse(row.detail ?? '')).toMatchObject({
    facts: [{ kind: 'breached', rule: 'max_daily_loss', observedPct: '10', limitPct: '10', loss: '100', base: '1000' }],
    pause: { since: '2026-03-12T14:00:02.000Z', holds: [{ holder: 'limit:max_daily_loss' }] },
    clock: 'server 00:00 UTC',
    budget: { limit: 'max_daily_loss', room: '0', factor: '0' },
  })
})

test('a tick during a pause needs no document and still says why and until when trading is paused', () => {
  const log = new TraderLog('bot1')
  log.tick(1000)
  log.tick(900)
  const row = historyRow(log.tick(905), 3, null)

  expect(row).toMatchObject({
    event_type: 'assessed',
    trading_paused: true,
    paused_until: '2026-03-13T00:00:00.000Z',
    reason: 'max_daily_loss: 10 % reached the limit of 10 %',
    detail: null,
  })
})

test('a breach while enforcement is off is marked as not enforced', () => {
  const log = new TraderLog('bot1')
  log.configuration = { ...log.configuration, enforcement: false }
  log.tick(1000)
  const row = historyRow(log.tick(900), 2, null)

  expect(row).toMatchObject({ event_type: 'breach', enforced: false, trading_paused: false, reason: null })
  expect(JSON.parse(row.detail ?? '')).toMatchObject({ unenforced: ['max_daily_loss'] })
})

test('a hold that is kept while enforcement is off pauses nothing, and is in the document', () => {
  const log = new TraderLog('bot1')
  log.tick(1000)
  log.tick(900)
  log.configuration = { ...log.configuration, enforcement: false }
  const tick = historyRow(log.tick(899), 3, null)
  const row = historyRow(log.unreadableTick('is not JSON'), 4, null)

  expect(tick).toMatchObject({
    trading_paused: false,
    paused_until: null,
    reason: null,
    decision_code: 'ok',
    detail: null,
  })
  expect(row).toMatchObject({ trading_paused: false, paused_until: null })
  expect(JSON.parse(row.detail ?? '')).toMatchObject({
    enforced: false,
    pause: { holds: [{ holder: 'limit:max_daily_loss' }] },
  })
})

test('a reading that waits for others says so in its row, and each further one has a document', () => {
  const log = new TraderLog('bot1')
  log.configuration = BUILT_IN_CONFIGURATION
  log.tick(1000)
  log.tick(1000)
  const [first, second] = [historyRow(log.tick(500), 3, null), historyRow(log.tick(501), 4, null)]

  const reason = 'the reading of 500 differs too much from 1000: waiting for others that agree'
  expect(first).toMatchObject({ current_equity: '1000', trading_paused: false, decision_code: 'unconfirmed', reason })
  expect(JSON.parse(second.detail ?? '')).toMatchObject({
    facts: [],
    doubt: { pending: { newest: { equity: '501' } } },
  })
})

test('what a state may say one day, and no column knows, is in the document', () => {
  const log = new TraderLog('bot1')
  log.tick(1000)
  const message = riskEventToMessage(log.tick(1001))
  expect(ordinaryRow(message, 2, null)?.detail).toBeNull()

  const more = { ...message, state: { ...message.state, somethingNew: 1 } }
  expect(ordinaryRow(more, 2, null)).toBeNull()
})

test('an open-ended pause has no end', () => {
  const log = new TraderLog('bot1')
  log.tick(1000)
  const row = historyRow(log.control({ kind: 'pause', until: null, firm: false, reason: 'lunch', by: 'ann' }), 2, null)

  expect(row).toMatchObject({ event_type: 'paused', trading_paused: true, paused_until: null })
  expect(row.reason).toContain('lunch')
})

test("an operator's word is the reason where nothing is paused", () => {
  const log = new TraderLog('bot1')
  log.tick(1000)
  log.control({ kind: 'pause', until: null, firm: false, reason: 'lunch', by: 'ann' })
  const row = historyRow(
    log.control({ kind: 'resume', holders: null, rebase: false, admin: false, reason: 'back again', by: 'ann' }),
    3,
    null,
  )

  expect(row).toMatchObject({ event_type: 'resumed', trading_paused: false, reason: 'back again' })
})

test('a rejected tick says why it was rejected, even while trading is paused', () => {
  const log = new TraderLog('bot1')
  log.tick(1000)
  log.tick(900)
  const row = historyRow(log.unreadableTick('equity is missing'), 3, null)

  expect(row).toMatchObject({ event_type: 'tick-rejected', trading_paused: true, reason: 'equity is missing' })
})

test('an event before the first tick has no amounts', () => {
  const row = historyRow(new TraderLog('bot1').unreadableTick('is not JSON'), 1, null)

  expect(row).toMatchObject({ current_equity: null, peak_equity: null, daily_pnl: null, drawdown_pct: null })
  expect(row).toMatchObject({ last_reset_time: null, recorded_at: new Date(START + 1_000).toISOString() })
})
