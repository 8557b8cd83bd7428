import type {
  ClosedTrade,
  ConfigEvent,
  Fact,
  Instant,
  LimitName,
  RejectionCause,
  Tick,
  TraderControl,
  TraderId,
  TraderState,
} from '@drawbridge/contracts/pure'
import { type Configuration, limitsOf, type ResolvedLimits } from './configuration.ts'
import type { NextState } from './state.ts'

/** What every input has: its place in the log and the time at which the log took it. */
interface Logged {
  /** Stream sequence. */
  readonly seq: number
  /** JetStream timestamp. */
  readonly time: Instant
}

/** Something that may concern one trader, read from the input log. */
export type TraderInput =
  | (Logged & { readonly kind: 'tick'; readonly tick: Tick })
  /** A message on a valid tick subject that could not be read. */
  | (Logged & {
      readonly kind: 'unreadable-tick'
      readonly reason: string
      /** The trades that it tells all the same. */
      readonly closed: readonly ClosedTrade[]
      /** Why a tick was rejected that could be read; absent: it could not be read. */
      readonly cause?: RejectionCause
    })
  | (Logged & { readonly kind: 'control'; readonly control: TraderControl })
  /** Flags were changed; reaches every trader that the change may move. */
  | (Logged & { readonly kind: 'flags'; readonly event: Extract<ConfigEvent, { kind: 'flags' }> })

/** The decision on one input while it is being made. Never leaves `decide`. */
export interface Draft {
  readonly trader: TraderId
  readonly configuration: Configuration
  /** What the trader is judged by at the time of the input; a change of limits replaces it. */
  limits: ResolvedLimits
  readonly input: TraderInput
  /** The trader's time. */
  now: Instant
  /** By the trader's clock and by JetStream's, when a reading was heard that is taken again; null: it is heard now. */
  heardAgain: { readonly at: Instant; readonly receivedAt: Instant } | null
  /** The next state, as far as it is known. */
  readonly state: NextState
  /** What has happened so far. */
  readonly facts: Fact[]
}

/** A copy of the state to work on, one version on. Written as one literal: spreads cost seven times as much. */
export function beginDraft(
  trader: TraderId,
  state: TraderState,
  configuration: Configuration,
  input: TraderInput,
): Draft {
  const limits = limitsOf(configuration, trader, state.limits, input.time)
  return {
    trader,
    configuration,
    limits,
    input,
    now: traderTime(state, limits, input.time),
    heardAgain: null,
    state: {
      version: state.version + 1,
      inputSeq: input.seq,
      firstInputSeq: state.version === 0 ? input.seq : state.firstInputSeq,
      time: state.time,
      clock: state.clock,
      firstEquity: state.firstEquity,
      equity: state.equity,
      balance: state.balance,
      peakEquity: state.peakEquity,
      dayStartedAt: state.dayStartedAt,
      nextResetAt: state.nextResetAt,
      dayEquity: state.dayEquity,
      dayBalance: state.dayBalance,
      pause: state.pause,
      enforced: configuration.enforcement,
      unenforced: state.unenforced,
      warned: state.warned,
      limitStates: state.limitStates,
      limitsKey: state.limitsKey,
      doubt: state.doubt,
      trades: state.trades,
      flows: state.flows,
      netDeposits: state.netDeposits,
      period: state.period,
      undo: state.undo,
      nonZero: state.nonZero,
      days: state.days,
      lastTickAt: state.lastTickAt,
      staleSince: state.staleSince,
      opensAt: state.opensAt,
      limits: state.limits,
      pendingLimits: state.pendingLimits,
      sequence: state.sequence,
      currency: state.currency,
    },
    facts: [],
  }
}

/** The JetStream timestamp, never going back. In event time, which passes by ticks alone, the time of the last tick. */
function traderTime(state: TraderState, limits: ResolvedLimits, received: Instant): Instant {
  const last = lastTime(state, limits)
  if (last === null) return received
  return limits.timeBase === 'server' ? Math.max(last, received) : last
}

/** Whether an event of this draft would be the trader's first. */
export function isFirstEvent({ state }: Draft): boolean {
  return state.version === 1
}

/** A limit by its name, its place, and what is remembered of it; each undefined, and -1, where there is none. */
export function limitNamed({ limits, state }: Draft, name: LimitName | null) {
  const index = limits.definitions.limits.findIndex((limit) => limit.name === name)
  return { index, limit: limits.definitions.limits[index], known: state.limitStates[index] }
}

/** The trader's time as it was left; null: it has none by the clock that decides now. */
export function lastTime({ time, clock }: Pick<TraderState, 'time' | 'clock'>, limits: ResolvedLimits): Instant | null {
  return clock === limits.clock || clock.startsWith(`${limits.timeBase} `) ? time : null
}
