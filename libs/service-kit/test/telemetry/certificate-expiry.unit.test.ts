import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { loadConfig } from '@drawbridge/settings'
import { makeCertificates } from '@drawbridge/testing'
import { afterAll, expect, test } from 'vitest'
import { certificateExpiries } from '../../src/telemetry/watch-links.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'drawbridge-certificates-'))
afterAll(() => rmSync(folder, { recursive: true }))

const HTTP = path.join(folder, 'http.pem')
const NATS = path.join(folder, 'nats.pem')
const { ca, server, client } = await makeCertificates(['localhost'])
const renewed = await makeCertificates(['localhost'], 'client', 90)

/** Seconds of Unix time, as the certificate itself says. */
const expiry = (cert: string) => Date.parse(new X509Certificate(cert).validTo) / 1_000

function configWith(variables: Readonly<Record<string, string>>) {
  const config = loadConfig(variables, '{}')
  if (!config.ok) throw new Error(config.reason)
  return config.value
}

test('the first certificate of each file counts, as that is what others are shown', () => {
  writeFileSync(HTTP, `${server.cert}\n${ca.cert}`)
  writeFileSync(NATS, client.cert)
  const config = configWith({
    HTTP_TLS_CERT_FILE: HTTP,
    HTTP_TLS_KEY_FILE: HTTP,
    NATS_CERT_FILE: NATS,
    NATS_KEY_FILE: NATS,
  })

  expect([...certificateExpiries(config)()]).toEqual([
    { labels: { certificate: 'http' }, value: expiry(server.cert) },
    { labels: { certificate: 'nats' }, value: expiry(client.cert) },
  ])
})

test('a renewed file counts at once for NATS, and from the next start for HTTPS, as it is used', () => {
  writeFileSync(HTTP, server.cert)
  writeFileSync(NATS, client.cert)
  const config = configWith({
    HTTP_TLS_CERT_FILE: HTTP,
    HTTP_TLS_KEY_FILE: HTTP,
    NATS_CERT_FILE: NATS,
    NATS_KEY_FILE: NATS,
  })
  const expiries = certificateExpiries(config)
  for (const file of [HTTP, NATS]) writeFileSync(file, renewed.client.cert)

  const values = [...expiries()].map(({ value }) => value)
  expect(values).toEqual([expiry(server.cert), expiry(renewed.client.cert)])
  expect(values[1]).toBeGreaterThan(expiry(client.cert))
})

test('what is not configured, or cannot be read, has no value', () => {
  writeFileSync(NATS, 'no certificate')

  expect([...certificateExpiries(configWith({}))()]).toEqual([])
  expect([...certificateExpiries(configWith({ NATS_CERT_FILE: NATS, NATS_KEY_FILE: NATS }))()]).toEqual([])
})
