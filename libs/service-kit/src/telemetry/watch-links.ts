import { ConnectionWatch } from '@drawbridge/nats'
import type { Config } from '@drawbridge/settings'
import type { NatsConnection } from '@nats-io/transport-node'
import { certificateExpiries } from './certificate-expiry.ts'
import type { MetricRegistry } from './metric-registry.ts'

/** Metrics of what every service depends on: its connection to NATS, and the expiry of its certificates. */
export function watchLinks(
  registry: MetricRegistry,
  connection: NatsConnection,
  config: Pick<Config, 'http' | 'nats'>,
): void {
  const nats = ConnectionWatch.of(connection)
  registry.gauge('nats_connected', () => (nats.away === null ? 1 : 0))
  registry.collect('tls_certificate_expiry_timestamp_seconds', certificateExpiries(config))
}
