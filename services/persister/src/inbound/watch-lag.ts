import type { Lifecycle } from '@drawbridge/service-kit'
import { jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { PersisterMetrics } from '../persister-metrics.ts'
import { eventsBehind } from './risk-consumer.ts'

const EVERY_MS = 2_000
const WITHIN_MS = 1_000

/** Looks at the lag on a timer and not when metrics are read, so that those are there while NATS is not. */
export async function watchLag(
  connection: NatsConnection,
  metrics: PersisterMetrics,
  lifecycle: Lifecycle,
): Promise<void> {
  const manager = await jetstreamManager(connection, { timeout: WITHIN_MS, checkAPI: false })
  const timer = setInterval(() => {
    eventsBehind(manager).then(
      (events) => metrics.lagEvents.set(events),
      () => undefined,
    )
  }, EVERY_MS)
  lifecycle.onStop('lag', () => clearInterval(timer))
}
