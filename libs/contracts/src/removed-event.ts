import Type from 'typebox'
import { compileCheck } from './faults.ts'
import { parseJson, toJsonBytes } from './json.ts'
import { type Parsed, parsed, total } from './parsed.ts'
import { printable } from './printable.ts'
import { EVENT_SCHEMA } from './risk-event.ts'

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
