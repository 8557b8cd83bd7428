import type { ConsumerMessages } from '@nats-io/jetstream'

/** A server that is there sends a heartbeat each second where it has nothing else to send. */
const SILENT_MS = 3_000

/**
 * Resolves when a reading of a stream has ended: with the error that ended it, or null where it was closed or complete.
 *
 * A reading that is silent for three to six seconds, without a message or a heartbeat, is ended here, to be begun anew.
 * The client first asks for its consumer, and asks again while nobody answers; yet a consumer that was kept by one node
 * of a cluster alone is not answered for until that node is back.
 * @param messages with an idle heartbeat of a second at most
 */
export async function untilEnded(messages: ConsumerMessages): Promise<Error | null> {
  let heartbeats = 0
  let heardBefore = -1
  let isSilent = false
  const watch = setInterval(() => {
    const heard = messages.getReceived() + heartbeats
    isSilent = heard === heardBefore
    heardBefore = heard
    if (isSilent) void messages.close()
  }, SILENT_MS)
  const count = async () => {
    for await (const { type } of messages.status()) {
      if (type === 'heartbeat') heartbeats += 1
    }
  }
  void count()
  const reason = await messages.closed()
  clearInterval(watch)
  if (isSilent) return new SilentError()
  return reason instanceof Error ? reason : null
}

export class SilentError extends Error {
  override readonly name = 'SilentError'

  constructor() {
    super(`the server was silent for ${SILENT_MS} ms`)
  }
}
