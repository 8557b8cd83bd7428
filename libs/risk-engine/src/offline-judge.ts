import {
  type ConfigEvent,
  decodeControl,
  decodeFlags,
  decodeGlobalLimits,
  decodeTick,
  encodeConfigEvent,
  encodeRiskEvent,
  type FlagsChange,
  type GlobalLimitsChange,
  type Instant,
  parseInputSubject,
  parseTraderId,
  printable,
  type RiskEvent,
  signedBy,
  subjects,
  type TraderId,
  type TraderState,
  tradesOfUnreadable,
} from '@drawbridge/contracts'
import { applyConfiguration, BUILT_IN_CONFIGURATION, type Configuration } from './configuration.ts'
import { decide } from './decide.ts'
import { decideChange } from './decide-configuration.ts'
import type { TraderInput } from './draft.ts'
import { nextWakeAt } from './next-wake.ts'
import { INITIAL_STATE } from './state.ts'

/** A message of the input log, as it lies there. */
export interface InputMessage {
  readonly subject: string
  /** Input sequence. */
  readonly seq: number
  /** JetStream timestamp. */
  readonly time: Instant
  readonly data: Uint8Array
}

export type JudgedEvent = RiskEvent | ConfigEvent

/** What an input comes to. */
export interface Judgement {
  /** At most one of each trader, and at most one of a configuration, which comes first. */
  readonly events: readonly JudgedEvent[]
  /** Whether REJECTS holds the input; an event may come of it all the same. */
  readonly rejected: boolean
}

/**
 * Says what the rules make of the input log, one message after the other, in its order, by nothing but the engine: no
 * streams, no queues, no restarts. It shares no code with the guardian but the rules, so that one can be held against the
 * other.
 */
export class OfflineJudge {
  readonly #states = new Map<TraderId, TraderState>()
  #configuration: Configuration = BUILT_IN_CONFIGURATION

  /** The trader's state after all that was taken; undefined: there is no such trader. */
  stateOf(trader: TraderId): TraderState | undefined {
    return this.#states.get(trader)
  }

  /** When a wake-up of the trader is due, after all that was taken; null: none is. @param now JetStream's time */
  wakeAt(trader: TraderId, now: Instant): Instant | null {
    const state = this.#states.get(trader)
    return state === undefined ? null : nextWakeAt(trader, state, this.#configuration, now)
  }

  /** Says what comes of the next input. Changes nothing: {@link take} what really came of it. */
  judge({ subject, seq, time, data }: InputMessage): Judgement {
    const address = parseInputSubject(subject)
    if (address.kind === 'flags' || address.kind === 'limits') {
      const change = address.kind === 'flags' ? decodeFlags(data) : decodeGlobalLimits(data)
      return change.ok ? this.#judgeChange(signedBy(address.signer, change.value), seq, time) : REJECTED
    }
    const id = address.kind === 'unknown' ? null : parseTraderId(address.trader)
    if (address.kind === 'unknown' || id === null || !id.ok) return REJECTED
    if (address.kind === 'tick') {
      const tick = decodeTick(data)
      if (tick.ok) return this.#judgeInput(id.value, { kind: 'tick', seq, time, tick: tick.value })
      const unreadable = { reason: printable(tick.reason), closed: tradesOfUnreadable(data) }
      return this.#judgeInput(id.value, { kind: 'unreadable-tick', seq, time, ...unreadable })
    }
    const control = decodeControl(address.command, data)
    if (!control.ok) return REJECTED
    const signed = signedBy(address.signer, control.value)
    return this.#judgeInput(id.value, { kind: 'control', seq, time, control: signed })
  }

  /** Goes on from an event: one that was judged, or what the risk log holds instead. */
  take(event: JudgedEvent): void {
    if ('kind' in event) this.#configuration = applyConfiguration(this.#configuration, event)
    else this.#states.set(event.trader, event.state)
  }

  #judgeChange(change: FlagsChange | GlobalLimitsChange, seq: number, time: Instant): Judgement {
    const decided = decideChange(this.#configuration, change, seq, time)
    if (!decided.ok) return REJECTED
    const event = decided.value
    const events: JudgedEvent[] = [event]
    let rejected = false
    if (event.kind === 'flags') {
      for (const trader of this.#states.keys()) {
        const judged = this.#judgeInput(trader, { kind: 'flags', seq, time, event })
        events.push(...judged.events)
        rejected ||= judged.rejected
      }
    }
    return { events, rejected }
  }

  #judgeInput(trader: TraderId, input: TraderInput): Judgement {
    const known = this.#states.get(trader)
    if (known !== undefined && input.seq <= known.inputSeq) return NOTHING
    const decision = decide(trader, known ?? INITIAL_STATE, this.#configuration, input)
    if (decision.kind === 'nothing') return NOTHING
    const isBeyondBound = known === undefined && this.#states.size >= this.#configuration.maxTraders
    if (decision.kind === 'refused' || isBeyondBound) return REJECTED
    return { events: [decision.event], rejected: decision.refused !== null }
  }
}

const NOTHING: Judgement = { events: [], rejected: false }
const REJECTED: Judgement = { events: [], rejected: true }

/** An event as the risk log holds it. */
interface StoredEvent {
  /** The trader's id, or `config.<kind>`: events of one log are stored in the order of their inputs. */
  readonly log: string
  readonly subject: string
  readonly data: Uint8Array
  readonly inputSeq: number
}

export function storedEvent(event: JudgedEvent): StoredEvent {
  if ('kind' in event) {
    const { kind, inputSeq } = event
    return { log: `config.${kind}`, subject: subjects.config(kind), data: encodeConfigEvent(event), inputSeq }
  }
  const { trader, type, state } = event
  return { log: trader, subject: subjects.event(type, trader), data: encodeRiskEvent(event), inputSeq: state.inputSeq }
}
