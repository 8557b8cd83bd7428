import {
  decodeControl,
  decodeFlags,
  decodeGlobalLimits,
  decodeTick,
  type FlagsChange,
  type GlobalLimitsChange,
  type Instant,
  parseInputSubject,
  parseTraderId,
  printable,
  type Refused,
  signedBy,
  type TraderId,
  tradesOfUnreadable,
} from '@drawbridge/contracts'
import type { TraderInput } from '@drawbridge/risk-engine'

/** A message of the input log, as stored. */
export interface LogMessage {
  readonly subject: string
  /** Stream sequence. */
  readonly seq: number
  /** JetStream timestamp. */
  readonly time: Instant
  readonly payload: Uint8Array
  /** Empty if the message has no valid one. */
  readonly traceparent: string
}

/** What a message of the input log asks for. */
export type ReadInput =
  /** `error`: what the decoding of a tick threw; the tick is refused for it. */
  | { readonly kind: 'trader'; readonly trader: TraderId; readonly input: TraderInput; readonly error?: unknown }
  | { readonly kind: 'configuration'; readonly change: FlagsChange | GlobalLimitsChange }
  /** No trader's log can hold it. `error`: what the decoding threw. */
  | { readonly kind: 'reject'; readonly reason: string; readonly error?: unknown }

/** Reads a message of the input log; an invalid one becomes a rejected tick or a reject, never an error. */
export function readInput(message: LogMessage): ReadInput {
  const { seq, time, payload } = message
  const address = parseInputSubject(message.subject)
  switch (address.kind) {
    case 'tick': {
      const trader = parseTraderId(address.trader)
      if (!trader.ok) return { kind: 'reject', reason: trader.reason }
      const tick = decodeTick(payload)
      return {
        kind: 'trader',
        trader: trader.value,
        ...(tick.ok
          ? { input: { kind: 'tick', seq, time, tick: tick.value } }
          : {
              input: {
                kind: 'unreadable-tick',
                seq,
                time,
                reason: printable(tick.reason),
                closed: tradesOfUnreadable(payload),
              },
              error: tick.error,
            }),
      }
    }
    case 'command': {
      const trader = parseTraderId(address.trader)
      if (!trader.ok) return { kind: 'reject', reason: trader.reason }
      const control = decodeControl(address.command, payload)
      if (!control.ok) return rejectOf(control)
      return {
        kind: 'trader',
        trader: trader.value,
        input: { kind: 'control', seq, time, control: signedBy(address.signer, control.value) },
      }
    }
    case 'flags':
    case 'limits': {
      const change = address.kind === 'flags' ? decodeFlags(payload) : decodeGlobalLimits(payload)
      if (!change.ok) return rejectOf(change)
      return { kind: 'configuration', change: signedBy(address.signer, change.value) }
    }
    case 'unknown':
      return { kind: 'reject', reason: `no input is known by the subject ${printable(message.subject)}` }
    default:
      return address satisfies never
  }
}

function rejectOf({ reason, error }: Refused): ReadInput {
  return { kind: 'reject', reason: printable(reason), error }
}
