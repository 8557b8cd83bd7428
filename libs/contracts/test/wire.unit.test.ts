import {
  type ConfigEvent,
  DEFAULT_LIMITS,
  decodeConfigEvent,
  decodeHeartbeat,
  decodeRemoved,
  decodeRiskEvent,
  decodeSettled,
  decodeTick,
  encodeConfigEvent,
  encodeHeartbeat,
  encodeRemoved,
  encodeRiskEvent,
  encodeSettled,
  type Fact,
  type LimitState,
  measuresOf,
  NO_DOUBT,
  parseJson,
  printable,
  type RiskEvent,
  riskEventToMessage,
  toJsonBytes,
} from '@drawbridge/contracts'
import { describe, expect, it } from 'vitest'

const NOON = Date.UTC(2026, 2, 12, 12)
const bytes = (written: string) => new TextEncoder().encode(written)
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
/** The largest size that an amount of a tick or a state may have. */
const LARGEST = 10n ** 23n - 1n

const facts: readonly Fact[] = [
  { kind: 'day-started', at: NOON, equity: 1n, balance: null },
  {
    kind: 'breached',
    rule: 'max_daily_loss',
    action: 'flatten',
    observedPct: (2n * LARGEST * 100_00000000n) / 1n,
    limitPct: 1n,
    loss: 2n * LARGEST,
    base: 1n,
    enforced: true,
    until: NOON,
  },
  {
    kind: 'breached',
    rule: 'max_drawdown',
    observedPct: 5n,
    limitPct: 5n,
    loss: 5n,
    base: 5n,
    enforced: false,
    until: null,
  },
  { kind: 'paused', until: null, reason: 'by "hand"\\', by: null },
  { kind: 'resumed', at: NOON, cause: 'operator', holders: ['operator', 'max_drawdown'], reason: 'r', by: 'ann' },
  { kind: 'hold-ended', at: NOON, holders: ['limit:day'] },
  { kind: 'rebased', rule: 'day', from: LARGEST, to: -LARGEST },
  { kind: 'uncomputable', rule: 'day', reason: null },
  { kind: 'reading-unconfirmed', equity: 0n, balance: null },
  { kind: 'reading-confirmed', at: NOON, equity: 0n, balance: LARGEST },
  { kind: 'reading-dropped', equity: -1n, balance: null },
  { kind: 'enforcement', at: NOON, enforced: true },
  { kind: 'out-of-order', at: NOON, count: 5 },
  { kind: 'peak-rebased', from: LARGEST, to: -LARGEST },
  { kind: 'baseline-rebased', from: -1n, to: 0n },
  {
    kind: 'limits-changed',
    limits: { maxDrawdownPct: null, resetTime: '17:00' },
    previous: { maxDrawdownPct: 5n, resetTime: '00:00' },
    reason: null,
    by: null,
  },
  {
    kind: 'limits-changed',
    limits: {},
    previous: { maxDrawdownPct: 5n },
    pending: { maxDrawdownPct: 6n },
    inForceAt: NOON + 60_000,
    reason: null,
    by: null,
  },
  { kind: 'restarted', initialBalance: LARGEST, peak: null, dayStart: null, reason: 'phase 2', by: 'ann' },
  { kind: 'corrected', rule: 'day', from: null, to: LARGEST, reason: 'wrong', by: null },
  { kind: 'cash-flow', amount: -1n, reason: null, by: null },
  { kind: 'tick-rejected', reason: 'is not JSON' },
  { kind: 'tick-rejected', reason: 'seq 7 was sent before', cause: 'late' },
  { kind: 'run-began', run: null },
  { kind: 'run-began', run: 'tuesday' },
  { kind: 'currency-set', currency: 'USDT' },
  { kind: 'warned', rule: 'max_drawdown', observedPct: 4n, limitPct: 5n },
  { kind: 'feed-stale', since: NOON },
  { kind: 'feed-restored', since: NOON },
  { kind: 'session-closed', since: NOON, until: NOON + 3_600_000 },
  { kind: 'session-opened', since: NOON },
  { kind: 'session-opened', since: null },
]

const day: LimitState = {
  name: 'day',
  measure: 'loss',
  tests: 'equity',
  basis: 'day start of equity|',
  reference: 1000_00000000n,
  startEquity: 1000_00000000n,
  startBalance: null,
  initial: 1000_00000000n,
  active: true,
  base: 1000_00000000n,
  line: 900_00000000n,
  tierLines: [920_00000000n, 900_00000000n],
  blocks: true,
  warnedPct: 80_00000000n,
  blocksAt: 900_00000000n,
  uncomputable: null,
}
const lost: LimitState = {
  ...day,
  name: 'lost',
  measure: 'profit',
  reference: null,
  startEquity: null,
  blocks: false,
  warnedPct: null,
  base: null,
  line: null,
  tierLines: [],
  blocksAt: null,
  uncomputable: 'what it is measured from was not reported',
}
const reading = { equity: 1n, balance: null, netDeposits: null, currency: null, at: null }

const event: RiskEvent = {
  type: 'breach',
  trader: 'bot1',
  recordedAt: NOON + 1,
  effectiveAt: NOON,
  rulesVersion: 6,
  configVersion: 3,
  tickSeq: 9,
  budget: { room: -LARGEST, limit: 'day', factor: 50_000_000n },
  facts,
  state: {
    version: 4,
    inputSeq: 12,
    firstInputSeq: 5,
    time: NOON,
    clock: 'event 17:00 America/New_York',
    firstEquity: 1000_00000000n,
    equity: 950_00000000n,
    balance: -LARGEST,
    peakEquity: 1000_00000000n,
    dayStartedAt: NOON - 1000,
    nextResetAt: NOON + 1000,
    dayEquity: 1000_00000000n,
    dayBalance: LARGEST,
    pause: {
      since: NOON,
      until: null,
      holds: [
        {
          holder: 'limit:day',
          at: NOON,
          until: NOON + 5,
          reason: 'first',
          action: 'flatten',
          onEnd: 'rebase',
          firmUntil: null,
        },
        {
          holder: 'operator:ann',
          at: NOON + 1,
          until: null,
          reason: 'second',
          action: null,
          onEnd: 'keep',
          firmUntil: NOON + 9,
        },
      ],
    },
    enforced: false,
    unenforced: ['max_drawdown'],
    warned: ['max_daily_loss'],
    limitStates: [day, lost],
    limitsKey: '4105e3fffbf5980c',
    trades: {
      known: [{ id: 't1', at: NOON }],
      losers: [NOON - 1, NOON],
      losersInARow: 2,
      inWindow: 3,
      windowSince: NOON - 1000,
    },
    flows: {
      known: [{ id: 'f1', at: NOON }],
      total: LARGEST,
      last: { at: NOON, before: 1n, after: 2n },
    },
    netDeposits: -5n,
    period: { initialBalance: 1n, peak: null, dayStart: null },
    undo: {
      reading,
      version: 3,
      equity: 1n,
      balance: null,
      peakEquity: 2n,
      dayEquity: 3n,
      dayBalance: null,
      firstEquity: null,
      currency: 'EUR',
      pending: null,
      zeros: { count: 1, since: 1_000, receivedAt: 2_000, reportedAt: null },
      netDeposits: null,
      nonZero: { equity: 3n, balance: null },
      days: { best: 1n, sum: 0n, count: 1, isCounted: false },
      limitStates: [
        { name: 'day', reference: 900_00000000n, startEquity: null, startBalance: 1n, initial: 1n, active: false },
        { name: 'gone', reference: null, startEquity: null, startBalance: null, initial: 1n, active: true },
      ],
    },
    nonZero: { equity: 1n, balance: null },
    days: { best: null, sum: -LARGEST, count: 2, isCounted: true },
    doubt: {
      pending: {
        nearest: reading,
        newest: { equity: 2n, balance: 3n, netDeposits: -4n, currency: 'USD', at: NOON },
        newestAt: NOON,
        newestReceivedAt: NOON + 1,
        side: null,
        of: 'balance',
        since: NOON - 1,
        receivedAt: NOON,
        reportedAt: NOON - 2,
      },
      zeros: { count: 2, since: NOON, receivedAt: NOON, reportedAt: null },
      rejected: 'is not JSON',
      late: { count: 5, since: NOON, blocks: true },
    },
    lastTickAt: NOON - 1,
    staleSince: NOON,
    opensAt: NOON + 7_200_000,
    limits: { maxDailyLossPct: 5_00000000n, timeBase: 'event' },
    pendingLimits: [{ at: NOON + 60_000, limits: { maxDailyLossPct: null } }],
    sequence: { run: 'b', seq: 9, earlier: [null, 'a'] },
    currency: 'USDT',
  },
}

/** The same while limits are enforced, and nothing is in doubt. */
const judged: RiskEvent = {
  ...event,
  state: { ...event.state, enforced: true, staleSince: null, opensAt: null, doubt: NO_DOUBT },
}

describe('a risk event', () => {
  it('reads back from the wire as it was, every kind of fact and amounts beyond those of ticks included', () => {
    expect(decodeRiskEvent(encodeRiskEvent(event))).toEqual({ ok: true, value: event })
  })

  it('always has the same bytes', () => {
    const read = decodeRiskEvent(encodeRiskEvent(event))
    if (!read.ok) throw new Error(read.reason)
    expect(text(encodeRiskEvent(read.value))).toBe(text(encodeRiskEvent(event)))
  })

  it('says by itself what to do', () => {
    const { decision, dailyPnl, drawdownPct, version, inputSeq } = riskEventToMessage(judged)
    expect(decision).toEqual({
      status: 'paused',
      until: null,
      reason: 'first; second',
      code: 'limit',
      action: 'flatten',
    })
    expect({ dailyPnl, drawdownPct, version, inputSeq }).toEqual({
      dailyPnl: '-50',
      drawdownPct: '5',
      version: 4,
      inputSeq: 12,
    })
    const allowed = riskEventToMessage({ ...judged, state: { ...judged.state, pause: null, limitStates: [day] } })
    expect(allowed.decision).toEqual({ status: 'allowed', until: null, reason: null, code: 'ok', action: null })
  })

  it('says that entries wait where no pause holds, and why', () => {
    const state = { ...judged.state, pause: null, doubt: { ...event.state.doubt, zeros: null } }
    expect(riskEventToMessage({ ...judged, state }).decision).toEqual({
      status: 'blocked',
      until: null,
      reason: 'the reading of 0.00000002 differs too much from 950: waiting for others that agree',
      code: 'unconfirmed',
      action: null,
    })
  })

  it('tells people the room and the percentage of each limit, and reads neither', () => {
    const { limitStates } = riskEventToMessage(event).state
    expect(limitStates?.map(({ room, percent }) => [room, percent])).toEqual([
      ['50', '5'],
      [null, null],
    ])
  })

  it('of rules before 6 keeps its form: a decision of three fields, and no budget', () => {
    const {
      limitStates: _,
      doubt: __,
      enforced: ___,
      undo: ____,
      ...state
    } = riskEventToMessage({
      ...event,
      rulesVersion: 5,
    }).state
    const older = {
      ...riskEventToMessage(event),
      rulesVersion: 5,
      decision: { status: 'paused', until: null, reason: 'first; second' },
      budget: undefined,
      state,
    }
    const read = decodeRiskEvent(toJsonBytes(older))
    expect(read).toMatchObject({ ok: true, value: { budget: null, state: { limitStates: [], enforced: true } } })
    expect(read.ok && text(encodeRiskEvent(read.value))).toBe(text(toJsonBytes(older)))
    const always = ['time', 'pause', 'unenforced', 'warned', 'lastTickAt', 'staleSince', 'limits', 'pendingLimits']
    expect(Object.keys(state)).toEqual(expect.arrayContaining(always))
  })

  it('of rules version 1, which lacks what later rules remember, reads as one in which there is nothing of it', () => {
    const first = { ...event, rulesVersion: 1, budget: null, state: { ...event.state, undo: null } }
    const written = JSON.parse(text(encodeRiskEvent(first)))
    const { lastTickAt: _, pendingLimits: __, limitStates: ___, doubt: ____, ...older } = written.state
    const read = decodeRiskEvent(toJsonBytes({ ...written, state: older }))
    const nothing = { lastTickAt: null, pendingLimits: [], limitStates: [], doubt: NO_DOUBT }
    expect(read).toEqual({ ok: true, value: { ...first, state: { ...first.state, ...nothing } } })
  })

  it('of a bot that counts nothing and names no currency has the bytes of one of rules that knew neither', () => {
    const uncounted = { ...event, tickSeq: null, state: { ...event.state, sequence: null, currency: null } }
    const written = JSON.parse(text(encodeRiskEvent(uncounted)))
    expect(Object.keys(written.state)).not.toContain('sequence')
    expect(Object.keys(written.state)).not.toContain('currency')
    expect(decodeRiskEvent(toJsonBytes(written))).toEqual({ ok: true, value: uncounted })
  })

  it('measures nothing before the first tick', () => {
    const unknown = { ...event.state, equity: null, peakEquity: null, dayEquity: null }
    expect(measuresOf(unknown)).toEqual({ dailyPnl: null, drawdownPct: null })
  })

  const message = JSON.parse(text(encodeRiskEvent(event)))
  const withLimitState = (change: object) => ({
    state: { ...message.state, limitStates: [{ ...message.state.limitStates[0], ...change }] },
  })
  it.each([
    ['another schema', { schema: 2 }, /^schema must be 1, the only event schema known here, got 2$/],
    ['an unknown type', { type: 'panic' }, /^type must be one of breach, paused/],
    ['a bad trader', { trader: 'a.b' }, /^trader must be a trader id, got "a.b"$/],
    ['version 0', { version: 0 }, /^version must be a whole number from 1 up/],
    ['no time', { recordedAt: 'then' }, /must be a time/],
    ['facts that are no list', { facts: {} }, /^facts must be a list of facts/],
    ['an amount that is a number', { facts: [{ kind: 'cash-flow', amount: 5 }] }, /must be a decimal string, got 5$/],
    ['an amount of 41 digits', { facts: [{ kind: 'cash-flow', amount: '1'.repeat(41) }] }, /must be a decimal/],
    ['an amount with 9 decimals', { facts: [{ kind: 'cash-flow', amount: '0.000000001' }] }, /9 decimals/],
    ['limits with a fault', { state: { ...message.state, limits: { reset_time: 'noon' } } }, /reset_time must be/],
    ['a state amount of 41 digits', { state: { ...message.state, equity: '1'.repeat(41) } }, /must be a decimal/],
    ['a state without a field', { state: { ...message.state, clock: undefined } }, /^state must be a trader state/],
    ['a sequence without a count', { state: { ...message.state, sequence: { run: null } } }, /^state must be/],
    ['a limit without a valid name', { state: { ...message.state, unenforced: ['Fun'] } }, /^state must be a trader/],
    ['a broken limit state', withLimitState({ line: 'x' }), /^limitStates.day.line must be/],
    ['a limit state without its basis', withLimitState({ basis: undefined }), /^limitStates.day.basis is missing/],
  ])('with %s is refused', (_name, change, reason) => {
    const read = decodeRiskEvent(toJsonBytes({ ...message, ...change }))
    expect(read).toEqual({ ok: false, reason: expect.stringMatching(reason) })
  })

  it('that is not JSON or no object is refused', () => {
    expect(decodeRiskEvent(new Uint8Array()).ok).toBe(false)
    expect(decodeRiskEvent(toJsonBytes([])).ok).toBe(false)
  })
})

describe('a configuration event', () => {
  const envelope = { inputSeq: 5, recordedAt: NOON, reason: null, by: 'ann' } as const
  const flags: ConfigEvent = {
    ...envelope,
    kind: 'flags',
    enforcement: false,
    persistence: true,
    previous: { enforcement: true },
  }
  const limits: ConfigEvent = {
    ...envelope,
    kind: 'limits',
    defaults: DEFAULT_LIMITS,
    traders: { bot1: { maxDrawdownPct: null }, bot2: {} },
    maxTraders: 7,
    pending: [],
    previous: { defaults: { maxDrawdownPct: 5n }, traders: { bot2: { initialBalance: null } }, maxTraders: 6 },
  }
  const waiting: ConfigEvent = {
    ...limits,
    defaults: { ...DEFAULT_LIMITS, loosenAfterMinutes: 60, currency: 'EUR' },
    pending: [
      { at: NOON + 60_000, defaults: { maxDrawdownPct: null }, traders: {} },
      { at: NOON + 90_000, defaults: {}, traders: { bot1: { staleAfterSeconds: 9 } } },
    ],
  }

  it.each([flags, limits, waiting])('of $kind reads back from the wire as it was', (config) => {
    expect(decodeConfigEvent(config.kind, encodeConfigEvent(config))).toEqual({ ok: true, value: config })
  })

  it.each([
    ['flags', flags, { schema: 2 }, /^schema must be 1/],
    ['flags', flags, { enable_persistence: 1 }, /^enable_persistence must be true or false, got 1$/],
    ['flags', flags, { previous: { enable_persistence: 1 } }, /^previous must be previous values/],
    ['limits', limits, { previous: { defaults: {} } }, /^previous must be previous values/],
    ['limits', limits, { previous: { defaults: { reset_time: 'x' }, traders: {} } }, /^previous: defaults: reset_time/],
    ['limits', limits, { previous: { defaults: {}, traders: { 'a b': {} } } }, /^previous: traders: trader id "a b"/],
    ['flags', flags, { recordedAt: 'x' }, /^recordedAt must be a time/],
    ['flags', limits, {}, /type must be "flags"/],
    ['limits', limits, { recordedAt: 'x' }, /^recordedAt must be a time/],
    ['limits', limits, { defaults: { reset_time: 'x' } }, /^defaults: reset_time must be/],
    ['limits', limits, { traders: { 'a b': {} } }, /^traders: trader id "a b"/],
    ['limits', limits, { max_traders: 0 }, /^max_traders must be/],
    ['limits', limits, { inputSeq: 0 }, /^inputSeq must be/],
    ['limits', limits, { pending: {} }, /^pending must be a list of/],
    ['limits', limits, { pending: [{ at: 'x', defaults: {}, traders: {} }] }, /^pending.0: at must be a time/],
    [
      'limits',
      limits,
      { pending: [{ at: '2026-03-12T12:00:00Z', defaults: { reset_time: 'x' }, traders: {} }] },
      /^pending.0: defaults: reset_time must be/,
    ],
    [
      'limits',
      limits,
      { pending: [{ at: '2026-03-12T12:00:00Z', defaults: {}, traders: { 'a b': {} } }] },
      /^pending.0: traders: trader id "a b"/,
    ],
  ] as const)('of %s is refused where it is not valid', (kind, config, change, reason) => {
    const message = { ...JSON.parse(text(encodeConfigEvent(config))), ...change }
    const read = decodeConfigEvent(kind, toJsonBytes(message))
    expect(read).toEqual({ ok: false, reason: expect.stringMatching(reason) })
  })

  it.each([flags, limits])(
    'of $kind that was written before events said what held before reads back as it was',
    (config) => {
      const { previous: _previous, ...older } = JSON.parse(text(encodeConfigEvent(config)))
      const read = decodeConfigEvent(config.kind, toJsonBytes(older))
      expect(read).toEqual({ ok: true, value: { ...config, previous: null } })
      expect(read.ok && text(encodeConfigEvent(read.value))).toBe(text(toJsonBytes(older)))
    },
  )

  it('where nothing waits has the bytes of those that were written before anything could', () => {
    const message = JSON.parse(text(encodeConfigEvent(limits)))
    expect(message).not.toHaveProperty('pending')
    expect(message.defaults).not.toHaveProperty('loosen_after_minutes')
    expect(message.defaults).not.toHaveProperty('currency')
  })

  it('that is not JSON is refused', () => {
    expect(decodeConfigEvent('flags', new Uint8Array()).ok).toBe(false)
  })

  it('of the watermark says up to where all is settled', () => {
    const event = { settled: 12, inputsCreated: '2026-03-12T20:00:00Z' }
    expect(JSON.parse(text(encodeSettled(event)))).toEqual({ schema: 1, type: 'settled', ...event })
    expect(decodeSettled(encodeSettled(event))).toMatchObject({ ok: true, value: event })
  })

  it('says what an adopted log continues, and nothing of that where there is nothing to say', () => {
    const event = { settled: 12, inputsCreated: '2026-03-12T20:00:00Z' }
    const adopted = { ...event, inputsOffset: 7, continues: ['2026-01-01T00:00:00Z'], adopting: true }
    expect(JSON.parse(text(encodeSettled(adopted)))).toEqual({ schema: 1, type: 'settled', ...adopted })
    expect(decodeSettled(encodeSettled(adopted))).toMatchObject({ ok: true, value: adopted })
    const nothing = { ...event, inputsOffset: 0, continues: [], adopting: false }
    expect(text(encodeSettled(nothing))).toBe(text(encodeSettled(event)))
  })
})

describe('the event of an input that was removed', () => {
  const event = { inputSeq: 7, subject: 'equity.tick.bot1', reason: 'harms', by: 'alice' }

  it('reads back as it was, and is text that can be printed', () => {
    expect(JSON.parse(text(encodeRemoved(event)))).toEqual({ schema: 1, type: 'removed', ...event })
    expect(decodeRemoved(encodeRemoved(event))).toEqual({ ok: true, value: event })
    const strange = decodeRemoved(encodeRemoved({ ...event, subject: 'equity.tick.\u0007', reason: 'a\nb' }))
    expect(strange).toMatchObject({ value: { subject: 'equity.tick.\ufffd', reason: 'a\ufffdb' } })
  })

  it.each([{ inputSeq: 0 }, { inputSeq: 2 ** 53 }, { by: '' }, { reason: 'x'.repeat(501) }, { type: 'settled' }])(
    'is refused with %j',
    (wrong) => {
      const message = { schema: 1, type: 'removed', ...event, ...wrong }
      expect(decodeRemoved(toJsonBytes(message))).toMatchObject({ ok: false })
    },
  )
})

describe('numbers that JSON can write and nobody means', () => {
  it('-0 is 0', () => {
    expect(decodeTick(bytes('{"equity":1,"seq":-0}'))).toEqual(decodeTick(bytes('{"equity":1,"seq":0}')))
    expect(decodeHeartbeat(bytes('{"instance":"g","settled":-0,"lag":-0.0}'))).toEqual({
      ok: true,
      value: { instance: 'g', settled: 0, lag: 0 },
    })
  })

  it('a sequence beyond what a double holds is refused', () => {
    expect(decodeHeartbeat(bytes('{"instance":"g","settled":1e300,"lag":0}'))).toMatchObject({ ok: false })
    expect(decodeSettled(bytes('{"schema":1,"type":"settled","settled":1e300,"inputsCreated":""}'))).toMatchObject({
      ok: false,
    })
  })
})

it('fields that a watermark does not know are not handed on', () => {
  const written = '{"schema":1,"type":"settled","settled":1,"inputsCreated":"","__proto__":{"adopting":true},"x":1}'
  expect(decodeSettled(bytes(written))).toEqual({ ok: true, value: { settled: 1, inputsCreated: '' } })
})

describe('a heartbeat', () => {
  it('reads back as it was', () => {
    const heartbeat = { instance: 'g1', settled: 5, lag: 0 }
    expect(decodeHeartbeat(encodeHeartbeat(heartbeat))).toEqual({ ok: true, value: heartbeat })
    const named = { ...heartbeat, log: '2026-03-12T20:00:00Z' }
    expect(decodeHeartbeat(encodeHeartbeat(named))).toEqual({ ok: true, value: named })
  })

  it.each([
    [{ instance: 'g1', settled: 5 }, /^lag is missing$/],
    [{ instance: 'g1', settled: -1, lag: 0 }, /^settled must be a whole number from 0 up, got -1$/],
    [{ instance: 1, settled: 1.5, lag: 0 }, /^instance must be a name, got 1; settled must be/],
    [null, /^must be a JSON object/],
  ])('%j is refused', (message, reason) => {
    expect(decodeHeartbeat(toJsonBytes(message))).toEqual({ ok: false, reason: expect.stringMatching(reason) })
  })

  it('that is not JSON is refused', () => {
    expect(decodeHeartbeat(new Uint8Array()).ok).toBe(false)
  })
})

describe('text from outside', () => {
  it.each([
    ['plain', 'plain'],
    ['a\r\nb\u0000\u0085', 'a\uFFFD\uFFFDb\uFFFD\uFFFD'],
    ['half \uD83D', 'half \uFFFD'],
    ['whole 😀', 'whole 😀'],
    ['x'.repeat(200), 'x'.repeat(200)],
    ['x'.repeat(201), `${'x'.repeat(197)}...`],
  ])('%j is made fit to print', (given, made) => {
    expect(printable(given)).toBe(made)
  })

  it('is never cut through the middle of a character', () => {
    expect(printable('aaaa😀aaa', 8)).toBe('aaaa...')
    expect(printable('aaa😀aaaa', 8)).toBe('aaa😀...')
  })

  it('that is not JSON is refused by a reason of one line', () => {
    const read = parseJson(new TextEncoder().encode('{\n\n\n"a": oops\n}'))
    if (read.ok) throw new Error('was taken')
    expect(read.reason).not.toMatch(/\n/)
  })
})
