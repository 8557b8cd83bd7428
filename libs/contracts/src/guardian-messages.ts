import Type from 'typebox'
import { decoder } from './faults.ts'
import { toJsonBytes } from './json.ts'
import { parsed } from './parsed.ts'
import { count, instant, nullable } from './schema-fields.ts'

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
    log: Type.Optional(instant),
    /** The sequence of an input is that of the stream INPUTS plus this; absent where it is 0. */
    inputsOffset: Type.Optional(count),
  },
  { $id: 'Heartbeat' },
)
export type Heartbeat = Type.Static<typeof HeartbeatSchema>

/** Gates close for entries after this time without a heartbeat. */
export const DEFAULT_LEASE_MS = 10_000
export const HEARTBEAT_INTERVAL_MS = 1_000

export function encodeHeartbeat(heartbeat: Heartbeat): Uint8Array {
  return toJsonBytes(heartbeat)
}

/** JSON has a -0, which is written as 0. */
export const decodeHeartbeat = decoder(HeartbeatSchema, ({ instance, settled, lag, log, inputsOffset }) =>
  parsed<Heartbeat>({
    instance,
    settled: settled + 0,
    lag: lag + 0,
    ...(log === undefined ? {} : { log }),
    ...(inputsOffset === undefined ? {} : { inputsOffset: inputsOffset + 0 }),
  }),
)

/** What a guardian notes on `rejects.attempts` before it decides waiting inputs: if it crashes, the next one reads it. */
const AttemptNoteSchema = Type.Object(
  {
    /** The watermark when the guardian began. */
    settled: count,
    /** How many guardians in a row began there, each after a crash of the previous one. */
    starts: count,
    /** The one input that is being decided; null: the guardian does not decide one by one, or does not say. */
    deciding: nullable(count, 'a whole number or null'),
    /** The input at which guardians crashed while they decided it alone, and how many of them. */
    suspect: nullable(Type.Object({ inputSeq: count, ends: count }), '{inputSeq, ends} or null'),
  },
  { $id: 'AttemptNote' },
)
export type AttemptNote = Type.Static<typeof AttemptNoteSchema>

export function encodeAttemptNote({ settled, starts, deciding, suspect }: AttemptNote): Uint8Array {
  return toJsonBytes({ settled, starts, deciding, suspect })
}

export const decodeAttemptNote = decoder(AttemptNoteSchema, ({ settled, starts, deciding, suspect }) =>
  parsed<AttemptNote>({
    settled: settled + 0,
    starts: starts + 0,
    deciding: deciding === null ? null : deciding + 0,
    suspect: suspect === null ? null : { inputSeq: suspect.inputSeq + 0, ends: suspect.ends + 0 },
  }),
)
