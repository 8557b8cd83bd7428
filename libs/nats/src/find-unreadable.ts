import type { JetStreamManager } from '@nats-io/jetstream'
import { lastMessage } from './last-message.ts'
import { Semaphore } from './semaphore.ts'

const READS_MAX = 32

/**
 * Looks for a subject whose newest message is counted by the stream but cannot be read: its bytes on the disk are damaged,
 * and after a clean stop the server has not checked them. Reads the newest message of each subject.
 * @returns the subject; null: all can be read
 */
export async function findUnreadable(manager: JetStreamManager, stream: string): Promise<string | null> {
  const { state } = await manager.streams.info(stream, { subjects_filter: '>' })
  const reads = new Semaphore(READS_MAX)
  const subjects = Object.keys(state.subjects ?? {})
  const newest = await Promise.all(subjects.map((subject) => reads.run(() => lastMessage(manager, stream, subject))))
  return subjects[newest.indexOf(null)] ?? null
}
