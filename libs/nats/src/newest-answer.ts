import {
  headerNames,
  type Instant,
  type Parsed,
  parsed,
  refused,
  TRADER_EVENT_TYPES,
  type TraderEventType,
} from '@drawbridge/contracts'
import type { StoredMsg } from '@nats-io/jetstream'
import { headers, type Msg } from '@nats-io/transport-node'
import { rawHeader } from './client-internals/raw-header.ts'

/** The risk log that a guardian uses. */
export interface LogIdentity {
  /** When it was created, by JetStream's clock. */
  readonly created: string
  /** Creation times of the logs that it continues. */
  readonly continues: readonly string[]
  /** The sequence of an input is that of the stream INPUTS plus this; 0 if not given. */
  readonly inputsOffset?: number
}

/** A message as stored in a stream. */
export interface StoredEvent {
  readonly subject: string
  /** Stream sequence. */
  readonly seq: number
  /** JetStream timestamp. */
  readonly time: Instant
  readonly data: Uint8Array
}

/** A guardian's answer about the newest event; null: none exists. */
export interface NewestAnswer {
  readonly log: LogIdentity
  readonly newest: StoredEvent | null
}

/** The body of the request selects a type; an empty body means any. */
export function requestedType(body: string): Parsed<TraderEventType | null> {
  if (body === '') return parsed(null)
  const type = TRADER_EVENT_TYPES.find((name) => name === body)
  return type === undefined ? refused('not a type of event') : parsed(type)
}

/** The payload is the stored event, unchanged; headers say where it is stored. */
export function answerNewest(request: Msg, identity: LogIdentity, newest: StoredMsg | null): void {
  const { created, continues, inputsOffset = 0 } = identity
  const described = headers()
  if (inputsOffset > 0) described.set(headerNames.inputsOffset, String(inputsOffset))
  described.set(headerNames.log, created)
  if (continues.length > 0) described.set(headerNames.logContinues, continues.join(','))
  if (newest === null) {
    request.respond(undefined, { headers: described })
    return
  }
  described.set(headerNames.storedSubject, newest.subject)
  described.set(headerNames.storedSequence, String(newest.seq))
  described.set(headerNames.storedTime, newest.time.toISOString())
  request.respond(newest.data, { headers: described })
}

export function readNewestAnswer(message: Msg): Parsed<NewestAnswer> {
  const created = message.headers?.get(headerNames.log) ?? ''
  if (created === '') return refused(`${headerNames.log} is missing`)
  const continues = (message.headers?.get(headerNames.logContinues) ?? '').split(',').filter((one) => one !== '')
  const inputsOffset = Number(message.headers?.get(headerNames.inputsOffset) || 0)
  if (!Number.isSafeInteger(inputsOffset)) return refused(`${headerNames.inputsOffset} is not a whole number`)
  const log = { created, continues, inputsOffset }
  if (message.data.length === 0) return parsed({ log, newest: null })
  const newest = storedEventOf(message)
  return newest === null ? refused(`${headerNames.storedSequence} is not a sequence`) : parsed({ log, newest })
}

/** Where a message is stored, by its headers; null: they do not say. Republished messages and answers do. */
export function storedEventOf(message: Msg): StoredEvent | null {
  const seq = Number(rawHeader(message, headerNames.storedSequence) || Number.NaN)
  const time = Date.parse(rawHeader(message, headerNames.storedTime))
  const subject = rawHeader(message, headerNames.storedSubject)
  if (!Number.isSafeInteger(seq) || Number.isNaN(time) || subject === '') return null
  return { subject, seq, time, data: message.data }
}
