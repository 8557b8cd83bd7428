import Type from 'typebox'
import { compileCheck } from './faults.ts'
import { parseJson, toJsonBytes } from './json.ts'
import { type Parsed, parsed, printable, total } from './parsed.ts'
import { EVENT_SCHEMA } from './risk-event.ts'

/**
 * The payload of `risk.config.settled`: the binding of the log, and a watermark. Written when the streams are created, when
 * no other event has carried the watermark for long, and when a log is adopted.
 */
export interface SettledEvent {
  /** The watermark: every input up to this sequence is decided and its event stored. */
  readonly settled: number
  /** When the input log was created, by JetStream's clock: in another log the same sequences mean other inputs. */
  readonly inputsCreated: string
  /** Added to stream sequences, so that input sequences continue after an input log that was lost; otherwise 0. */
  readonly inputsOffset?: number
  /** Creation times of the logs that this one continues, the latest first. */
  readonly continues?: readonly string[]
  /** The content of another log is still being copied: no decisions with this one yet. */
  readonly adopting?: boolean
}

const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'a whole number from 0 up' })

export const SettledEventSchema = Type.Object(
  {
    schema: Type.Literal(EVENT_SCHEMA, { description: `${EVENT_SCHEMA}, the only event schema known here` }),
    type: Type.Literal('settled', { description: '"settled"' }),
    settled: count,
    inputsCreated: Type.String({ description: 'a time like "2026-03-12T20:00:00Z"' }),
    inputsOffset: Type.Optional(count),
    continues: Type.Optional(Type.Array(Type.String(), { description: 'a list of times' })),
    adopting: Type.Optional(Type.Boolean({ description: 'true or false' })),
  },
  { $id: 'SettledEvent' },
)

const checkSettledEvent = compileCheck<Type.Static<typeof SettledEventSchema>>(SettledEventSchema)

export function encodeSettled(event: SettledEvent): Uint8Array {
  const { settled, inputsCreated, inputsOffset = 0, continues = [], adopting = false } = event
  return toJsonBytes({
    schema: EVENT_SCHEMA,
    type: 'settled',
    settled,
    inputsCreated,
    ...(inputsOffset === 0 ? {} : { inputsOffset }),
    ...(continues.length === 0 ? {} : { continues }),
    ...(adopting ? { adopting } : {}),
  })
}

export const decodeSettled = total(readSettled)

function readSettled(bytes: Uint8Array): Parsed<SettledEvent> {
  const json = parseJson(bytes)
  if (!json.ok) return json
  const checked = checkSettledEvent(json.value.value)
  if (!checked.ok) return checked
  const { settled, inputsCreated, inputsOffset = 0, continues = [], adopting = false } = checked.value
  // A guardian copies this from the last event into the next: no other field may come along.
  return parsed({
    settled: settled + 0,
    inputsCreated,
    ...(inputsOffset === 0 ? {} : { inputsOffset }),
    ...(continues.length === 0 ? {} : { continues }),
    ...(adopting ? { adopting } : {}),
  })
}

/**
 * The payload of `risk.config.removed`: an admin has removed a harmful input, and nobody decides it. Stored before the
 * input is deleted, so that any other gap in the input log is damage.
 */
export interface RemovedEvent {
  /** The input sequence of the removed input. */
  readonly inputSeq: number
  /** Its subject. */
  readonly subject: string
  readonly reason: string
  readonly by: string
}

const words = (description: string) => Type.String({ minLength: 1, maxLength: 500, description })

export const RemovedEventSchema = Type.Object(
  {
    schema: Type.Literal(EVENT_SCHEMA, { description: `${EVENT_SCHEMA}, the only event schema known here` }),
    type: Type.Literal('removed', { description: '"removed"' }),
    inputSeq: Type.Integer({
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'a whole number from 1 up: the removed input',
    }),
    subject: Type.String({ description: 'the subject of the input' }),
    reason: words('a reason of 1 to 500 characters'),
    by: words('who removed it, 1 to 500 characters'),
  },
  { $id: 'RemovedEvent' },
)

const checkRemovedEvent = compileCheck<Type.Static<typeof RemovedEventSchema>>(RemovedEventSchema)

export function encodeRemoved({ inputSeq, subject, reason, by }: RemovedEvent): Uint8Array {
  return toJsonBytes({
    schema: EVENT_SCHEMA,
    type: 'removed',
    inputSeq,
    subject: printable(subject, 300),
    reason: printable(reason, 500),
    by: printable(by, 500),
  })
}

export const decodeRemoved = total(readRemoved)

function readRemoved(bytes: Uint8Array): Parsed<RemovedEvent> {
  const json = parseJson(bytes)
  if (!json.ok) return json
  const checked = checkRemovedEvent(json.value.value)
  if (!checked.ok) return checked
  const { inputSeq, subject, reason, by } = checked.value
  return parsed({
    inputSeq,
    subject: printable(subject, 300),
    reason: printable(reason, 500),
    by: printable(by, 500),
  })
}
