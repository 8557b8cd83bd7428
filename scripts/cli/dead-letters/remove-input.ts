import { encodeRemoved, headerNames, type RemovedEvent, streams, subjects } from '@drawbridge/contracts'
import { Rejects, readRemovedInputs } from '@drawbridge/service-kit'
import { jetstream } from '@nats-io/jetstream'
import { headers, type NatsConnection } from '@nats-io/transport-node'
import { readLogBinding } from '../log-binding.ts'
import { managerOf } from './rejects-log.ts'

/** What came of it; `already`: somebody removed it before. */
export interface Removal {
  readonly done: 'now' | 'already'
  readonly event: RemovedEvent
}

/**
 * Removes an input that harms. First a copy goes to REJECTS and an event into RISK, then INPUTS lets it go: whoever finds
 * the hole finds who made it and why. An end at any moment does no harm; run it again.
 * @param inputSeq its input sequence: that of INPUTS, unless RISK took the place of a log that was lost
 * @throws where INPUTS does not hold it
 */
export async function removeInput(
  connection: NatsConnection,
  inputSeq: number,
  by: string,
  reason: string,
): Promise<Removal> {
  const { inputsOffset } = await readLogBinding(connection)
  const seq = inputSeq - inputsOffset
  const manager = await managerOf(connection)
  const known = (await readRemovedInputs(connection)).get(inputSeq)
  const message = seq < 1 ? null : await manager.streams.getMessage(streams.inputs, { seq })
  if (message === null) {
    if (known !== undefined) return { done: 'already', event: known }
    throw new Error(`INPUTS holds no input ${inputSeq}: it is too old, or has not come yet`)
  }
  const { subject, data: payload } = message
  const event = known ?? { inputSeq, subject, reason, by }
  if (known === undefined) {
    const traceparent = message.header.get(headerNames.traceparent)
    const removed = `removed by ${by}: ${reason}`
    await new Rejects(connection, streams.inputs).keep({ subject, seq: inputSeq, payload, traceparent }, removed)
    await publishRemoved(connection, event)
  }
  await manager.streams.deleteMessage(streams.inputs, seq)
  return { done: 'now', event }
}

async function publishRemoved(connection: NatsConnection, event: RemovedEvent): Promise<void> {
  const described = headers()
  described.set(headerNames.messageId, `removed:${event.inputSeq}`)
  const client = jetstream(connection, { timeout: 10_000 })
  await client.publish(subjects.outConfig('removed'), encodeRemoved(event), { headers: described })
}
