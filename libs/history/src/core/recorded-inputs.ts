import {
  type Author,
  authorOf,
  type ClosedTrade,
  type Fact,
  type Holder,
  type Instant,
  limitOfHolder,
  mergeLimits,
  type Reading,
  type RiskEvent,
  type TraderControl,
  type TraderId,
  type TraderState,
} from '@drawbridge/contracts'
import { INITIAL_STATE } from '@drawbridge/risk-engine'
import { NO_COMMAND, type RecordedInput } from '@drawbridge/risk-engine/what-if'

import { eventToldBy, type RecordedRow, readingOfRow } from './recorded-row.ts'

type Control = Exclude<TraderControl, { kind: 'wake' }>
type FactOf<Kind extends Fact['kind']> = Extract<Fact, { kind: Kind }>

/** The parts of a state that say which input came. */
type StateAfter = Pick<TraderState, 'version' | 'equity' | 'balance' | 'undo' | 'lastTickAt' | 'netDeposits'> &
  Pick<TraderState, 'trades' | 'flows' | 'pause' | 'inputSeq'>

/** The state before an event; a row without a detail leaves open by which clock its tick was heard. */
interface StateBefore extends Omit<StateAfter, 'lastTickAt'> {
  readonly heardAt: readonly Instant[]
}

/** An event as far as it says which input came. */
interface InputTold extends Pick<RiskEvent, 'facts' | 'recordedAt' | 'effectiveAt' | 'tickSeq'> {
  readonly state: StateAfter & Pick<TraderState, 'doubt'>
}

/**
 * Which inputs a trader's events were made of, one after the other. An event tells its input by what came of it: a command
 * by its fact, a reading by what it could undo. The words of a tick that was rejected are not kept, nor is the amount of a
 * closed trade: only whether it was a loss that counted.
 */
export class RecordedInputs {
  readonly #trader: TraderId
  #before: StateBefore

  /** @param before the state before the first row; a new account where it is not known */
  constructor(trader: TraderId, before: TraderState = INITIAL_STATE) {
    this.#trader = trader
    this.#before = heard(before)
  }

  /**
   * The input of the next row. @param isOfFlags whether a change of flags made the event, which is no input of the trader alone
   * @throws if the row cannot be read
   */
  inputOf(row: RecordedRow, isOfFlags: boolean): RecordedInput | null {
    const { detail } = row
    if (detail === null) return this.#ordinary(row)
    const event = eventToldBy(row, this.#trader, detail)
    if (!event.ok) throw new Error(`version ${row.version} of ${this.#trader} cannot be read: ${event.reason}`)
    const input = isOfFlags ? null : inputOf(event.value, this.#before)
    this.#before = heard(event.value.state)
    return input
  }

  /** What a row without a detail leaves out is as it was. */
  #ordinary(row: RecordedRow): RecordedInput {
    const reading = readingOfRow(row)
    if (!reading.ok) throw new Error(`version ${row.version} of ${this.#trader} cannot be read: ${reading.reason}`)
    const { version, inputSeq, recordedAt, effectiveAt } = row
    const { equity, balance } = reading.value
    this.#before = {
      ...this.#before,
      version,
      inputSeq,
      equity,
      balance,
      undo: null,
      heardAt: [recordedAt, effectiveAt],
    }
    return asReading(reading.value, recordedAt, NONE)
  }
}

function heard<State extends StateAfter>(state: State): State & StateBefore {
  return { ...state, heardAt: state.lastTickAt === null ? [] : [state.lastTickAt] }
}

function inputOf(event: InputTold, before: StateBefore): RecordedInput {
  const { facts, recordedAt: time, state } = event
  const closed = closedTrades(before.trades, state.trades)
  const rejected = factOf(facts, 'tick-rejected')
  if (rejected !== undefined) {
    return { kind: 'rejected', time, reason: rejected.reason, cause: rejected.cause ?? 'invalid', closed }
  }
  const changed = changeOf(event, before)
  if (changed !== null) return { kind: 'control', time, control: changed }
  const reading = readingOf(event, before)
  if (reading !== null) return asReading(reading, time, closed)
  return { kind: 'control', time, control: holdOf(event) ?? passedBy(facts) }
}

/** What let time pass: a wake-up or, in event time, where it leaves some of that to others, a command that was refused. */
function passedBy(facts: readonly Fact[]): TraderControl {
  return facts.some(({ kind }) => PASSED.has(kind)) ? NO_COMMAND : { kind: 'wake' }
}

const PASSED: ReadonlySet<Fact['kind']> = new Set(['limits-changed', 'resumed', 'hold-ended'])

function factOf<Kind extends Fact['kind']>(facts: readonly Fact[], kind: Kind): FactOf<Kind> | undefined {
  return facts.find((fact): fact is FactOf<Kind> => fact.kind === kind)
}

/** A command that no tick can bring; null: there was none. */
function changeOf({ facts, state }: InputTold, before: StateBefore): Control | null {
  const flow = factOf(facts, 'cash-flow')
  if (flow !== undefined && !isOfTick(flow, state)) return flowOf(flow, state, before)
  const restarted = factOf(facts, 'restarted')
  if (restarted !== undefined) return { ...restarted, kind: 'restart', ...authorOf(restarted) }
  const corrected = factOf(facts, 'corrected')
  if (corrected !== undefined) return correctionOf(corrected)
  const limits = facts.find((fact) => fact.kind === 'limits-changed' && !isDue(fact))
  if (limits?.kind !== 'limits-changed') return null
  const change = mergeLimits(limits.limits, limits.pending ?? {})
  return { kind: 'limits', limits: change, reason: limits.reason, ...authorOf(limits) }
}

/** What the rules say of a flow that a tick tells. */
const TOLD_BY_TICK = 'net_deposits of the tick'

/** Its sum may be as before: two readings that are confirmed together may tell of a withdrawal and of its return. */
function isOfTick({ reason, by }: FactOf<'cash-flow'>, { netDeposits }: StateAfter): boolean {
  return netDeposits !== null && reason === TOLD_BY_TICK && by === null
}

/** What the rules say of a change that has waited. */
const WAITED = 'a loosening that had been asked for has waited long enough'

/** Limits that had waited take effect without a command, and nobody is their author. */
function isDue({ reason, by, inForceAt }: FactOf<'limits-changed'>): boolean {
  return reason === WAITED && by === null && inForceAt === undefined
}

/** One that the last reading had already leaves the equity as it is. */
function flowOf({ amount, reason, ...author }: FactOf<'cash-flow'>, state: StateAfter, before: StateBefore): Control {
  const known = new Set(before.flows?.known.map(({ id }) => id))
  const added = state.flows?.known.find(({ id }) => !known.has(id))
  const inEquity = state.undo !== null && state.undo.version === state.version
  const { id = null, at = null } = added ?? {}
  return { kind: 'cash-flow', amount, id, at, inEquity, force: true, reason, ...authorOf(author) }
}

function correctionOf({ rule, to, reason, ...author }: FactOf<'corrected'>): Control {
  const words = { kind: 'correct', reason, ...authorOf(author) } as const
  // Whoever judges again knows the version of the last reading.
  if (rule === null || to === null) return { ...words, correction: { kind: 'void', version: 0 } }
  return { ...words, correction: { kind: 'reference', limit: rule, reference: to } }
}

/** What an operator's pause or resume was; null: there was none. */
function holdOf({ facts, state }: InputTold): Control | null {
  const paused = factOf(facts, 'paused')
  if (paused !== undefined) return pauseOf(paused, state)
  const resumed = facts.findLast((fact) => fact.kind === 'resumed' && fact.cause === 'operator')
  if (resumed?.kind !== 'resumed') return null
  const { holders, reason, ...author } = resumed
  const isRebased = facts.slice(facts.indexOf(resumed)).some(({ kind }) => kind === 'rebased')
  // What counted of trades is forgotten either way, and no fact says which way it was.
  const rebase = isRebased || !holders.some(isOfLine)
  return { kind: 'resume', holders, rebase, admin: true, reason, ...authorOf(author) }
}

/** Whether it holds for a limit that is a line under equity. */
function isOfLine(holder: Holder): boolean {
  const name = limitOfHolder(holder)
  return name !== null && !TRADE_LIMITS.has(name)
}

const TRADE_LIMITS: ReadonlySet<string> = new Set(['max_losing_trades', 'max_trades'])

function pauseOf({ until, reason, ...author }: FactOf<'paused'>, { pause }: StateAfter): Control {
  const firm = until !== null && pause?.holds.some(({ firmUntil }) => firmUntil === until) === true
  return { kind: 'pause', until, firm, reason, ...authorOf(author as Author) }
}

/** The reading of a tick; null: there was none. */
function readingOf(event: InputTold, before: StateBefore): Reading | null {
  const { facts, effectiveAt, tickSeq, recordedAt, state } = event
  const { undo, version, equity, balance, netDeposits, lastTickAt, doubt } = state
  // Time alone may confirm a reading that has waited.
  if (tickSeq === null && lastTickAt !== null && ![recordedAt, effectiveAt].includes(lastTickAt)) return null
  if (undo !== null && undo.version === version) return undo.reading
  // A rebase has made it one that cannot be undone. It was confirmed, or confirmed another one and waits itself.
  if (doubt.pending !== null && factOf(facts, 'reading-unconfirmed') !== undefined) return doubt.pending.newest
  const isTick = tickSeq !== null || (lastTickAt !== null && !before.heardAt.includes(lastTickAt))
  if (!isTick || equity === null) return null
  // Its own time where that counts; a trader that is judged by the server's clock is asked for none.
  return { equity, balance, netDeposits, currency: null, at: effectiveAt }
}

function asReading({ equity, balance, netDeposits, at }: Reading, time: Instant, closed: readonly ClosedTrade[]) {
  return {
    kind: 'reading',
    time,
    equity,
    balance,
    unrealizedPnl: null,
    netDeposits,
    currency: null,
    at,
    seq: null,
    run: null,
    closed,
    faults: null,
  } as const satisfies RecordedInput
}

const NONE: readonly ClosedTrade[] = []
/** A loss that is no smaller than any `min_loss`, and a gain. */
const LOSS = -(10n ** 23n)
const GAIN = 1n

/** Trades that bring the counts from one to the other. */
function closedTrades(before: TraderState['trades'], after: TraderState['trades']): readonly ClosedTrade[] {
  if (after === null || after === before) return NONE
  const known = new Set(before?.known.map(({ id }) => id))
  const added = after.known.filter(({ id }) => !known.has(id))
  if (added.length === 0) return NONE
  const losers = [...after.losers]
  for (const at of before?.losers ?? []) {
    const index = losers.indexOf(at)
    if (index >= 0) losers.splice(index, 1)
  }
  const lost = added.filter(({ at }) => {
    const index = losers.indexOf(at)
    if (index >= 0) losers.splice(index, 1)
    return index >= 0
  })
  return inOrder(
    lost.map(({ id, at }) => ({ id, at, pnl: LOSS })),
    added.filter((trade) => !lost.includes(trade)).map(({ id, at }) => ({ id, at, pnl: 0n })),
    (before?.losersInARow ?? 0) + lost.length,
    after.losersInARow,
  )
}

/** Losses that came after the last gain are counted in a row. */
function inOrder(
  lost: readonly ClosedTrade[],
  others: readonly ClosedTrade[],
  inARowAtMost: number,
  inARow: number,
): readonly ClosedTrade[] {
  const [gain, ...rest] = others
  if (gain === undefined || inARow === inARowAtMost) return [...others, ...lost]
  const since = lost.length - Math.min(inARow, lost.length)
  return [...lost.slice(0, since), { ...gain, pnl: GAIN }, ...rest, ...lost.slice(since)]
}
