import {
  decodeAttemptNote,
  decodeConfigEvent,
  decodeControl,
  decodeFlags,
  decodeGlobalLimits,
  decodeHeartbeat,
  decodeRemoved,
  decodeRiskEvent,
  decodeSettled,
  decodeTick,
  encodeAttemptNote,
  encodeConfigEvent,
  encodeHeartbeat,
  encodeRemoved,
  encodeRiskEvent,
  encodeSettled,
  type FlagsChange,
  formatAmount,
  formatInstant,
  type GlobalLimitsChange,
  limitsToMessage,
  type Tick,
  TRADER_COMMANDS,
  type TraderCommand,
  type TraderControl,
  toJsonBytes,
} from '@drawbridge/contracts'
import { examples } from '../../scripts/docs-contracts/examples.ts'
import { LIMIT_SAMPLES } from './limit-samples.ts'
import { fieldsOf, type Target } from './target.ts'

const COMMAND_SCHEMAS = {
  pause: 'Pause',
  resume: 'Resume',
  limits: 'TraderLimits',
  'cash-flow': 'CashFlow',
  restart: 'Restart',
  correct: 'Correct',
} as const

const ATTEMPT_NOTE = '{"settled":12,"starts":3,"deciding":14,"suspect":{"inputSeq":14,"ends":1}}'

/** The decoders of all that crosses NATS. */
export const decoderTargets: readonly Target[] = [
  // The reason why a field could not be read tells what it was.
  { ...target('tick', samplesOf('Tick'), decodeTick, tickBytes), sameBy: 'bytes' },
  ...TRADER_COMMANDS.map(controlTarget),
  target('flags', samplesOf('Flags'), decodeFlags, flagsBytes),
  target('limits', [...samplesOf('GlobalLimits'), ...LIMIT_SAMPLES], decodeGlobalLimits, limitsBytes),
  // Facts of a later version are handed on with fields that nobody here knows.
  { ...target('risk event', samplesOf('RiskEvent'), decodeRiskEvent, encodeRiskEvent), sameBy: 'bytes' },
  target('flags event', samplesOf('FlagsEvent'), (bytes) => decodeConfigEvent('flags', bytes), encodeConfigEvent),
  target('limits event', samplesOf('LimitsEvent'), (bytes) => decodeConfigEvent('limits', bytes), encodeConfigEvent),
  target('settled event', samplesOf('SettledEvent'), decodeSettled, encodeSettled),
  target('removed event', samplesOf('RemovedEvent'), decodeRemoved, encodeRemoved),
  target('attempt note', [ATTEMPT_NOTE], decodeAttemptNote, encodeAttemptNote),
  target('heartbeat', samplesOf('Heartbeat'), decodeHeartbeat, encodeHeartbeat),
]

function controlTarget(command: TraderCommand): Target {
  const samples = command === 'wake' ? ['{}'] : samplesOf(COMMAND_SCHEMAS[command])
  const more = command === 'limits' ? LIMIT_SAMPLES : []
  const read = (bytes: Uint8Array) => decodeControl(command, bytes)
  return target(`control ${command}`, [...samples, ...more], read, controlBytes)
}

function target<T>(
  name: string,
  samples: readonly string[],
  read: (bytes: Uint8Array) => ReturnType<Target['read']>,
  write: (value: T) => Uint8Array,
): Target {
  const fields = [...fieldsOf(samples), 'x']
  return { name, samples, fields, read, write: write as Target['write'], sameBy: 'value' }
}

export function samplesOf(name: keyof typeof examples): readonly string[] {
  return examples[name].map(({ payload }) => JSON.stringify(payload))
}

/** No field of a tick takes it. */
const UNREADABLE = {}

/** What a bot would write to mean the same. */
function tickBytes(tick: Tick): Uint8Array {
  const { equity, balance, unrealizedPnl, netDeposits, currency, at, seq, run, closed, faults } = tick
  const amount = (value: bigint | null) => (value === null ? null : formatAmount(value))
  const time = (value: number | null) => (value === null ? null : formatInstant(value))
  // What could not be read is written as something else that cannot be.
  const unreadable = Object.fromEntries(Object.keys(faults ?? {}).map((field) => [field, UNREADABLE]))
  return toJsonBytes({
    equity: formatAmount(equity),
    balance: amount(balance),
    unrealizedPnl: amount(unrealizedPnl),
    net_deposits: amount(netDeposits),
    currency,
    at: time(at),
    seq,
    run,
    closed: closed.map((trade) => ({ id: trade.id, at: time(trade.at), pnl: formatAmount(trade.pnl) })),
    ...unreadable,
  })
}

interface Signature {
  readonly reason?: string | null
  readonly by?: string | null
  readonly onBehalfOf?: string
}

function signed<T extends object>(message: T, { reason, by, onBehalfOf }: Signature): T {
  const author = { ...(by == null ? {} : { by }), ...(onBehalfOf === undefined ? {} : { onBehalfOf }) }
  return { ...message, ...(reason == null ? {} : { reason }), ...author }
}

function controlBytes(control: TraderControl): Uint8Array {
  switch (control.kind) {
    case 'pause':
      return toJsonBytes(
        signed(
          { ...(control.until === null ? {} : { until: formatInstant(control.until) }), firm: control.firm },
          control,
        ),
      )
    case 'resume':
      return toJsonBytes(
        signed(
          {
            ...(control.holders === null ? {} : { holder: control.holders }),
            rebase: control.rebase,
            admin: control.admin,
          },
          control,
        ),
      )
    case 'limits':
      return toJsonBytes(signed(limitsToMessage(control.limits), control))
    case 'cash-flow':
      return toJsonBytes(signed(cashFlowFields(control), control))
    case 'restart':
      return toJsonBytes(signed(restartFields(control), control))
    case 'correct':
      return toJsonBytes(signed(correctFields(control), control))
    case 'wake':
      return toJsonBytes({})
    default:
      return control satisfies never
  }
}

function cashFlowFields(flow: Extract<TraderControl, { kind: 'cash-flow' }>): object {
  const { amount, id, at, inEquity, force } = flow
  return {
    amount: formatAmount(amount),
    in_equity: inEquity,
    force,
    ...(id === null ? {} : { id }),
    ...(at === null ? {} : { at: formatInstant(at) }),
  }
}

function restartFields({ initialBalance, peak, dayStart }: Extract<TraderControl, { kind: 'restart' }>): object {
  return {
    ...(initialBalance === null ? {} : { initial_balance: formatAmount(initialBalance) }),
    ...(peak === null ? {} : { peak: formatAmount(peak) }),
    ...(dayStart === null ? {} : { day_start: formatAmount(dayStart) }),
  }
}

function correctFields({ correction }: Extract<TraderControl, { kind: 'correct' }>): object {
  if (correction.kind === 'void') return { void: correction.version }
  return { limit: correction.limit, reference: formatAmount(correction.reference) }
}

function flagsBytes(change: FlagsChange): Uint8Array {
  const { enforcement, persistence, pauseAll } = change
  const flags = {
    ...(enforcement === null ? {} : { enable_risk_enforcement: enforcement }),
    ...(persistence === null ? {} : { enable_persistence: persistence }),
    ...(pauseAll === undefined ? {} : { pause_all: pauseAll === null ? null : pauseAllMessage(pauseAll.until) }),
  }
  return toJsonBytes(signed(flags, change))
}

function pauseAllMessage(until: number | null): object {
  return until === null ? {} : { until: formatInstant(until) }
}

function limitsBytes(change: GlobalLimitsChange): Uint8Array {
  const { limits, traders, maxTraders } = change
  const byTrader = Object.entries(traders).map(([trader, own]) => [trader, limitsToMessage(own)])
  const message = {
    ...limitsToMessage(limits),
    traders: Object.fromEntries(byTrader),
    ...(maxTraders === null ? {} : { max_traders: maxTraders }),
  }
  return toJsonBytes(signed(message, change))
}
