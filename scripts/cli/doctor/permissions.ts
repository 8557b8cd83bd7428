import { subjects } from '@drawbridge/contracts'
import { jetstream } from '@nats-io/jetstream'
import { type NatsConnection, PermissionViolationError } from '@nats-io/transport-node'
import { type Finding, fault, firstLine, ok, warning } from './finding.ts'

const CHECK = 'permissions on NATS'
const ANSWERS_WITHIN_MS = 2_000
/** No stream has this name, so that every stream refuses what is expected to reach it: nothing is stored. */
const NO_STREAM = 'DRAWBRIDGE_DOCTOR'

/** What services publish, and which of them. */
const DOORS = [
  { subject: subjects.tick('doctor'), who: 'the trader and bots' },
  { subject: subjects.commandFlags('operator'), who: 'operators' },
  { subject: subjects.control('wake', 'doctor'), who: 'guardians' },
  { subject: subjects.out('assessed', 'doctor'), who: 'guardians' },
] as const

/** What the user of the settings may publish. Nothing that it tries is stored. */
export async function checkPermissions(connection: NatsConnection): Promise<Finding> {
  const tried = await Promise.all(DOORS.map(async (door) => ({ ...door, refusal: await refusalOf(connection, door) })))
  const shut = tried.filter(({ refusal }) => refusal !== null)
  if (shut.length === 0) return ok(CHECK, 'this user may publish ticks, commands and decisions')
  const found = `may not publish ${shut.map(({ subject, who }) => `${subject} (${who})`).join(', ')}`
  const advice =
    'right where this is the user of one service; else give it the rights of its service, as in docs/security.md'
  if (shut.length < tried.length) return warning(CHECK, found, advice)
  return fault(CHECK, `${found}: ${shut[0]?.refusal}`, advice)
}

/** Null: it may. Whatever a stream answers, and that none listens there, says that it may. */
async function refusalOf(
  connection: NatsConnection,
  { subject }: { readonly subject: string },
): Promise<string | null> {
  const client = jetstream(connection, { timeout: ANSWERS_WITHIN_MS })
  try {
    await client.publish(subject, new Uint8Array(), { expect: { streamName: NO_STREAM } })
    return null
  } catch (error) {
    return isDenied(error) ? firstLine(error) : null
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof Error && (error instanceof PermissionViolationError || isDenied(error.cause))
}
