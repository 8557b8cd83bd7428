import type { JetStreamManager, NextMsgRequest, StoredMsg } from '@nats-io/jetstream'

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
