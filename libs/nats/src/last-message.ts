import type { JetStreamManager, StoredMsg } from '@nats-io/jetstream'

/** The newest message of a stream on a subject, wildcards allowed, read from the stream's leader; null: none. */
export function lastMessage(manager: JetStreamManager, stream: string, subject: string): Promise<StoredMsg | null> {
  return manager.streams.getMessage(stream, { last_by_subj: subject })
}
