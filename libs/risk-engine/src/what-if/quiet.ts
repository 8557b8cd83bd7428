import { type Amount, type Instant, type LimitState, type TraderState, testedIn } from '@drawbridge/contracts/pure'
import { type Configuration, limitsOf, type ResolvedLimits } from '../configuration.ts'
import { takeReading } from '../limits/limit-states.ts'
import { reaches } from '../limits/line.ts'
import { nextWakeAt } from '../next-wake.ts'
import type { RecordedReading } from './recorded.ts'

/** Values that have reached the same tiers of a limit. Null: there is no end on that side. */
interface Tiers {
  readonly from: Amount | null
  readonly to: Amount | null
}

/** A double of an amount is off by less than this share of it; so near to the end of the band the engine is asked. */
const MARGIN = 1 - 1e-9
const MAX_CLOCK_AHEAD_MS = 60_000

/**
 * Knows readings of which nothing comes but that they are the last ones: most readings of an account. The limits are asked
 * whether one moves them, as the engine asks them; time, doubt and jumps are bounded by what the engine has said before.
 */
export class Quiet {
  readonly #limits: ResolvedLimits
  readonly #state: TraderState
  readonly #tiers: readonly Tiers[]
  readonly #until: Instant
  readonly #receivedUntil: Instant
  readonly #gapMs: number
  readonly #jump: number
  readonly #peak: Amount

  /** Null: the next reading must be judged. @param now JetStream's time */
  static after(state: TraderState, configuration: Configuration, trader: string, now: Instant): Quiet | null {
    const limits = limitsOf(configuration, trader, state.limits, now)
    if (!isSettled(state, limits)) return null
    // A tick moves silence away; how long it may last is looked at for itself.
    const wake = nextWakeAt(trader, { ...state, lastTickAt: null }, configuration, now)
    const passed = state.time ?? now
    const until = Math.min(state.nextResetAt ?? now, wake ?? Number.POSITIVE_INFINITY, ...holdEnds(state, passed))
    const received = configuration.pending[0]?.at ?? Number.POSITIVE_INFINITY
    return until <= passed ? null : new Quiet(state, limits, until, received)
  }

  private constructor(state: TraderState, limits: ResolvedLimits, until: Instant, receivedUntil: Instant) {
    const { staleAfterSeconds, jump } = limits
    this.#state = state
    this.#limits = limits
    this.#tiers = state.limitStates.map((limit) => tiersOf(limit, state))
    this.#until = until
    this.#receivedUntil = receivedUntil
    this.#gapMs = staleAfterSeconds === null ? Number.POSITIVE_INFINITY : staleAfterSeconds * 1_000
    this.#jump = jump === null ? Number.POSITIVE_INFINITY : (Number(jump.part) / Number(jump.whole)) * MARGIN
    this.#peak = state.peakEquity ?? 0n
  }

  /** Whether nothing comes of a reading. @param last the one before it; null: the state's */
  includes(reading: RecordedReading, last: RecordedReading | null): boolean {
    return this.#isInTime(reading, last) && this.#isNear(reading, last) && this.#isStill(reading)
  }

  #isInTime({ time, at, closed, netDeposits }: RecordedReading, last: RecordedReading | null): boolean {
    if (time >= this.#receivedUntil || closed.length > 0 || netDeposits !== null) return false
    const { lastTickAt, time: passed } = this.#state
    if (this.#limits.timeBase === 'event') {
      if (at === null || at >= this.#until || at > time + MAX_CLOCK_AHEAD_MS) return false
      return at >= (last?.at ?? passed ?? Number.POSITIVE_INFINITY)
    }
    const before = last?.time ?? passed ?? Number.POSITIVE_INFINITY
    return time < this.#until && time >= before && time - (last?.time ?? lastTickAt ?? 0) < this.#gapMs
  }

  /** Whether no value jumps, is 0, or is missing or there for the first time. */
  #isNear({ equity, balance }: RecordedReading, last: RecordedReading | null): boolean {
    const known = last ?? this.#state
    if (known.equity === null || (known.balance === null) !== (balance === null)) return false
    if (equity <= 0n || equity > this.#peak || balance === 0n) return false
    if (this.#jump === Number.POSITIVE_INFINITY) return true
    return isWithin(this.#jump, known.equity, equity) && this.#isBalanceNear(known.balance, balance)
  }

  #isBalanceNear(known: Amount | null, balance: Amount | null): boolean {
    return !this.#limits.usesBalance || known === null || balance === null || isWithin(this.#jump, known, balance)
  }

  #isStill(reading: RecordedReading): boolean {
    const { limitStates } = this.#state
    const definitions = this.#limits.definitions.limits
    for (let index = 0; index < limitStates.length; index += 1) {
      const known = limitStates[index]
      const limit = definitions[index]
      const tiers = this.#tiers[index]
      if (known === undefined || limit === undefined || tiers === undefined) return false
      if (takeReading(limit, known, reading, reading) !== known) return false
      const tested = testedIn(known.tests, reading)
      if (tested === null || !isAmong(tiers, tested)) return false
    }
    return true
  }
}

/** Whether nothing waits for the next reading. */
function isSettled(state: TraderState, limits: ResolvedLimits): boolean {
  const { equity, doubt, flows, nonZero, netDeposits, days, pendingLimits, pause, time } = state
  if (equity === null || equity <= 0n || time === null || state.staleSince !== null) return false
  if (doubt.pending !== null || doubt.zeros !== null || doubt.rejected !== null || doubt.late !== null) return false
  if (nonZero !== null || netDeposits !== null || limits.netDeposits || days?.isCounted !== true) return false
  // Soon after a flow a reading may not know of it.
  if (flows?.last != null || pendingLimits.length > 0 || state.limitsKey !== limits.key) return false
  if (state.clock !== limits.clock || (limits.timeBase === 'event' && limits.sessions !== null)) return false
  if (limits.sessions?.blockEntries === true || state.opensAt !== null) return false
  // A hold whose time is over ends once its limit is not broken any more, which is beyond the tiers that it has reached.
  // Where it would forgive the loss, it ends as soon as there is room.
  if (pause?.holds.some(({ until, onEnd }) => until !== null && until <= time && onEnd !== 'keep') === true)
    return false
  return state.limitStates.length > 0 ? state.limitStates.every(({ uncomputable }) => uncomputable === null) : true
}

/** When holds end that may end by time. */
function holdEnds({ pause }: TraderState, passed: Instant): readonly Instant[] {
  const ends = pause?.holds.map(({ until }) => until) ?? []
  return ends.filter((until) => until !== null).filter((until) => until > passed)
}

function tiersOf({ measure, tests, tierLines }: LimitState, state: TraderState): Tiers {
  const tested = testedIn(tests, state)
  if (tested === null) return { from: 1n, to: 0n }
  let from: Amount | null = null
  let to: Amount | null = null
  for (const line of tierLines) {
    const isReached = reaches(measure, tested, line)
    if ((measure === 'loss') === isReached) to = to === null || to > edge(line, isReached) ? edge(line, isReached) : to
    else from = from === null || from < edge(line, isReached) ? edge(line, isReached) : from
  }
  return { from, to }

  /** The last value on this side of a line: the line itself, where it has been reached. */
  function edge(line: Amount, isReached: boolean): Amount {
    if (isReached) return line
    return measure === 'loss' ? line + 1n : line - 1n
  }
}

function isAmong({ from, to }: Tiers, value: Amount): boolean {
  return (from === null || value >= from) && (to === null || value <= to)
}

function isWithin(share: number, known: Amount, value: Amount): boolean {
  const before = Number(known)
  return Math.abs(Number(value) - before) < share * Math.abs(before)
}
