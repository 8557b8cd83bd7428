import { subjects } from '@drawbridge/contracts'
import { JetStreamApiError, type JetStreamPublishOptions, jetstream } from '@nats-io/jetstream'
import { headers, type NatsConnection, PermissionViolationError } from '@nats-io/transport-node'
import { type Finding, fault, firstLine, ok, warning } from './finding.ts'

const ANSWERS_WITHIN_MS = 2_000
/** No stream has this name, so that each stream refuses a message that expects it: nothing is stored. */
const NO_STREAM = 'DRAWBRIDGE_DOCTOR'

/** Subjects that services publish on, at least one for each stream. */
const SUBJECTS = [
  { subject: subjects.tick('doctor'), who: 'the trader and bots' },
  { subject: subjects.commandFlags('operator'), who: 'operators' },
  { subject: subjects.control('wake', 'doctor'), who: 'guardians' },
  { subject: subjects.out('assessed', 'doctor'), who: 'guardians' },
] as const

/** What the user of the settings may publish. Nothing is stored. */
export async function checkPermissions(connection: NatsConnection): Promise<Finding> {
  const check = 'permissions on NATS'
  const tried = await Promise.all(
    SUBJECTS.map(async ({ subject, who }) => {
      const error = await errorOf(connection, subject, { expect: { streamName: NO_STREAM } })
      // Any answer of a stream, or none, shows that the server let the message through.
      return { subject, who, refusal: isDenied(error) ? firstLine(error) : null }
    }),
  )
  const denied = tried.filter(({ refusal }) => refusal !== null)
  if (denied.length === 0) return ok(check, 'this user may publish ticks, commands and decisions')
  const found = `may not publish ${denied.map(({ subject, who }) => `${subject} (${who})`).join(', ')}`
  const advice = 'right for the user of one service; else give it the rights of its service, as in docs/security.md'
  if (denied.length < tried.length) return warning(check, found, advice)
  return fault(check, `${found}: ${denied[0]?.refusal}`, advice)
}

function isDenied(error: unknown): boolean {
  return error instanceof Error && (error instanceof PermissionViolationError || isDenied(error.cause))
}

const RESTART = 'free space on its disk, then restart NATS: its limit is the space that is free when it starts'
/** What is full, by the error code of the answer. */
const FULL: ReadonlyMap<number, readonly [found: string, advice: string]> = new Map([
  [10_023, ['JetStream has used up the limit of the server', RESTART]],
  [10_047, ['JetStream has used up the storage of the server', RESTART]],
  [10_002, ['the account has used up its limit', "raise the account's limit in nats.conf"]],
])

/**
 * Whether the server stores messages at all: one that was started on a full disk refuses them until it is restarted, does
 * not say so on its health port, and answers everything else. Nothing is stored: each message is a batch without a number,
 * which JetStream refuses after it has looked for space (seen with nats-server 2.15.1). If no stream answers, or this user
 * may not publish, other checks say so.
 */
export async function checkRoom(connection: NatsConnection): Promise<Finding> {
  const check = 'room on NATS'
  const batch = headers()
  batch.set('Nats-Batch-Id', 'doctor')
  const errors = await Promise.all(SUBJECTS.map(({ subject }) => errorOf(connection, subject, { headers: batch })))
  const full = errors.flatMap((error) => (error instanceof JetStreamApiError ? (FULL.get(error.code) ?? []) : []))
  const [found, advice] = full
  return found === undefined || advice === undefined
    ? ok(check, 'no limit of the server is reached')
    : fault(check, found, advice)
}

/** The error of publishing an empty message; null: it was stored. */
async function errorOf(
  connection: NatsConnection,
  subject: string,
  options: Partial<JetStreamPublishOptions>,
): Promise<unknown> {
  try {
    await jetstream(connection, { timeout: ANSWERS_WITHIN_MS }).publish(subject, new Uint8Array(), options)
    return null
  } catch (error) {
    return error
  }
}
