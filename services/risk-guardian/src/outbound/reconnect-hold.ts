import { Backoff, ConnectionWatch } from '@drawbridge/nats'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Failures } from '../failures.ts'
import type { InputWatch } from '../inbound/input-watch.ts'
import { isFinal } from '../log-errors.ts'
import type { LogWatch } from '../log-watch.ts'
import type { Publisher } from './publisher.ts'

/**
 * Holds the publisher after each reconnect until the ends of both logs were seen: a server that comes back may have lost
 * the end of a log, for instance in a power cut, and what is stored there then replaces what was lost.
 * @returns ends that
 */
export function holdAtReconnects(
  connection: NatsConnection,
  publisher: Publisher,
  watch: LogWatch,
  inputs: InputWatch,
  { stopping, fail }: Failures,
): () => void {
  let reconnects = 0
  const holdUntilSeen = async () => {
    publisher.hold()
    reconnects += 1
    const own = reconnects
    const backoff = new Backoff(50, 500)
    while (!stopping.aborted && own === reconnects) {
      try {
        await inputs.checkLastRead()
        if (await watch.look()) break
      } catch (error) {
        if (isFinal(error)) return fail(error)
      }
      await backoff.wait(stopping)
    }
    if (own === reconnects) publisher.release()
  }
  return ConnectionWatch.of(connection).onReconnect(() => void holdUntilSeen())
}
