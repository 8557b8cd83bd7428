import {
  type DocumentedName,
  decodeFlags,
  decodeGlobalLimits,
  encodeConfigEvent,
  encodeHeartbeat,
  encodeRemoved,
  encodeRiskEvent,
  encodeSettled,
  equityTick,
  type FlagsChange,
  type GlobalLimitsChange,
  type Parsed,
  parseAmount,
  signedBy,
  toJsonBytes,
} from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION, decide, decideConfiguration, INITIAL_STATE } from '@drawbridge/risk-engine'

export interface Example {
  readonly name: string
  readonly payload: unknown
}

const START = Date.parse('2026-03-12T14:00:00Z')
const OPERATOR = { kind: 'user', user: 'operator' } as const
const CREATED = '2026-03-12T13:59:00.123456789Z'

const flags = { enable_risk_enforcement: false, reason: 'test', onBehalfOf: 'alice' }
const pauseOfAll = { pause_all: { until: '2026-11-25T06:00:00Z' }, reason: 'storm', onBehalfOf: 'alice' }
const globalLimits = {
  max_drawdown: 15,
  traders: { bot2: { max_daily_loss: 3 } },
  max_traders: 500,
  onBehalfOf: 'alice',
}

const continuing = {
  settled: 12345,
  inputsCreated: CREATED,
  inputsOffset: 900,
  continues: ['2025-11-02T08:00:00Z'],
  adopting: true,
} as const
const removed = { inputSeq: 10_230, subject: 'equity.tick.bot1', reason: 'guardians end at it', by: 'alice' }

/** An example of each payload. Events are made by the rules and encoded by the production code. */
const WEEKLY_LOSS = {
  window: 'week',
  reference: { kind: 'start', of: 'equity' },
  limit: { percent: 4, of: 'start-equity' },
  tiers: [{ at_percent: 100, action: 'flatten' }],
}

export const examples: Readonly<Record<DocumentedName, readonly Example[]>> = {
  Tick: [
    { name: 'the minimum', payload: { equity: 10250.5 } },
    {
      name: 'all fields',
      payload: {
        equity: '10250.50',
        balance: 10000,
        unrealizedPnl: '250.50',
        net_deposits: 5000,
        currency: 'USD',
        at: '2026-03-12T20:00:00Z',
        seq: 42,
        run: '2026-03-12T08:00:00Z',
        closed: [{ id: 'trade-17', at: '2026-03-12T19:59:58Z', pnl: '-12.50' }],
      },
    },
  ],
  Pause: [
    { name: 'until a time', payload: { reason: 'maintenance', until: '2026-11-24T23:00:00Z', onBehalfOf: 'alice' } },
    { name: 'until resumed', payload: { reason: 'maintenance' } },
  ],
  Resume: [
    { name: 'resumed', payload: { reason: 'done', onBehalfOf: 'alice' } },
    { name: 'a loss forgiven', payload: { holder: 'limit:max_drawdown', rebase: true, reason: 'checked' } },
  ],
  TraderLimits: [
    { name: 'a smaller limit', payload: { max_daily_loss: 5, reason: 'smaller', onBehalfOf: 'alice' } },
    { name: 'a limit in the long form', payload: { limits: { weekly_loss: WEEKLY_LOSS }, reason: 'weeks, too' } },
  ],
  CashFlow: [{ name: 'a deposit', payload: { amount: '2500.00', reason: 'deposit', onBehalfOf: 'alice' } }],
  Restart: [
    {
      name: 'a reset account',
      payload: { reason: 'the account was reset', initial_balance: '50000', onBehalfOf: 'alice' },
    },
  ],
  Correct: [
    {
      name: 'a wrong peak',
      payload: { reason: 'a glitch of the feed', limit: 'max_drawdown', reference: '10250.5', onBehalfOf: 'alice' },
    },
    { name: 'a voided reading', payload: { reason: 'a glitch of the feed', void: 17 } },
  ],
  GlobalLimits: [{ name: 'for all, and for one', payload: globalLimits }],
  Flags: [
    { name: 'enforcement off', payload: flags },
    { name: 'a pause of all', payload: pauseOfAll },
  ],
  RiskEvent: riskEvents(),
  FlagsEvent: [
    configured('enforcement off', decodeFlags(toJsonBytes(flags))),
    configured('a pause of all', decodeFlags(toJsonBytes(pauseOfAll))),
  ],
  LimitsEvent: [configured('for all, and for one', decodeGlobalLimits(toJsonBytes(globalLimits)))],
  SettledEvent: [
    encoded('a watermark', encodeSettled({ settled: 12345, inputsCreated: CREATED })),
    encoded('of a log that continues another', encodeSettled(continuing)),
  ],
  RemovedEvent: [encoded('a tick that ended guardians', encodeRemoved(removed))],
  Heartbeat: [
    encoded(
      'a guardian keeps up',
      encodeHeartbeat({ instance: 'host-9010-mwu2p82z', settled: 13, lag: 0, log: CREATED }),
    ),
  ],
}

/** A trader that begins with 1000 and then has 850. */
function riskEvents(): readonly Example[] {
  let state = INITIAL_STATE
  return [
    { name: 'a first tick, which the next one confirms', equity: 1000 },
    { name: 'an ordinary tick', equity: 1000 },
    { name: 'a breach', equity: 850 },
  ].map(({ name, equity }, index) => {
    const tick = equityTick(read(parseAmount(equity)), { seq: index + 1 })
    const input = { kind: 'tick', tick, seq: 10_212 + index, time: START + index * 1_000 } as const
    const decision = decide('bot1', state, BUILT_IN_CONFIGURATION, input)
    if (decision.kind !== 'event') throw new Error(`a tick caused no event, but ${JSON.stringify(decision)}`)
    state = decision.event.state
    return encoded(name, encodeRiskEvent(decision.event))
  })
}

function configured(name: string, change: Parsed<FlagsChange> | Parsed<GlobalLimitsChange>): Example {
  const signed = signedBy(OPERATOR, read<FlagsChange | GlobalLimitsChange>(change))
  return encoded(name, encodeConfigEvent(decideConfiguration(BUILT_IN_CONFIGURATION, signed, 10_228, START)))
}

function encoded(name: string, bytes: Uint8Array): Example {
  return { name, payload: JSON.parse(new TextDecoder().decode(bytes)) }
}

function read<T>(outcome: Parsed<T>): T {
  if (!outcome.ok) throw new Error(outcome.reason)
  return outcome.value
}
