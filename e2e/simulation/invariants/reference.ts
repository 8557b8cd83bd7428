import {
  decodeControl,
  decodeFlags,
  decodeGlobalLimits,
  decodeTick,
  encodeConfigEvent,
  encodeRiskEvent,
  type FlagsChange,
  type GlobalLimitsChange,
  parseInputSubject,
  parseTraderId,
  printable,
  subjects,
  type TraderId,
  type TraderState,
} from '@drawbridge/contracts'
import {
  applyConfiguration,
  BUILT_IN_CONFIGURATION,
  decide,
  decideConfiguration,
  INITIAL_STATE,
  type TraderInput,
} from '@drawbridge/risk-engine'

/** A message of the input log. */
export interface Input {
  readonly subject: string
  /** Stream sequence. */
  readonly seq: number
  /** JetStream timestamp, milliseconds since 1970. */
  readonly time: number
  readonly data: Uint8Array
}

/** An event as the risk log must hold it. */
export interface ExpectedEvent {
  /** The trader's id, or `config.<kind>`: events of one log are stored in the order of their inputs. */
  readonly log: string
  readonly subject: string
  readonly text: string
  readonly inputSeq: number
}

/** What an input comes to. */
export interface Judged {
  readonly events: readonly ExpectedEvent[]
  /** Whether REJECTS must hold the input. */
  readonly rejected: boolean
}

/**
 * What one undisturbed guardian would decide: the inputs in their order, judged by nothing but the engine. Independent
 * of the guardian's own code: no queues, no restarts, no streams.
 */
export class Reference {
  readonly #states = new Map<TraderId, TraderState>()
  readonly #decoder = new TextDecoder()
  #configuration = BUILT_IN_CONFIGURATION
  #events: ExpectedEvent[] = []
  #rejected = false

  /** The trader's state after all inputs so far. */
  stateOf(trader: TraderId): TraderState | undefined {
    return this.#states.get(trader)
  }

  judge(input: Input): Judged {
    this.#events = []
    this.#rejected = false
    this.#take(input)
    return { events: this.#events, rejected: this.#rejected }
  }

  #take({ subject, seq, time, data }: Input): void {
    const address = parseInputSubject(subject)
    if (address.kind === 'flags' || address.kind === 'limits') {
      const change = address.kind === 'flags' ? decodeFlags(data) : decodeGlobalLimits(data)
      if (change.ok) this.#configure(change.value, seq, time)
      else this.#rejected = true
      return
    }
    const id = address.kind === 'unknown' ? null : parseTraderId(address.trader)
    if (address.kind === 'unknown' || id === null || !id.ok) {
      this.#rejected = true
    } else if (address.kind === 'tick') {
      const tick = decodeTick(data)
      if (tick.ok) this.#decide(id.value, { kind: 'tick', seq, time, tick: tick.value })
      else this.#decide(id.value, { kind: 'unreadable-tick', seq, time, reason: printable(tick.reason) })
    } else {
      const control = decodeControl(address.command, data)
      if (control.ok) this.#decide(id.value, { kind: 'control', seq, time, control: control.value })
      else this.#rejected = true
    }
  }

  #configure(change: FlagsChange | GlobalLimitsChange, seq: number, time: number): void {
    const event = decideConfiguration(this.#configuration, change, seq, time)
    const subject = subjects.config(event.kind)
    const text = this.#decoder.decode(encodeConfigEvent(event))
    this.#events.push({ log: `config.${event.kind}`, subject, text, inputSeq: seq })
    if (event.kind === 'flags') {
      for (const trader of this.#states.keys()) {
        this.#decide(trader, { kind: 'enforcement', seq, time, enforced: event.enforcement })
      }
    }
    this.#configuration = applyConfiguration(this.#configuration, event)
  }

  #decide(trader: TraderId, input: TraderInput): void {
    const known = this.#states.get(trader)
    const decision = decide(trader, known ?? INITIAL_STATE, this.#configuration, input)
    if (decision.kind === 'nothing') return
    if (decision.kind === 'refused' || (known === undefined && this.#states.size >= this.#configuration.maxTraders)) {
      this.#rejected = true
      return
    }
    if (decision.refused !== null) this.#rejected = true
    const { event } = decision
    this.#states.set(trader, event.state)
    const text = this.#decoder.decode(encodeRiskEvent(event))
    const subject = subjects.event(event.type, trader)
    this.#events.push({ log: trader, subject, text, inputSeq: input.seq })
  }
}
