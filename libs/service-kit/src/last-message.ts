import type { JetStreamManager, StoredMsg } from '@nats-io/jetstream'
import { apiErrorCode } from './nats.ts'

const NO_MESSAGE_FOUND = 10_037

/** The newest message of a stream on a subject, wildcards allowed, read from the stream's leader; null: none. */
export async function lastMessage(
  manager: JetStreamManager,
  stream: string,
  subject: string,
): Promise<StoredMsg | null> {
  try {
    return await manager.streams.getMessage(stream, { last_by_subj: subject })
  } catch (error) {
    if (apiErrorCode(error) === NO_MESSAGE_FOUND) return null
    throw error
  }
}
