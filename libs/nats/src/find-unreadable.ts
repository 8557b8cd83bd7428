import type { JetStreamManager } from '@nats-io/jetstream'
import { lastMessage } from './last-message.ts'
import { Semaphore } from './semaphore.ts'

const READS_MAX = 32

/**
 * Looks for a subject whose newest message the stream counts and cannot read: its bytes on the disk are damaged, and the
 * server was stopped in order, so it has not looked. Reads the newest message of each subject.
 * @returns the subject; null: each can be read
 */
export async function findUnreadable(manager: JetStreamManager, stream: string): Promise<string | null> {
  const { state } = await manager.streams.info(stream, { subjects_filter: '>' })
  const reads = new Semaphore(READS_MAX)
  const subjects = Object.keys(state.subjects ?? {})
  const newest = await Promise.all(subjects.map((subject) => reads.run(() => lastMessage(manager, stream, subject))))
  return subjects[newest.indexOf(null)] ?? null
}
