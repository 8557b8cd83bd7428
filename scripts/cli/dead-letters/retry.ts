import { headerNames, parseInputSubject, streams } from '@drawbridge/contracts'
import type { CommandDoor } from '@drawbridge/nats'
import { jetstream } from '@nats-io/jetstream'
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node'
import { keepRecord } from './letter-record.ts'
import { managerOf, readLetter, records } from './rejects-log.ts'
import { type SignedInput, signedAgain } from './signed-again.ts'
import type { Word } from './word.ts'

/**
 * Puts what a dead letter holds into INPUTS again: a new input, which says which dead letter it was. A command is that of who
 * sends it again, on behalf of who gave it first.
 * @returns its sequence in INPUTS
 * @throws where it is no input, not whole, or was sent again already
 */
export async function retry(
  connection: NatsConnection,
  door: CommandDoor,
  seq: number,
  { by, reason }: Word,
): Promise<number> {
  const { stream, subject, isCut, message } = await readLetter(connection, seq)
  if (stream !== streams.inputs) throw new Error(`dead letter ${seq} is of ${stream}: only inputs can be sent again`)
  if (parseInputSubject(subject).kind === 'unknown') {
    throw new Error(`dead letter ${seq} stood on ${subject}, where no input is: it would be rejected again`)
  }
  if (isCut) throw new Error(`dead letter ${seq} was kept without its end; whoever sent it has to send it again`)
  const done = (await records(connection)).get(seq)
  if (done !== undefined) {
    throw new Error(
      `dead letter ${seq} was ${done.done} already${done.input === null ? '' : ` as input ${done.input} of INPUTS`}`,
    )
  }
  const input = await sendAgain(connection, seq, signedAgain(door, subject, message.data))
  await keepRecord(connection, { done: 'retried', letter: seq, subject, by, reason, input })
  return input
}

/** After a crash before the record was kept, the next try within two minutes finds what was sent. */
async function sendAgain(connection: NatsConnection, seq: number, { subject, data }: SignedInput): Promise<number> {
  const client = jetstream(connection, { timeout: 10_000 })
  const sent = await client.publish(subject, data, { headers: retryOf(seq), msgID: `retry:${seq}` })
  if (!sent.duplicate) return sent.seq
  // Whoever may publish an input may use up any id: a duplicate is believed once it is compared.
  const manager = await managerOf(connection)
  const found = await manager.streams.getMessage(streams.inputs, { seq: sent.seq })
  const isSame =
    found?.subject === subject &&
    found.header.get(headerNames.retryOf) === String(seq) &&
    Buffer.compare(found.data, data) === 0
  return isSame ? sent.seq : (await client.publish(subject, data, { headers: retryOf(seq) })).seq
}

function retryOf(seq: number): MsgHdrs {
  const described = headers()
  described.set(headerNames.retryOf, String(seq))
  return described
}
