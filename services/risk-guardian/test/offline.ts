import {
  decodeControl,
  decodeFlags,
  decodeGlobalLimits,
  decodeTick,
  encodeConfigEvent,
  encodeRiskEvent,
  parseInputSubject,
  parseTraderId,
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

/** A message of a stream, as a test reads it. */
export interface Kept {
  readonly seq: number
  readonly subject: string
  readonly time: number
  readonly payload: Uint8Array
  readonly header: (name: string) => string
}

/** An event as the risk log must hold it. */
export interface ExpectedEvent {
  readonly subject: string
  readonly text: string
  readonly inputSeq: number
}

export interface Judged {
  /** In the order of the inputs; the order within one input is free. */
  readonly events: readonly ExpectedEvent[]
  /** Sequences of the inputs that no trader's log holds. */
  readonly rejected: readonly number[]
}

/**
 * What an input log comes to, judged in one go by nothing but the engine: no streams, no queues, no restarts. What
 * guardians write must be the same, whatever befell them.
 */
export function judgeOffline(inputs: readonly Kept[]): Judged {
  const decoder = new TextDecoder()
  const states = new Map<TraderId, TraderState>()
  const events: ExpectedEvent[] = []
  const rejected: number[] = []
  let configuration = BUILT_IN_CONFIGURATION

  const take = (trader: TraderId, input: TraderInput) => {
    const known = states.get(trader)
    const decision = decide(trader, known ?? INITIAL_STATE, configuration, input)
    if (decision.kind === 'refused') rejected.push(input.seq)
    if (decision.kind !== 'event') return
    if (known === undefined && states.size >= configuration.maxTraders) {
      rejected.push(input.seq)
      return
    }
    const { event } = decision
    states.set(trader, event.state)
    const text = decoder.decode(encodeRiskEvent(event))
    events.push({ subject: subjects.event(event.type, trader), text, inputSeq: input.seq })
  }

  for (const { seq, time, subject, payload } of inputs) {
    const address = parseInputSubject(subject)
    if (address.kind === 'flags' || address.kind === 'limits') {
      const change = address.kind === 'flags' ? decodeFlags(payload) : decodeGlobalLimits(payload)
      if (!change.ok) {
        rejected.push(seq)
        continue
      }
      const event = decideConfiguration(configuration, change.value, seq, time)
      events.push({
        subject: subjects.config(event.kind),
        text: decoder.decode(encodeConfigEvent(event)),
        inputSeq: seq,
      })
      if (event.kind === 'flags') {
        for (const trader of states.keys()) {
          take(trader, { kind: 'enforcement', seq, time, enforced: event.enforcement })
        }
      }
      configuration = applyConfiguration(configuration, event)
      continue
    }
    const id = address.kind === 'unknown' ? null : parseTraderId(address.trader)
    if (address.kind === 'unknown' || id === null || !id.ok) {
      rejected.push(seq)
    } else if (address.kind === 'tick') {
      const tick = decodeTick(payload)
      if (tick.ok) take(id.value, { kind: 'tick', seq, time, tick: tick.value })
      else take(id.value, { kind: 'unreadable-tick', seq, time, reason: tick.reason })
    } else {
      const control = decodeControl(address.command, payload)
      if (control.ok) take(id.value, { kind: 'control', seq, time, control: control.value })
      else rejected.push(seq)
    }
  }
  return { events, rejected }
}
