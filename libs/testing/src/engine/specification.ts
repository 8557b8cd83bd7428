import {
  decodeControl,
  decodeFlags,
  decodeGlobalLimits,
  decodeTick,
  type FlagsChange,
  type GlobalLimitsChange,
  type LimitsMessage,
  type Parsed,
  parseInstant,
  type RiskEvent,
  RULES_OF_LINES,
  riskEventToMessage,
  type TraderCommand,
  type TraderState,
  toJsonBytes,
  tradesOfUnreadable,
} from '@drawbridge/contracts'
import {
  applyConfiguration,
  BUILT_IN_CONFIGURATION,
  type Configuration,
  type Decision,
  decide,
  decideChange,
  decideConfiguration,
  evolve,
  INITIAL_STATE,
  nextWakeAt,
  type TraderInput,
} from '@drawbridge/risk-engine'
import { expect } from 'vitest'

export const TRADER = 'bot1'

type Body =
  | { readonly kind: 'tick'; readonly payload: Uint8Array }
  | { readonly kind: 'command'; readonly command: TraderCommand; readonly payload: Uint8Array }
  | { readonly kind: 'flags'; readonly payload: Uint8Array }
  | { readonly kind: 'limits'; readonly payload: Uint8Array }

/** One message of the input log. */
export type LogEntry = Body & { readonly time: number }

type Fields = Readonly<Record<string, unknown>>

/** A tick that reaches the log at `time`. */
export function tick(time: string, equity: number | string, more: Fields = {}): LogEntry {
  return { kind: 'tick', time: instant(time), payload: toJsonBytes({ equity, ...more }) }
}

/** A message on the tick's subject, with any content. */
export function tickText(time: string, text: string): LogEntry {
  return { kind: 'tick', time: instant(time), payload: new TextEncoder().encode(text) }
}

export function pause(time: string, until: string | null = null, more: Fields = {}): LogEntry {
  return command('pause', time, { reason: 'holiday', ...(until === null ? {} : { until }), ...more })
}

export function resume(time: string, more: Fields = {}): LogEntry {
  return command('resume', time, more)
}

export function cashFlow(time: string, amount: number | string, more: Fields = {}): LogEntry {
  return command('cash-flow', time, { amount, ...more })
}

export function changeLimits(time: string, limits: LimitsMessage): LogEntry {
  return command('limits', time, limits)
}

export function wake(time: string): LogEntry {
  return command('wake', time, {})
}

function command(name: TraderCommand, time: string, fields: Fields): LogEntry {
  return { kind: 'command', command: name, time: instant(time), payload: toJsonBytes(fields) }
}

export function enforcement(time: string, on: boolean): LogEntry {
  return { kind: 'flags', time: instant(time), payload: toJsonBytes({ enable_risk_enforcement: on }) }
}

/** @param pause as a change of flags has it: `{until}`, or null, which ends it */
export function pauseAll(time: string, pause: Fields | null, more: Fields = {}): LogEntry {
  return { kind: 'flags', time: instant(time), payload: toJsonBytes({ pause_all: pause, reason: 'storm', ...more }) }
}

export function changeDefaults(time: string, limits: Fields): LogEntry {
  return { kind: 'limits', time: instant(time), payload: toJsonBytes(limits) }
}

/** Changes the configured limits of this trader only. */
export function configure(time: string, limits: LimitsMessage): LogEntry {
  return changeDefaults(time, { traders: { [TRADER]: limits } })
}

/** The present state of one trader and the configuration. */
export interface Position {
  readonly state: TraderState
  readonly configuration: Configuration
}

/** Gives one log entry to the engine as a guardian does. */
export function step(position: Position, entry: LogEntry, seq: number): Position & { readonly decision: Decision } {
  const logged = { seq, time: entry.time }
  switch (entry.kind) {
    case 'tick': {
      const read = decodeTick(entry.payload)
      return take(
        position,
        read.ok
          ? { ...logged, kind: 'tick', tick: read.value }
          : {
              ...logged,
              kind: 'unreadable-tick',
              reason: read.reason,
              closed: tradesOfUnreadable(entry.payload),
            },
      )
    }
    case 'command':
      return take(position, { ...logged, kind: 'control', control: read(decodeControl(entry.command, entry.payload)) })
    case 'limits':
      return {
        ...configured(position, read(decodeGlobalLimits(entry.payload)), seq, entry.time),
        decision: { kind: 'nothing' },
      }
    case 'flags': {
      const { configuration } = position
      const decided = decideChange(configuration, read(decodeFlags(entry.payload)), seq, entry.time)
      if (!decided.ok) return { ...position, decision: { kind: 'refused', reason: decided.reason } }
      const event = decided.value
      if (event.kind !== 'flags') throw new Error('a change of flags made another event')
      return take(
        { state: position.state, configuration: applyConfiguration(configuration, event) },
        { ...logged, kind: 'flags', event },
      )
    }
    default:
      return entry satisfies never
  }
}

function take({ state, configuration }: Position, input: TraderInput): Position & { readonly decision: Decision } {
  const decision = decide(TRADER, state, configuration, input)
  return { state: decision.kind === 'event' ? evolve(state, decision.event) : state, configuration, decision }
}

function configured(position: Position, change: FlagsChange | GlobalLimitsChange, seq: number, time: number): Position {
  const event = decideConfiguration(position.configuration, change, seq, time)
  return { state: position.state, configuration: applyConfiguration(position.configuration, event) }
}

/** One reading decides, and silence is not judged: most specifications are about something else. */
const ONE_TICK_DECIDES = { confirm_jump: null, stale_after_seconds: null } as const satisfies LimitsMessage

/**
 * A trader under the built-in limits, but with `confirm_jump` and `stale_after_seconds` off, changed by `limits`:
 * `under({...}).given(...before).when(input).thenEvent(event)`. Events are compared in their written form: amounts as
 * decimal strings, times in RFC 3339.
 */
export function under(limits: LimitsMessage) {
  return underAllDefaults({ ...ONE_TICK_DECIDES, ...limits })
}

/** As {@link under}, with every default as a new installation has it. */
export function underAllDefaults(limits: LimitsMessage) {
  return { given: (...before: readonly LogEntry[]) => ({ when: (input: LogEntry) => outcome(limits, before, input) }) }
}

function outcome(limits: LimitsMessage, before: readonly LogEntry[], input: LogEntry) {
  let position: Position = configured(
    { state: INITIAL_STATE, configuration: BUILT_IN_CONFIGURATION },
    read(decodeGlobalLimits(toJsonBytes(limits))),
    1,
    0,
  )
  let seq = 1
  for (const entry of before) {
    seq += 1
    position = step(position, entry, seq)
  }
  const { decision, state, configuration } = step(position, input, seq + 1)
  return {
    /** The input makes an event that has at least these fields; lists are compared whole. */
    thenEvent(expected: Fields): void {
      expect(readable(event(decision))).toMatchObject(expected)
    },
    /** The input makes an event in which exactly these kinds of facts happened, in this order. */
    thenFacts(...kinds: readonly string[]): void {
      expect(event(decision).facts.map((fact) => fact.kind)).toEqual(kinds)
    },
    thenNothing(): void {
      expect(decision).toEqual({ kind: 'nothing' })
    },
    thenRefused(reason: RegExp): void {
      expect(decision).toEqual({ kind: 'refused', reason: expect.stringMatching(reason) })
    },
    /** The next wake-up is due then; null: none is. */
    thenWakesAt(time: string | null): void {
      expect(nextWakeAt(TRADER, state, configuration, input.time)).toBe(time === null ? null : instant(time))
    },
    before: position.state,
    after: state,
    decision,
  }
}

/** The event of a decision that must be one. */
export function event(decision: Decision): RiskEvent {
  if (decision.kind !== 'event') throw new Error(`expected an event, got ${JSON.stringify(decision)}`)
  return decision.event
}

/**
 * The written form of an event, times without empty seconds: `2026-03-12T09:00Z`. The state has each field, as in events of
 * older rules: newer ones leave out what the rest of the event says.
 */
function readable(of: RiskEvent): unknown {
  const { state } = riskEventToMessage({ ...of, rulesVersion: RULES_OF_LINES - 1 })
  const written = JSON.stringify({ ...riskEventToMessage(of), state })
  return JSON.parse(written.replaceAll(/(T\d\d:\d\d):00\.000Z"/g, '$1Z"'))
}

function instant(text: string): number {
  return read(parseInstant(text))
}

function read<T>(outcomeOfReading: Parsed<T>): T {
  if (!outcomeOfReading.ok) throw new Error(outcomeOfReading.reason)
  return outcomeOfReading.value
}
