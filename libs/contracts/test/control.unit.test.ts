import { decodeControl, decodeFlags, decodeGlobalLimits, type TraderCommand, toJsonBytes } from '@drawbridge/contracts'
import { describe, expect, it } from 'vitest'

const none = new Uint8Array()
const bytes = (text: string) => new TextEncoder().encode(text)
const LONG = '1000.00000000000000001'
const digits = (name: string) => `${name} has 21 significant digits: a JSON number may have 15, send it as a string`
const unsigned = { reason: null, by: null }
/** What a resume asks for that names nothing: the caller's own hold ends, and no loss is forgiven. */
const own = { kind: 'resume', holders: null, rebase: false, admin: false } as const
const pause = { kind: 'pause', until: null, firm: false } as const
const flow = { kind: 'cash-flow', id: null, at: null, inEquity: false, force: false } as const

describe('a command to one trader', () => {
  it.each([
    ['pause', { reason: 'holiday' }, { ...pause, reason: 'holiday', by: null }],
    [
      'pause',
      { reason: 'x', until: '2026-03-12T20:00Z', by: 'ann' },
      { ...pause, until: Date.UTC(2026, 2, 12, 20), reason: 'x', by: 'ann' },
    ],
    [
      'pause',
      { reason: 'x', until: '2026-03-12T20:00Z', firm: true },
      { ...pause, until: Date.UTC(2026, 2, 12, 20), firm: true, reason: 'x', by: null },
    ],
    ['pause', { reason: 'two\nlines\u0000' }, { ...pause, reason: 'two\uFFFDlines\uFFFD', by: null }],
    ['resume', {}, { ...own, ...unsigned }],
    ['resume', { reason: 'ok', by: 'ann' }, { ...own, reason: 'ok', by: 'ann' }],
    ['resume', { by: 'ann', onBehalfOf: 'bob' }, { ...own, reason: null, by: 'ann', onBehalfOf: 'bob' }],
    ['resume', { holder: 'limit:max_drawdown' }, { ...own, holders: ['limit:max_drawdown'], ...unsigned }],
    [
      'resume',
      { holder: ['a', 'b'], reason: 'x', rebase: true },
      { ...own, holders: ['a', 'b'], rebase: true, reason: 'x', by: null },
    ],
    ['cash-flow', { amount: 100.5 }, { ...flow, amount: 10_050_000_000n, ...unsigned }],
    ['cash-flow', { amount: '-0.00000001', by: 'ann' }, { ...flow, amount: -1n, reason: null, by: 'ann' }],
    ['cash-flow', { amount: 1, force: true }, { ...flow, amount: 100_000_000n, force: true, ...unsigned }],
    [
      'cash-flow',
      { amount: 1, id: 'a', at: '2026-03-12T20:00Z', in_equity: true },
      { ...flow, amount: 100_000_000n, id: 'a', at: Date.UTC(2026, 2, 12, 20), inEquity: true, ...unsigned },
    ],
    [
      'restart',
      { reason: 'phase 2', initial_balance: 5, peak: '6', day_start: 5.5 },
      {
        kind: 'restart',
        initialBalance: 500_000_000n,
        peak: 600_000_000n,
        dayStart: 550_000_000n,
        reason: 'phase 2',
        by: null,
      },
    ],
    [
      'correct',
      { reason: 'x', limit: 'max_drawdown', reference: 5 },
      {
        kind: 'correct',
        correction: { kind: 'reference', limit: 'max_drawdown', reference: 500_000_000n },
        reason: 'x',
        by: null,
      },
    ],
    [
      'correct',
      { reason: 'x', void: 7 },
      { kind: 'correct', correction: { kind: 'void', version: 7 }, reason: 'x', by: null },
    ],
    [
      'limits',
      { max_drawdown: 7.5, reason: 'tighter' },
      { kind: 'limits', limits: { maxDrawdownPct: 750_000_000n }, reason: 'tighter', by: null },
    ],
    ['limits', { max_daily_loss: null }, { kind: 'limits', limits: { maxDailyLossPct: null }, ...unsigned }],
    ['wake', {}, { kind: 'wake' }],
    ['wake', { note: 1 }, { kind: 'wake' }],
  ] as const)('%s %j is read', (command, message, value) => {
    expect(decodeControl(command, toJsonBytes(message))).toEqual({ ok: true, value })
  })

  it.each([
    ['cash-flow', 'amount'],
    ['limits', 'initial_balance'],
    ['limits', 'max_daily_loss'],
    ['limits', 'max_drawdown'],
    ['limits', 'warn_at_percent'],
  ] as const)('%s is refused where JSON would round its %s', (command, name) => {
    const read = decodeControl(command, bytes(`{"${name}": ${LONG}}`))
    expect(read).toEqual({ ok: false, reason: digits(name) })
  })

  it('may have as many digits as it likes in a decimal string', () => {
    const read = decodeControl('cash-flow', bytes('{"amount": "100000000000000.00000001"}'))
    expect(read).toMatchObject({ ok: true, value: { amount: 10_000_000_000_000_000_000_001n } })
  })

  it('may be empty where nothing must be said', () => {
    expect(decodeControl('resume', none)).toEqual({ ok: true, value: { ...own, ...unsigned } })
    expect(decodeControl('wake', none)).toEqual({ ok: true, value: { kind: 'wake' } })
    expect(decodeControl('pause', none)).toEqual({ ok: false, reason: 'reason is missing' })
  })

  it.each([
    ['pause', {}, /^reason is missing$/],
    ['pause', { reason: '' }, /^reason must be a reason of 1 to 500 characters, got ""$/],
    ['pause', { reason: 'x'.repeat(501) }, /^reason must be a reason of 1 to 500 characters/],
    ['pause', { reason: 5 }, /^reason must be/],
    ['pause', { reason: 'x', until: 'tomorrow' }, /^until must be a time with a zone/],
    ['pause', { reason: 'x', untill: 'y' }, /unknown field "untill", did you mean "until"\?/],
    ['pause', { resaon: 'x' }, /reason is missing; .*did you mean "reason"|did you mean "reason"\?; reason is missing/],
    ['pause', { reason: 'x', by: 1 }, /^by must be the author/],
    ['pause', { reason: 'x', onBehalfOf: '' }, /^onBehalfOf must be on whose behalf, 1 to 500 characters/],
    ['pause', { reason: 'x', firm: true }, /^until is missing: a firm pause needs its end$/],
    ['pause', [], /^must be a JSON object/],
    ['pause', { reason: 'x', minutes: 5 }, /unknown field "minutes" \(known: reason, until, firm, by, onBehalfOf\)/],
    ['resume', { force: true }, /unknown field "force"/],
    ['resume', { rebase: true }, /^reason is missing: rebase forgives a loss$/],
    ['resume', { holder: [] }, /^holder must be a holder of the pause/],
    ['resume', 'now', /^must be a JSON object, got "now"$/],
    ['cash-flow', {}, /^amount is missing$/],
    ['cash-flow', { amount: 0 }, /^amount must not be 0$/],
    ['cash-flow', { amount: '-0.0' }, /^amount must not be 0$/],
    ['cash-flow', { amount: 'x' }, /^amount must be a decimal/],
    ['cash-flow', { amount: null }, /^amount must be an amount, negative for a withdrawal, got null$/],
    ['restart', {}, /^reason is missing$/],
    ['restart', { reason: 'x', peak: 0 }, /^peak must be above 0, got 0$/],
    ['correct', { reason: 'x' }, /^must have "void", or "limit" and "reference"$/],
    ['correct', { reason: 'x', void: 7, limit: 'a', reference: 5 }, /^must have "void", or "limit" and "reference"$/],
    ['correct', { reason: 'x', limit: 'a', reference: 0 }, /^reference must be above 0, got 0$/],
    ['limits', {}, /^names no limit to change$/],
    ['limits', { reason: 'x' }, /^names no limit to change$/],
    ['limits', { max_drawdwn: 5 }, /unknown field "max_drawdwn", did you mean "max_drawdown"\?/],
    ['limits', { max_drawdown: 101 }, /^max_drawdown must be above 0 and at most 100, got 101$/],
    ['wake', [], /^must be a JSON object/],
  ] as const)('%s %j is refused', (command, message, reason) => {
    expect(decodeControl(command, toJsonBytes(message))).toEqual({ ok: false, reason: expect.stringMatching(reason) })
  })

  it.each(['pause', 'resume', 'limits', 'cash-flow', 'wake'] as const)(
    '%s is refused where it is not JSON',
    (command) => {
      const read = decodeControl(command satisfies TraderCommand, new TextEncoder().encode('{'))
      expect(read).toEqual({ ok: false, reason: expect.stringMatching(/^is not JSON/) })
    },
  )
})

describe('a change of the limits of all', () => {
  it('may name defaults, limits by trader and the bound on traders', () => {
    const message = {
      max_daily_loss: 5,
      max_traders: 50,
      traders: { bot1: { max_drawdown: '3.5' }, __proto: { stop_trading_minutes: 1 } },
      by: 'ann',
    }
    expect(decodeGlobalLimits(toJsonBytes(message))).toEqual({
      ok: true,
      value: {
        kind: 'limits',
        limits: { maxDailyLossPct: 500_000_000n },
        traders: { bot1: { maxDrawdownPct: 350_000_000n }, __proto: { stopTradingMinutes: 1 } },
        maxTraders: 50,
        reason: null,
        by: 'ann',
      },
    })
  })

  it('may name a trader by what objects have by nature', () => {
    const text = '{"traders":{"__proto__":{"stop_trading_minutes":1},"constructor":{"stop_trading_minutes":2}}}'
    const read = decodeGlobalLimits(new TextEncoder().encode(text))
    expect(read.ok && Object.entries(read.value.traders)).toEqual([
      ['__proto__', { stopTradingMinutes: 1 }],
      ['constructor', { stopTradingMinutes: 2 }],
    ])
  })

  it.each([
    [{ max_traders: 0 }, /^max_traders must be a whole number, 1 to 1000000, got 0$/],
    [{ max_trader: 5 }, /unknown field "max_trader", did you mean "max_trade/],
    [{ traders: [] }, /^traders must be an object of limits by trader id/],
    [{ traders: { bot1: 5 } }, /^traders.bot1: must be a JSON object, got 5$/],
    [
      { traders: { 'a.b': {}, flags: {}, bot1: { reset_time: '25:00' } } },
      /^traders: trader id "a.b" must be .*; traders: trader id "flags" is reserved.*; traders.bot1: reset_time must be/,
    ],
    [{ stop_trading_minutes: 0 }, /^stop_trading_minutes must be whole minutes, 1 to 525600, got 0$/],
    [{ max_daily_loss: 0 }, /^max_daily_loss must be above 0 and at most 100, got 0$/],
    [5, /^must be a JSON object, got 5$/],
  ])('%j is refused', (message, reason) => {
    expect(decodeGlobalLimits(toJsonBytes(message))).toEqual({ ok: false, reason: expect.stringMatching(reason) })
  })

  it.each([`{"max_drawdown": ${LONG}}`, `{"traders": {"bot1": {"max_drawdown": ${LONG}}}}`])(
    '%s is refused, because JSON would round it',
    (text) => {
      expect(decodeGlobalLimits(bytes(text))).toEqual({ ok: false, reason: digits('max_drawdown') })
    },
  )

  it('is refused where it is not JSON', () => {
    expect(decodeGlobalLimits(none).ok).toBe(false)
  })
})

describe('a change of flags', () => {
  it.each([
    [{ enable_risk_enforcement: false }, { enforcement: false, persistence: null }],
    [{ enable_persistence: true }, { enforcement: null, persistence: true }],
    [
      { enable_risk_enforcement: true, enable_persistence: false },
      { enforcement: true, persistence: false },
    ],
  ])('%j is read', (message, flags) => {
    expect(decodeFlags(toJsonBytes(message))).toEqual({ ok: true, value: { kind: 'flags', ...flags, ...unsigned } })
  })

  it.each([
    [{}, /^names no flag to change$/],
    [{ by: 'ann' }, /^names no flag to change$/],
    [{ enable_risk_enforcement: 'off' }, /^enable_risk_enforcement must be true or false, got "off"$/],
    [{ enable_risk_enforcment: true }, /did you mean "enable_risk_enforcement"\?/],
    [null, /^must be a JSON object, got null$/],
  ])('%j is refused', (message, reason) => {
    expect(decodeFlags(toJsonBytes(message))).toEqual({ ok: false, reason: expect.stringMatching(reason) })
  })

  it('is refused where it is not JSON', () => {
    expect(decodeFlags(none).ok).toBe(false)
  })
})
