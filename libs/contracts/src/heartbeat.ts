import Type from 'typebox'
import { compileCheck } from './faults.ts'
import { parseJson, toJsonBytes } from './json.ts'
import { type Parsed, total } from './parsed.ts'

/** A guardian's sign of life on `guardian.heartbeat`, once a second while it keeps up. */
export const HeartbeatSchema = Type.Object(
  {
    /** Which guardian process. */
    instance: Type.String({ description: 'a name' }),
    /** Every input up to this stream sequence is decided and stored. */
    settled: Type.Integer({ minimum: 0, description: 'a whole number from 0 up' }),
    /** Inputs that this guardian has read and not yet settled. */
    lag: Type.Integer({ minimum: 0, description: 'a whole number from 0 up' }),
    /** When the risk log was created that it goes by; older guardians do not say. */
    log: Type.Optional(Type.String({ description: 'a time like "2026-03-12T20:00:00Z"' })),
  },
  { $id: 'Heartbeat' },
)
export type Heartbeat = Type.Static<typeof HeartbeatSchema>

/** Gates close for entries when no heartbeat came for so long. */
export const DEFAULT_LEASE_MS = 10_000
export const HEARTBEAT_INTERVAL_MS = 1_000

const checkHeartbeat = compileCheck<Heartbeat>(HeartbeatSchema)

export function encodeHeartbeat(heartbeat: Heartbeat): Uint8Array {
  return toJsonBytes(heartbeat)
}

export const decodeHeartbeat = total(readHeartbeat)

function readHeartbeat(bytes: Uint8Array): Parsed<Heartbeat> {
  const json = parseJson(bytes)
  return json.ok ? checkHeartbeat(json.value.value) : json
}
