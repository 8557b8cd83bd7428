import Type from 'typebox'
import { compileCheck } from './faults.ts'
import { parseJson, toJsonBytes } from './json.ts'
import { type Parsed, parsed, total } from './parsed.ts'
import { nullable } from './risk-event-wire.ts'

const sequence = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'a whole number from 0 up' })

/** What a guardian notes on `rejects.attempts` before it decides waiting inputs: if it crashes, the next one reads it. */
const AttemptNoteSchema = Type.Object(
  {
    /** The watermark when the guardian began. */
    settled: sequence,
    /** How many guardians in a row began there, each after a crash of the previous one. */
    starts: sequence,
    /** The one input that is being decided; null: the guardian does not decide one by one, or does not say. */
    deciding: nullable(sequence, 'a whole number or null'),
    /** The input at which guardians crashed while they decided it alone, and how many of them. */
    suspect: nullable(Type.Object({ inputSeq: sequence, ends: sequence }), '{inputSeq, ends} or null'),
  },
  { $id: 'AttemptNote' },
)
export type AttemptNote = Type.Static<typeof AttemptNoteSchema>

const check = compileCheck<AttemptNote>(AttemptNoteSchema)

export function encodeAttemptNote({ settled, starts, deciding, suspect }: AttemptNote): Uint8Array {
  return toJsonBytes({ settled, starts, deciding, suspect })
}

export const decodeAttemptNote = total(readAttemptNote)

function readAttemptNote(bytes: Uint8Array): Parsed<AttemptNote> {
  const json = parseJson(bytes)
  if (!json.ok) return json
  const checked = check(json.value.value)
  if (!checked.ok) return checked
  const { settled, starts, deciding, suspect } = checked.value
  // JSON has a -0, which is written as 0.
  return parsed({
    settled: settled + 0,
    starts: starts + 0,
    deciding: deciding === null ? null : deciding + 0,
    suspect: suspect === null ? null : { inputSeq: suspect.inputSeq + 0, ends: suspect.ends + 0 },
  })
}
