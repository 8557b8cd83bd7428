import { createInbox, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node'

/** A message on its way into a stream. */
export interface Outgoing {
  readonly subject: string
  readonly payload: Uint8Array
  readonly headers?: MsgHdrs
  /** Called with the sequence at which it was stored. */
  readonly onStored?: (seq: number) => void
}

/**
 * Publishes one after the other, each made only when its time has come, with so many acknowledgements under way on one
 * wildcard inbox. Returns when all are stored. @throws when the stream refuses one
 */
export async function publishAll(
  connection: NatsConnection,
  messages: Iterable<Outgoing>,
  inFlightMax: number,
): Promise<void> {
  const inbox = createInbox()
  const { promise: allStored, resolve, reject } = Promise.withResolvers<void>()
  const waiting = new Map<string, Outgoing>()
  const rest = messages[Symbol.iterator]()
  let count = 0
  const send = () => {
    while (waiting.size < inFlightMax) {
      const next = rest.next()
      if (next.done === true) {
        if (waiting.size === 0) resolve()
        return
      }
      const { subject, payload, headers } = next.value
      const reply = `${inbox}.${count++}`
      waiting.set(reply, next.value)
      connection.publish(subject, payload, headers === undefined ? { reply } : { reply, headers })
    }
  }
  const replies = connection.subscribe(`${inbox}.*`, {
    callback: (_error, reply) => {
      const outgoing = waiting.get(reply.subject)
      if (outgoing === undefined) return
      waiting.delete(reply.subject)
      const answer: { seq?: number; error?: unknown } = reply.data.length === 0 ? {} : reply.json()
      if (answer.seq === undefined || answer.error !== undefined) {
        reject(new Error(`not stored: ${outgoing.subject}: ${reply.string()}`))
        return
      }
      try {
        outgoing.onStored?.(answer.seq)
        send()
      } catch (error) {
        reject(error as Error)
      }
    },
  })
  send()
  await allStored.finally(() => replies.unsubscribe())
}
