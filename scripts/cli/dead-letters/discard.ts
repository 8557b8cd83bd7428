import { streams } from '@drawbridge/contracts'
import type { NatsConnection } from '@nats-io/transport-node'
import { keepRecord } from './letter-record.ts'
import { managerOf, readLetter } from './rejects-log.ts'
import type { Word } from './word.ts'

/** Removes a dead letter; what was done is kept first. @throws where there is none */
export async function discard(connection: NatsConnection, seq: number, { by, reason }: Word): Promise<void> {
  const { subject } = await readLetter(connection, seq)
  await keepRecord(connection, { done: 'discarded', letter: seq, subject, by, reason, input: null })
  const manager = await managerOf(connection)
  await manager.streams.deleteMessage(streams.rejects, seq)
}
