import {
  type ConfigEvent,
  type ConfigEventKind,
  decodeConfigEvent,
  decodeRiskEventMessage,
  formatInstant,
  isConfiguration,
  parseEventSubject,
  type RiskEventMessage,
  riskEventOfMessage,
  subjects,
  traceIdOf,
} from '@drawbridge/contracts'
import type { ConfigRow, HistoryRow } from '../tables.ts'
import { historyRow, ordinaryRow } from './history-row.ts'

/** A message of RISK. */
export interface RiskMessage {
  readonly subject: string
  readonly data: Uint8Array
  /** Stream sequence. */
  readonly seq: number
  /** The header; empty where there is none. */
  readonly traceparent: string
}

/** What the tables keep of a message. */
export type Reading =
  | { readonly kind: 'event'; readonly row: HistoryRow }
  | { readonly kind: 'config'; readonly row: ConfigRow }
  /** Understood, and nothing to keep. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly reason: string }

const NOTHING: Reading = { kind: 'nothing' }

export function readMessage(message: RiskMessage): Reading {
  const address = parseEventSubject(message.subject)
  switch (address.kind) {
    case 'trader':
      return readEvent(message)
    case 'config':
      return readConfig(message, address.config)
    case 'unknown':
      return refusedBecause('is on a subject that is not one of Drawbridge')
    default:
      return address satisfies never
  }
}

function readEvent(message: RiskMessage): Reading {
  const written = decodeRiskEventMessage(message.data)
  if (!written.ok) return refusedBecause(written.reason)
  const { type, trader } = written.value
  const subject = subjects.event(type, trader)
  if (subject !== message.subject) return refusedBecause(`belongs on ${subject}`)
  const twice = namedTwice(written.value)
  if (twice !== null) return refusedBecause(`state.limitStates has ${twice} twice`)
  const traceId = traceIdOf(message.traceparent)
  const ordinary = ordinaryRow(written.value, message.seq, traceId)
  if (ordinary !== null) return { kind: 'event', row: ordinary }
  const event = riskEventOfMessage(written.value)
  if (!event.ok) return refusedBecause(event.reason)
  return { kind: 'event', row: historyRow(event.value, message.seq, traceId) }
}

/** The first limit whose name stands there before; null: each is another one, as the key of a table wants it. */
function namedTwice({ state: { limitStates = [] } }: RiskEventMessage): string | null {
  for (let index = 1; index < limitStates.length; index += 1) {
    const name = limitStates[index]?.name
    for (let before = 0; before < index; before += 1) if (limitStates[before]?.name === name) return name ?? null
  }
  return null
}

function readConfig(message: RiskMessage, kind: ConfigEventKind): Reading {
  if (!isConfiguration(kind)) return NOTHING
  const event = decodeConfigEvent(kind, message.data)
  if (!event.ok) return refusedBecause(event.reason)
  return { kind: 'config', row: configRow(event.value, message.seq, new TextDecoder().decode(message.data)) }
}

function configRow(event: ConfigEvent, streamSeq: number, wire: string): ConfigRow {
  return {
    kind: event.kind,
    input_seq: event.inputSeq,
    stream_seq: streamSeq,
    recorded_at: formatInstant(event.recordedAt),
    reason: event.reason,
    by: event.by,
    detail: wire,
  }
}

function refusedBecause(reason: string): Reading {
  return { kind: 'refused', reason }
}
