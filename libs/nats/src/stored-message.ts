import { formatInstant, type Instant } from '@drawbridge/contracts'
import type { JetStreamManager, MsgRequest, NextMsgRequest, StoredMsg } from '@nats-io/jetstream'

import { Semaphore } from './semaphore.ts'

/** The newest message of a stream on a subject, wildcards allowed, read from the stream's leader; null: none. */
export function lastMessage(manager: JetStreamManager, stream: string, subject: string): Promise<StoredMsg | null> {
  return manager.streams.getMessage(stream, { last_by_subj: subject })
}

/**
 * The first message of a stream on a subject, wildcards allowed, from a stream sequence on; read from the stream's leader.
 * Null: none.
 */
export function nextMessage(
  manager: JetStreamManager,
  stream: string,
  subject: string,
  seq: number,
): Promise<StoredMsg | null> {
  // The client's types do not allow both, the server does.
  const request: NextMsgRequest & { readonly seq: number } = { seq, next_by_subj: subject }
  return manager.streams.getMessage(stream, request)
}

/**
 * The first message of a stream on a subject, wildcards allowed, that was stored at a time or after it, by the server's
 * clock; read from the stream's leader. Null: none.
 */
export function messageSince(
  manager: JetStreamManager,
  stream: string,
  subject: string,
  time: Instant,
): Promise<StoredMsg | null> {
  // The client's types know this of another request only, the server knows it here as well.
  const request = { start_time: formatInstant(time), next_by_subj: subject } as unknown as MsgRequest
  return manager.streams.getMessage(stream, request)
}

/**
 * The messages of a stream on a subject, from one on, each read when it is asked for; so a large stream costs what is looked at.
 * @param first null: there are none
 */
export async function* messagesFrom(
  manager: JetStreamManager,
  stream: string,
  subject: string,
  first: StoredMsg | null,
): AsyncGenerator<StoredMsg, void, void> {
  let message = first
  while (message !== null) {
    yield message
    message = await nextMessage(manager, stream, subject, message.seq + 1)
  }
}

const READS_MAX = 32

/**
 * Looks for a subject whose newest message is counted by the stream but cannot be read: its bytes on the disk are damaged,
 * and after a clean stop the server has not checked them. Reads the newest message of each subject.
 * @returns the subject; null: all can be read
 */
export async function findUnreadable(manager: JetStreamManager, stream: string): Promise<string | null> {
  const newest = await newestOfEach(manager, stream, '>')
  return newest.find(([, message]) => message === null)?.[0] ?? null
}

/** The newest message of each subject that the filter matches, by subject; null: it cannot be read. */
export async function newestOfEach(
  manager: JetStreamManager,
  stream: string,
  filter: string,
): Promise<readonly (readonly [subject: string, message: StoredMsg | null])[]> {
  const { state } = await manager.streams.info(stream, { subjects_filter: filter })
  const reads = new Semaphore(READS_MAX)
  const read = async (subject: string) =>
    [subject, await reads.run(() => lastMessage(manager, stream, subject))] as const
  return Promise.all(
    Object.keys(state.subjects ?? {})
      .sort()
      .map(read),
  )
}
