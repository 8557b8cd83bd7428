import type { ConsumerMessages } from '@nats-io/jetstream'

/** An idle server sends a heartbeat each second. */
const SILENT_MS = 3_000

/**
 * Resolves when a reading of a stream has ended: with the error that ended it, or null if it was closed or complete.
 *
 * A reading without a message or a heartbeat for three to six seconds is ended here; the caller begins a new one. The
 * client would ask for its consumer again and again; but a consumer that only one node of a cluster kept is not answered
 * for until that node is back.
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
