import { isIP } from 'node:net'
import type { SelfsignedOptions } from 'selfsigned'

/** A certificate and its private key, both PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

export interface Certificates {
  /** Signed both others; peers must trust its `cert`. */
  readonly ca: Certificate
  readonly server: Certificate
  readonly client: Certificate
}

/**
 * Makes an authority, a server's certificate for these names and addresses, and a client's for that common name. They are
 * valid from an hour ago, for a day or the given number of days. Certificates of different calls do not trust each other.
 */
export async function makeCertificates(
  hosts: readonly string[],
  clientName = 'client',
  days = 1,
): Promise<Certificates> {
  const ca = await make('Drawbridge test authority', days, [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
  ])
  const leaf = (name: string, extension: Extension, names: readonly string[]) => {
    const use: Extension = { name: 'keyUsage', digitalSignature: true, critical: true }
    const altNames: Extension = { name: 'subjectAltName', altNames: names.map(altName) }
    return make(name, days, [{ name: 'basicConstraints', cA: false, critical: true }, use, extension, altNames], ca)
  }
  return {
    ca,
    server: await leaf(hosts[0] ?? 'localhost', { name: 'extKeyUsage', serverAuth: true }, hosts),
    client: await leaf(clientName, { name: 'extKeyUsage', clientAuth: true }, [clientName]),
  }
}

type Extension = NonNullable<SelfsignedOptions['extensions']>[number]

const HOUR_MS = 3_600_000

async function make(commonName: string, days: number, extensions: Extension[], ca?: Certificate): Promise<Certificate> {
  // Loaded here, because every test file loads this kit, and few need certificates.
  const { generate } = await import('selfsigned')
  const now = Date.now()
  const { cert, private: key } = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - HOUR_MS),
    notAfterDate: new Date(now + days * 24 * HOUR_MS),
    extensions,
    ...(ca === undefined ? {} : { ca }),
  })
  return { cert, key }
}

function altName(host: string) {
  return isIP(host) === 0 ? { type: 2 as const, value: host } : { type: 7 as const, ip: host }
}
