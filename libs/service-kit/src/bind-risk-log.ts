import { decodeSettled, encodeSettled, headerNames, type SettledEvent, streams, subjects } from '@drawbridge/contracts'
import { isWrongLastSequence, lastMessage } from '@drawbridge/nats'
import { type JetStreamManager, jetstream } from '@nats-io/jetstream'
import { headers, type NatsConnection } from '@nats-io/transport-node'

/**
 * - `bound`: guardians use the log.
 * - `unbound`: it does not say what it is bound to, and INPUTS is older, so it replaces a log that was lost.
 * - `adopting`: it is known to replace such a log.
 *
 * With the last two, guardians do not decide until an operator adopts the log.
 */
export type LogUse = 'bound' | 'unbound' | 'adopting'

/** Whether guardians use the log, as its own events say. */
export async function useOf(manager: JetStreamManager): Promise<LogUse> {
  const last = await lastMessage(manager, streams.risk, subjects.config('settled'))
  if (last === null) return (await isOfOldKind(manager)) ? 'bound' : 'unbound'
  const event = decodeSettled(last.data)
  return event.ok && event.value.adopting === true ? 'adopting' : 'bound'
}

/** Whether a log without a binding was written by a version that did not write one; guardians judge this in the same way. */
async function isOfOldKind(manager: JetStreamManager): Promise<boolean> {
  const { created, state } = await manager.streams.info(streams.risk)
  const inputs = await manager.streams.info(streams.inputs)
  return state.last_seq > 0 && !(Date.parse(inputs.state.first_ts) < Date.parse(created))
}

/**
 * Writes what the log is bound to, as its first event.
 * @returns false if the log has a binding already; it is kept.
 */
export function bindOnce(connection: NatsConnection, event: SettledEvent): Promise<boolean> {
  return publishFirst(connection, subjects.outConfig('settled'), encodeSettled(event), {
    [headerNames.expectedLastSubjectSequenceSubject]: subjects.config('settled'),
    [headerNames.settled]: String(event.settled),
  })
}

/** Publishes a message if the stream has none on its subject. @returns false if it has one */
export async function publishFirst(
  connection: NatsConnection,
  subject: string,
  data: Uint8Array,
  others: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const described = headers()
  described.set(headerNames.expectedLastSubjectSequence, '0')
  for (const [name, value] of Object.entries(others)) described.set(name, value)
  try {
    await jetstream(connection).publish(subject, data, { headers: described })
    return true
  } catch (error) {
    if (isWrongLastSequence(error)) return false
    throw error
  }
}
