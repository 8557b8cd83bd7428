import Type from 'typebox'
import { decoder } from './faults.ts'
import { toJsonBytes } from './json.ts'
import { parsed, printable } from './parsed.ts'
import { count, EVENT_SCHEMA, instant, schemaVersion, words, yesOrNo } from './schema-fields.ts'

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

export const SettledEventSchema = Type.Object(
  {
    schema: schemaVersion,
    type: Type.Literal('settled', { description: '"settled"' }),
    settled: count,
    inputsCreated: instant,
    inputsOffset: Type.Optional(count),
    continues: Type.Optional(Type.Array(Type.String(), { description: 'a list of times' })),
    adopting: Type.Optional(yesOrNo),
  },
  { $id: 'SettledEvent' },
)

export function encodeSettled(event: SettledEvent): Uint8Array {
  return toJsonBytes({ schema: EVENT_SCHEMA, type: 'settled', ...settledFields(event) })
}

export const decodeSettled = decoder(SettledEventSchema, (event) => parsed(settledFields(event)))

/** A guardian copies this from the last event into the next: no other field may come along. */
function settledFields(event: SettledEvent): SettledEvent {
  const { settled, inputsCreated, inputsOffset = 0, continues = [], adopting = false } = event
  return {
    settled: settled + 0,
    inputsCreated,
    ...(inputsOffset === 0 ? {} : { inputsOffset }),
    ...(continues.length === 0 ? {} : { continues }),
    ...(adopting ? { adopting } : {}),
  }
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

export const RemovedEventSchema = Type.Object(
  {
    schema: schemaVersion,
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

export function encodeRemoved(event: RemovedEvent): Uint8Array {
  return toJsonBytes({ schema: EVENT_SCHEMA, type: 'removed', ...removedFields(event) })
}

export const decodeRemoved = decoder(RemovedEventSchema, (event) => parsed(removedFields(event)))

function removedFields({ inputSeq, subject, reason, by }: RemovedEvent): RemovedEvent {
  return { inputSeq, subject: printable(subject, 300), reason: printable(reason, 500), by: printable(by, 500) }
}
