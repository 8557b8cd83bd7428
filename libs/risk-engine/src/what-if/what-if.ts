import type { Instant, LimitOverrides, TraderId, TraderState } from '@drawbridge/contracts/pure'
import { applyConfiguration, type Configuration } from '../configuration.ts'
import { decide } from '../decide.ts'
import type { Decision } from '../decision.ts'
import type { TraderInput } from '../draft.ts'
import { evolve, INITIAL_STATE } from '../state.ts'
import { builtInWith, controlWith, eventWith, stateWith } from './changed-limits.ts'
import { Consequences, type WhatIfReport } from './consequences.ts'
import { Quiet } from './quiet.ts'
import type { RecordedInput, RecordedReading } from './recorded.ts'
import type { Span } from './series.ts'
import { Wakes } from './wakes.ts'

/** So many wake-ups at most happen between two inputs. */
const WAKES_MAX = 10_000
const WAKE = { kind: 'wake' } as const

/**
 * Judges what was recorded of a trader by the engine once more, as if it had had other limits all the time. Everything else
 * is as it was: readings, cash flows, closed trades, commands, flags, and changes of other limits. Wake-ups are sent as a
 * guardian sends them. Without a change it says what happened.
 */
export class WhatIf {
  readonly #trader: TraderId
  readonly #change: LimitOverrides
  readonly #wakes: Wakes
  readonly #consequences: Consequences
  #configuration: Configuration
  #state: TraderState = INITIAL_STATE
  #seq = 0
  #time: Instant = Number.NEGATIVE_INFINITY
  /** Which readings change nothing else; null: nobody knows, undefined: it was not worked out since the last decision. */
  #quiet: Quiet | null | undefined
  /** The last two readings that were passed over: a reading can be undone, which brings back the one before. */
  #last: RecordedReading | null = null
  #beforeLast: RecordedReading | null = null

  /** @param span from when until when there are inputs, as far as it is known */
  constructor(trader: TraderId, change: LimitOverrides, span: Span) {
    this.#trader = trader
    this.#change = change
    this.#wakes = new Wakes(trader)
    this.#consequences = new Consequences(span)
    this.#configuration = builtInWith(change, trader)
  }

  /** After all that was taken; its version does not count readings that changed nothing else. */
  get state(): TraderState {
    this.#catchUp()
    return this.#state
  }

  /** What would have come of all that was taken. */
  report(): WhatIfReport {
    return this.#consequences.report()
  }

  /** Takes the next input. */
  take(input: RecordedInput): void {
    if (input.kind === 'reading' && this.#isQuiet(input)) {
      this.#beforeLast = this.#last
      this.#last = input
      this.#consequences.takeReading(input.equity, input.at !== null && this.#isByEvent ? input.at : input.time)
      return
    }
    this.#catchUp()
    this.#judge(input)
  }

  #isQuiet(reading: RecordedReading): boolean {
    if (this.#quiet === undefined) {
      this.#quiet = Quiet.after(this.#state, this.#configuration, this.#trader, this.#time)
    }
    return this.#quiet?.includes(reading, this.#last) === true
  }

  /** Brings the state to the last reading that was passed over. */
  #catchUp(): void {
    const last = this.#last
    if (last === null) return
    const before = this.#beforeLast
    this.#last = null
    this.#beforeLast = null
    for (const reading of before === null ? [last] : [before, last]) {
      const { time } = reading
      const decision = this.#decision({ kind: 'tick', seq: this.#nextSeq(), time, tick: reading })
      if (decision.kind === 'event') this.#state = evolve(this.#state, decision.event)
    }
    this.#time = last.time
  }

  #judge(input: RecordedInput): void {
    this.#passTime(input.time)
    this.#quiet = undefined
    const logged = { seq: this.#nextSeq(), time: input.time }
    switch (input.kind) {
      case 'reading':
        this.#decide({ kind: 'tick', seq: logged.seq, time: logged.time, tick: input })
        return
      case 'rejected': {
        const { reason, closed, cause } = input
        this.#decide({ kind: 'unreadable-tick', ...logged, reason, closed, cause })
        return
      }
      case 'control': {
        const control = this.#asNow(controlWith(input.control, this.#change))
        this.#decide({ kind: 'control', ...logged, control })
        return
      }
      case 'configuration': {
        const event = eventWith(input.event, this.#change, this.#trader)
        this.#configuration = applyConfiguration(this.#configuration, event)
        if (event.kind === 'flags' && this.#state.version > 0) this.#decide({ kind: 'flags', ...logged, event })
        return
      }
      case 'state':
        this.#begin(input.state)
        return
      default:
        input satisfies never
    }
  }

  /** Goes on from what was known when the history was cut. */
  #begin(state: TraderState): void {
    this.#state = stateWith(state, this.#change)
    this.#seq = Math.max(this.#seq, state.inputSeq)
    this.#consequences.begin(this.#state)
  }

  /** Lets wake-ups happen that are due up to a moment. */
  #passTime(until: Instant): void {
    for (let wakes = 0; wakes < WAKES_MAX; wakes += 1) {
      const due = this.#wakes.dueBy(until, this.#state, this.#configuration, this.#time)
      if (due === null) break
      this.#time = due
      this.#decide({ kind: 'control', seq: this.#nextSeq(), time: due, control: WAKE })
    }
    this.#time = until
  }

  get #isByEvent(): boolean {
    return this.#state.clock.startsWith('event ')
  }

  #nextSeq(): number {
    this.#seq += 1
    return this.#seq
  }

  /** A command that names what has another name here. */
  #asNow(control: Extract<TraderInput, { kind: 'control' }>['control']): typeof control {
    if (control.kind === 'correct' && control.correction.kind === 'void') {
      const version = this.#state.undo?.version ?? 0
      return { ...control, correction: { kind: 'void', version } }
    }
    if (control.kind !== 'resume' || control.holders === null) return control
    const held = new Set(this.#state.pause?.holds.map(({ holder }) => holder))
    return { ...control, holders: control.holders.filter((holder) => held.has(holder)) }
  }

  #decide(input: TraderInput): void {
    const before = this.#state
    const decision = this.#decision(input)
    if (decision.kind !== 'event') return
    const after = evolve(before, decision.event)
    this.#state = after
    this.#consequences.take(decision.event, before)
  }

  #decision(input: TraderInput): Decision {
    return decide(this.#trader, this.#state, this.#configuration, input)
  }
}
