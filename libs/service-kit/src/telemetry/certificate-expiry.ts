import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Config } from '@drawbridge/settings'
import type { Sample } from './collected-metric.ts'

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
