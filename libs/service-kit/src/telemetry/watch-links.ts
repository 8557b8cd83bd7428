import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { ConnectionWatch } from '@drawbridge/nats'
import type { Config } from '@drawbridge/settings'
import type { NatsConnection } from '@nats-io/transport-node'
import type { MetricRegistry } from './metric-registry.ts'
import type { Sample } from './values.ts'

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

/** Which of our certificates; those of NATS and PostgreSQL are watched by their operators. */
type CertificateUse = 'http' | 'nats'

/**
 * When the certificates of this process expire. That of HTTPS is read once, as it is served until the next start; that
 * for NATS at each scrape, as it is read for each connection. An unreadable one has no sample: its user logs the error.
 */
export function certificateExpiries({ http, nats }: Pick<Config, 'http' | 'nats'>): () => Iterable<Sample> {
  const served = http.tlsCertFile === null ? null : expiryOf(http.tlsCertFile)
  return function* () {
    if (served !== null) yield sample('http', served)
    const own = nats.certFile === null ? null : expiryOf(nats.certFile)
    if (own !== null) yield sample('nats', own)
  }
}

function sample(certificate: CertificateUse, value: number): Sample {
  return { labels: { certificate }, value }
}

/** Expiry, in seconds of Unix time, of the first certificate of a PEM file, which is the one presented to peers. */
function expiryOf(file: string): number | null {
  try {
    return new X509Certificate(readFileSync(file)).validToDate.getTime() / 1_000
  } catch {
    return null
  }
}
