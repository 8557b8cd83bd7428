import { subjects } from '@drawbridge/contracts'
import { JetStreamApiError, jetstream } from '@nats-io/jetstream'
import { headers, type NatsConnection } from '@nats-io/transport-node'
import { type Finding, fault, ok } from './finding.ts'

const CHECK = 'room on NATS'
const ANSWERS_WITHIN_MS = 2_000
/** Subjects of each stream; a user may publish some of them. */
const ASKED = [subjects.commandFlags('operator'), subjects.tick('doctor'), subjects.out('assessed', 'doctor')] as const

const RESTART = 'make room on its disk, then restart NATS: the limit is taken from what is free when it starts'
/** What is full, by the answer to whoever publishes. */
const FULL: ReadonlyMap<number, readonly [found: string, advice: string]> = new Map([
  [10_023, ['JetStream has used up the limit of the server', RESTART]],
  [10_047, ['JetStream has used up the storage of the server', RESTART]],
  [10_002, ['the account has used up its limit', "raise the account's limit in nats.conf"]],
])

/**
 * Whether the server takes messages at all: one that was started on a full disk refuses them until it is started again,
 * says nothing of it at its health port, and answers every other question. Nothing that is tried is stored: each is a
 * batch without a number, which JetStream refuses after it has looked for room (seen with nats-server 2.15.1).
 */
export async function checkRoom(connection: NatsConnection): Promise<Finding> {
  const answers = await Promise.all(ASKED.map((subject) => answerTo(connection, subject)))
  const full = answers.map((code) => FULL.get(code ?? 0)).find((words) => words !== undefined)
  return full === undefined ? ok(CHECK, 'no limit of the server is reached') : fault(CHECK, ...full)
}

/** Null: no stream answered, or this user may not ask it; other checks say so. */
async function answerTo(connection: NatsConnection, subject: string): Promise<number | null> {
  const batch = headers()
  batch.set('Nats-Batch-Id', 'doctor')
  try {
    await jetstream(connection, { timeout: ANSWERS_WITHIN_MS }).publish(subject, new Uint8Array(), { headers: batch })
    return null
  } catch (error) {
    return error instanceof JetStreamApiError ? error.code : null
  }
}
