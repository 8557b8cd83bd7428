import {
  decodeConfigEvent,
  decodeRiskEvent,
  headerNames,
  isConfiguration,
  parseEventSubject,
  subjects,
} from '@drawbridge/contracts'
import type { StreamMessage } from '@drawbridge/nats'
import { type JudgedEvent, RULES_VERSION } from '@drawbridge/risk-engine'
import { ADOPTER } from '../adopt-log/held-log.ts'

/** Configurations are judged as one more trader, whose name no trader can have. */
export const CONFIG = 'config.'

/** An event of the log with what is needed to judge it. */
export interface LoggedEvent {
  /** The trader, or {@link CONFIG}. */
  readonly of: string
  readonly event: JudgedEvent
  readonly inputSeq: number
  /** Null: it is of a configuration. */
  readonly version: number | null
  readonly streamSeq: number
  readonly data: Uint8Array
  /** Whether other rules than ours decided. */
  readonly isOfOtherRules: boolean
  /** Whether it was carried over from another log. */
  readonly isCarried: boolean
  /** Every input up to this one is decided and stored, says who published it; NaN: nothing is said. */
  readonly settled: number
}

/** Null where it is no event that was decided, or cannot be read. */
export function loggedEvent(message: StreamMessage): LoggedEvent | null {
  const { subject, seq: streamSeq, data } = message
  const address = parseEventSubject(subject)
  const header = (name: string) => message.headers?.get(name) ?? ''
  const settledText = header(headerNames.settled)
  const shared = {
    streamSeq,
    data,
    isCarried: header(headerNames.guardian) === ADOPTER,
    settled: settledText === '' ? Number.NaN : Number(settledText),
  }
  if (address.kind === 'trader') {
    const read = decodeRiskEvent(data)
    if (!read.ok || subjects.event(read.value.type, read.value.trader) !== subject) return null
    const { trader: of, state, rulesVersion } = read.value
    const { version, inputSeq } = state
    return { ...shared, of, event: read.value, version, inputSeq, isOfOtherRules: rulesVersion !== RULES_VERSION }
  }
  if (address.kind !== 'config' || !isConfiguration(address.config)) return null
  const read = decodeConfigEvent(address.config, data)
  if (!read.ok) return null
  const { inputSeq } = read.value
  return { ...shared, of: CONFIG, event: read.value, version: null, inputSeq, isOfOtherRules: false }
}
