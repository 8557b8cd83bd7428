import { headerNames, streams, subjects } from '@drawbridge/contracts'
import { lastSeqOf, readStream } from '@drawbridge/nats'
import { type JetStreamManager, jetstreamManager, type StoredMsg } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { type DeadLetter, deadLetterOf } from './dead-letter.ts'
import { type LetterRecord, readRecord } from './letter-record.ts'

/** A dead letter with its bytes. */
export interface WholeLetter extends DeadLetter {
  readonly message: StoredMsg
}

export function managerOf(connection: NatsConnection): Promise<JetStreamManager> {
  return jetstreamManager(connection, { timeout: 10_000, checkAPI: false })
}

/** The newest dead letters, the newest first; their payloads stay where they are. */
export async function newestLetters(connection: NatsConnection, count: number): Promise<readonly DeadLetter[]> {
  const range = {
    stream: streams.rejects,
    from: 1,
    to: await lastSeqOf(connection, streams.rejects),
    headersOnly: true,
  }
  const newest: DeadLetter[] = []
  for await (const messages of readStream(connection, range)) {
    for (const { subject, seq, time, headers } of messages) {
      const bytes = Number(headers?.get(headerNames.messageSize) ?? 0)
      const letter = deadLetterOf({ subject, seq, time: new Date(time), headers, bytes })
      if (letter !== null) newest.push(letter)
    }
    newest.splice(0, newest.length - count)
  }
  return newest.reverse()
}

/** What was done with dead letters, by their sequence: of each the last. */
export async function records(connection: NatsConnection): Promise<ReadonlyMap<number, LetterRecord>> {
  const filterSubjects = [subjects.deadLetterRecord]
  const range = { stream: streams.rejects, from: 1, to: await lastSeqOf(connection, streams.rejects), filterSubjects }
  const done = new Map<number, LetterRecord>()
  for await (const messages of readStream(connection, range)) {
    for (const { data } of messages) {
      const record = readRecord(data)
      if (record.ok) done.set(record.value.letter, record.value)
    }
  }
  return done
}

/** @throws where there is none of this sequence */
export async function readLetter(connection: NatsConnection, seq: number): Promise<WholeLetter> {
  const manager = await managerOf(connection)
  const message = await manager.streams.getMessage(streams.rejects, { seq })
  const letter =
    message === null
      ? null
      : deadLetterOf({
          subject: message.subject,
          seq,
          time: message.time,
          headers: message.header,
          bytes: message.data.length,
        })
  if (message === null || letter === null) {
    throw new Error(`REJECTS holds no dead letter ${seq}: it was discarded, or is too old; list shows what it holds`)
  }
  return { ...letter, message }
}
