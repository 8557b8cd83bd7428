import { type LimitsMessage, toJsonBytes } from '@drawbridge/contracts'
import type { LimitSpec, OracleConfig, Settings } from './oracle/config.ts'
import type { Command, Step } from './oracle/steps.ts'
import type { LogEntry } from './specification.ts'

/**
 * A change of flags reaches only traders that it may move: a timer's wake-up stands for the time of the others. What
 * is due by a change of limits that it has just become is told by a wake-up too.
 * @param lastReading the version of the last reading's event
 */
export function inputsOf(step: Step, lastReading: number): LogEntry[] {
  const entry = entryOf(step, lastReading)
  if (entry.kind === 'flags') return [wakeUp(entry.time), entry]
  return 'command' in step && step.command.kind === 'limits' ? [entry, wakeUp(entry.time)] : [entry]
}

function wakeUp(time: number): LogEntry {
  return { kind: 'command', command: 'wake', time, payload: toJsonBytes({}) }
}

/** The messages that a config stands for, at the beginning of time. */
export function configurationEntries(config: OracleConfig): LogEntry[] {
  const settings: LogEntry = { kind: 'limits', time: 0, payload: toJsonBytes(settingsMessage(config)) }
  if (config.enforcement !== false) return [settings]
  return [settings, { kind: 'flags', time: 0, payload: toJsonBytes({ enable_risk_enforcement: false }) }]
}

/** The message that a step stands for. */
export function entryOf(step: Step, lastReading: number): LogEntry {
  const time = Date.parse(step.at)
  if ('equity' in step) {
    const { at: _at, reading_at, ...reading } = step
    const payload = { ...reading, ...(reading_at === undefined ? {} : { at: reading_at }) }
    return { kind: 'tick', time, payload: toJsonBytes(payload) }
  }
  if ('raw' in step) return { kind: 'tick', time, payload: new TextEncoder().encode(step.raw) }
  if ('ask' in step) return wakeUp(time)
  return commandEntry(step.command, time, lastReading)
}

function commandEntry(command: Command, time: number, lastReading: number): LogEntry {
  const { kind, ...fields } = command
  switch (command.kind) {
    case 'flags':
      return { kind: 'flags', time, payload: toJsonBytes(fields) }
    case 'limits': {
      const { set = {}, short = {} } = command
      const message = {
        ...shortMessage(short),
        ...(Object.keys(set).length === 0 ? {} : { limits: namedMessage(set) }),
      }
      return { kind: 'command', command: 'limits', time, payload: toJsonBytes(message) }
    }
    case 'process-restart':
      return wakeUp(time)
    case 'pause': {
      const { traders: _traders, ...pause } = { traders: null, reason: 'by hand', ...fields }
      const payload = toJsonBytes('until' in pause && pause.until === null ? { ...pause, until: undefined } : pause)
      return { kind: 'command', command: 'pause', time, payload }
    }
    case 'correct': {
      const payload = toJsonBytes(command.void === true ? { ...fields, void: lastReading } : fields)
      return { kind: 'command', command: 'correct', time, payload }
    }
    default: {
      const name = kind as Extract<LogEntry, { kind: 'command' }>['command']
      return { kind: 'command', command: name, time, payload: toJsonBytes(fields) }
    }
  }
}

/** The limits that a config stands for. */
export function settingsMessage(config: OracleConfig): LimitsMessage {
  const { day, limits, enforcement: _enforcement, ...settings } = config
  const named = Object.fromEntries(limits.map(({ name, ...limit }) => [name, limit]))
  const reset = day === undefined ? {} : { reset_time: day.reset_time, reset_time_zone: day.zone }
  return {
    max_daily_loss: null,
    max_drawdown: null,
    ...reset,
    ...shortMessage(settings),
    limits: namedMessage(named),
  }
}

/** What peers call `next-window` is `next-day` in short forms; no steps are an empty list of them. */
function shortMessage(settings: Partial<Settings>): LimitsMessage {
  const { daily_loss_ends, drawdown_ends, budget_steps, net_deposits, ...rest } = settings
  const ends = (name: string, end: Settings['daily_loss_ends'] | undefined) =>
    end === undefined ? {} : { [name]: end === 'next-window' ? 'next-day' : end }
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    ...ends('daily_loss_ends', daily_loss_ends),
    ...ends('drawdown_ends', drawdown_ends),
    ...(budget_steps === undefined ? {} : { budget_steps: budget_steps ?? [] }),
    ...(net_deposits === undefined ? {} : { net_deposits }),
  }
}

/** Peers say `every-tick`, and `next-day` of a limit that ends with its day; only peaks are sampled. */
function namedMessage(limits: Readonly<Record<string, Partial<LimitSpec> | null>>): object {
  return Object.fromEntries(
    Object.entries(limits).map(([name, limit]) => {
      if (limit === null) return [name, null]
      const { reference, ends, ...rest } = limit
      return [
        name,
        {
          ...rest,
          ...(reference === undefined ? {} : { reference: referenceMessage(reference) }),
          ...(ends === undefined ? {} : { ends: ends === 'next-day' ? 'next-window' : ends }),
        },
      ]
    }),
  )
}

function referenceMessage({ kind, of = 'equity', sampled = 'continuous' }: LimitSpec['reference']): object {
  if (kind === 'initial') return { kind }
  if (kind !== 'peak') return { kind, of }
  return { kind, of, sampled: sampled === 'every-tick' ? 'continuous' : sampled }
}
