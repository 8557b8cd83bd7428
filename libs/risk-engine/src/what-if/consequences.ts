import {
  type Amount,
  type Fact,
  type Instant,
  type LimitName,
  limitOfHolder,
  type RiskEvent,
  standingOf,
  type TraderState,
} from '@drawbridge/contracts/pure'
import { type BlockedTime, BlockedTimes } from './blocked-times.ts'
import { type Line, NO_LINE, Series, type Span } from './series.ts'
import { TradingCurve, type WorstDrawdown } from './trading-curve.ts'

/** A limit broke. */
export interface Breach {
  readonly at: Instant
  readonly limit: LimitName
  readonly action: 'block-entries' | 'flatten'
  /** False: enforcement was off. */
  readonly enforced: boolean
}

/** What limits would have done. Amounts are in the account's currency. */
export interface WhatIfReport {
  /** Events so far, and the time of the last one; null: there is none. */
  readonly events: number
  readonly time: Instant | null
  readonly breaches: readonly Breach[]
  readonly breachCount: number
  readonly blocked: readonly BlockedTime[]
  readonly blockedCount: number
  readonly blockedMs: number
  /** The sum of what the account lost in blocked times in which it lost, net of cash flows. */
  readonly saved: number
  /** The sum of what it gained in the others. */
  readonly missed: number
  readonly worst: WorstDrawdown
  /** Equity as it was recorded. */
  readonly equity: Line
  /** The results outside of blocked times, from the first equity on. */
  readonly trading: Line
  /** The line of each limit, where it changed; {@link NO_LINE} where it has none from then on. */
  readonly limits: Readonly<Record<LimitName, Line>>
}

/** More are counted, and not listed. */
const LISTED_MAX = 5_000
const UNITS = 1e8

/**
 * Adds up what comes of the events of one account.
 *
 * The change of equity from one event to the next, net of cash flows, belongs to a blocked time if entries were blocked
 * before the later one. `saved` is the sum of losses of whole blocked times, `missed` that of gains: what the account did in
 * those times, which is an estimate of what it would not have done. Positions that were open go on, and a bot that is blocked
 * may close them. The trading curve is the first equity and all other changes.
 */
export class Consequences {
  readonly #equity: Series
  readonly #trading: Series
  readonly #limits = new Map<LimitName, { readonly series: Series; line: Amount | null }>()
  readonly #span: Span
  readonly #blocked = new BlockedTimes(LISTED_MAX)
  readonly #curve = new TradingCurve()
  readonly #breaches: Breach[] = []
  #breachCount = 0
  #events = 0
  #time: Instant | null = null
  #lastEquity = Number.NaN

  constructor(span: Span) {
    this.#span = span
    this.#equity = new Series(span)
    this.#trading = new Series(span)
  }

  /** Goes on from a state whose events are not counted. */
  begin(state: TraderState): void {
    const { equity, time, pause } = state
    if (equity === null || time === null) return
    this.#takeChange(Number(equity) / UNITS, time, 0)
    this.#takeLines(state, time)
    if (pause !== null) this.#followHolders(state, time, time)
  }

  take(event: RiskEvent, before: TraderState): void {
    const { state, facts, effectiveAt } = event
    this.#events += 1
    this.#time = effectiveAt
    this.#takeEquity(before, state, effectiveAt)
    if (state.limitStates !== before.limitStates) this.#takeLines(state, effectiveAt)
    if (facts.length > 0 || state.pause !== before.pause) this.#takeFacts(event)
  }

  /** Takes a reading that changed nothing but the equity. */
  takeReading(equity: Amount, at: Instant): void {
    this.#events += 1
    this.#time = at
    this.#takeChange(Number(equity) / UNITS, at, 0)
  }

  #takeEquity(before: TraderState, { equity, flows }: TraderState, at: Instant): void {
    if (equity === null) {
      this.#lastEquity = Number.NaN
      return
    }
    const flow = flows === before.flows ? 0n : (flows?.total ?? 0n) - (before.flows?.total ?? 0n)
    this.#takeChange(Number(equity) / UNITS, at, flow === 0n ? 0 : Number(flow) / UNITS)
  }

  #takeChange(now: number, at: Instant, flow: number): void {
    // After a restart the curve goes on without the step between the accounts.
    const change = Number.isNaN(this.#lastEquity) ? 0 : now - this.#lastEquity - flow
    this.#lastEquity = now
    if (this.#blocked.isBlocked) this.#blocked.add(change)
    else this.#curve.add(change, at)
    if (this.#curve.isEmpty) this.#curve.begin(now)
    this.#equity.add(at, now)
    this.#trading.add(at, this.#curve.value)
  }

  #takeLines({ limitStates }: TraderState, at: Instant): void {
    for (const { name, line } of limitStates) {
      const known = this.#limits.get(name)
      if (known?.line === line) continue
      const series = known?.series ?? new Series(this.#span)
      this.#limits.set(name, { series, line })
      series.add(at, line === null ? NO_LINE : Number(line) / UNITS)
    }
  }

  #takeFacts({ facts, state, effectiveAt }: RiskEvent): void {
    for (const fact of facts) if (fact.kind === 'breached') this.#takeBreach(fact, effectiveAt)
    this.#followHolders(state, endIn(facts) ?? effectiveAt, effectiveAt)
  }

  #followHolders(state: TraderState, endedAt: Instant, at: Instant): void {
    const holders = state.pause === null ? [] : standingOf(state).holders
    const limits = holders.flatMap((holder) => limitOfHolder(holder) ?? [])
    const since = holders.length === 0 ? null : { at: state.pause?.since ?? at, limits }
    this.#blocked.follow(since, endedAt, at)
  }

  #takeBreach({ rule, action = 'block-entries', enforced }: Extract<Fact, { kind: 'breached' }>, at: Instant): void {
    this.#breachCount += 1
    if (this.#breaches.length < LISTED_MAX) this.#breaches.push({ at, limit: rule, action, enforced })
  }

  report(): WhatIfReport {
    return {
      events: this.#events,
      time: this.#time,
      breaches: [...this.#breaches],
      breachCount: this.#breachCount,
      ...this.#blocked.report(this.#time),
      worst: this.#curve.worst,
      equity: this.#equity.line(),
      trading: this.#trading.line(),
      limits: Object.fromEntries([...this.#limits].map(([name, { series }]) => [name, series.line()])),
    }
  }
}

/** When a pause ended in an event; null: none did. */
function endIn(facts: readonly Fact[]): Instant | null {
  const ended = facts.findLast((fact) => fact.kind === 'resumed')
  return ended === undefined ? null : ended.at
}
