import Type from 'typebox'
import { compileCheck } from './faults.ts'
import { parseJson, toJsonBytes } from './json.ts'
import { type Parsed, parsed, total } from './parsed.ts'
import { nullable } from './risk-event-wire.ts'

const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'a whole number from 0 up' })

/** A guardian's heartbeat on `guardian.heartbeat`, once a second while it keeps up. */
export const HeartbeatSchema = Type.Object(
  {
    /** The guardian process. */
    instance: Type.String({ description: 'a name' }),
    /** The watermark: every input up to this stream sequence is decided and its event stored. */
    settled: count,
    /** Inputs above the watermark that this guardian has read. */
    lag: count,
    /** When its risk log was created; older guardians do not say. */
    log: Type.Optional(Type.String({ description: 'a time like "2026-03-12T20:00:00Z"' })),
  },
  { $id: 'Heartbeat' },
)
export type Heartbeat = Type.Static<typeof HeartbeatSchema>

/** Gates close for entries after this time without a heartbeat. */
export const DEFAULT_LEASE_MS = 10_000
export const HEARTBEAT_INTERVAL_MS = 1_000

const checkHeartbeat = compileCheck<Heartbeat>(HeartbeatSchema)

export function encodeHeartbeat(heartbeat: Heartbeat): Uint8Array {
  return toJsonBytes(heartbeat)
}

export const decodeHeartbeat = total(readHeartbeat)

function readHeartbeat(bytes: Uint8Array): Parsed<Heartbeat> {
  const json = parseJson(bytes)
  if (!json.ok) return json
  const checked = checkHeartbeat(json.value.value)
  if (!checked.ok) return checked
  const { instance, settled, lag, log } = checked.value
  // JSON has a -0, which is written as 0.
  return parsed({ instance, settled: settled + 0, lag: lag + 0, ...(log === undefined ? {} : { log }) })
}

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
