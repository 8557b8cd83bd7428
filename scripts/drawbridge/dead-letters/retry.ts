import { headerNames, parseInputSubject, streams } from '@drawbridge/contracts'
import { jetstream } from '@nats-io/jetstream'
import { headers, type NatsConnection } from '@nats-io/transport-node'
import { keepRecord } from './letter-record.ts'
import { readLetter, records } from './rejects-log.ts'
import type { Word } from './word.ts'

/**
 * Puts what a dead letter holds on its own subject again: a new input, which says which dead letter it was.
 * @returns its sequence in INPUTS
 * @throws where it is no input, not whole, or was sent again already
 */
export async function retry(connection: NatsConnection, seq: number, { by, reason }: Word): Promise<number> {
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
  const described = headers()
  described.set(headerNames.retryOf, String(seq))
  // A crash before the record is kept: the next try within two minutes stores no second one.
  described.set(headerNames.messageId, `retry:${seq}`)
  const sent = await jetstream(connection, { timeout: 10_000 }).publish(subject, message.data, { headers: described })
  await keepRecord(connection, { done: 'retried', letter: seq, subject, by, reason, input: sent.seq })
  return sent.seq
}
