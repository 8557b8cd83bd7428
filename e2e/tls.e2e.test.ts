import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort, type PrivateServer, startPrivatePostgres } from '@drawbridge/dev-stack'
import { connectNats, type NatsAccess, openAccess } from '@drawbridge/nats'
import { createLogger, createPool } from '@drawbridge/service-kit'
import { loadConfig } from '@drawbridge/settings'
import { type Certificates, makeCertificates, spawnService } from '@drawbridge/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SecuredNats, startSecuredNats } from './security/secured-nats.ts'

const log = createLogger('test', 'silent')

let folder: string
/** The servers' certificates, for localhost; and certificates of another authority. */
let certificates: Certificates
let others: Certificates
const fileOf = (name: string) => path.join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-tls-'))
  certificates = await makeCertificates(['localhost'])
  others = await makeCertificates(['localhost'])
  const pems = {
    'ca.pem': certificates.ca.cert,
    'other-ca.pem': others.ca.cert,
    'server.pem': certificates.server.cert,
    'server-key.pem': certificates.server.key,
    'client.pem': certificates.client.cert,
    'client-key.pem': certificates.client.key,
    'other-client.pem': others.client.cert,
    'other-client-key.pem': others.client.key,
  }
  for (const [name, pem] of Object.entries(pems)) await writeFile(fileOf(name), pem, { mode: 0o600 })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('NATS with certificates on both sides', () => {
  let nats: SecuredNats
  beforeAll(async () => {
    const clientCa = fileOf('ca.pem')
    nats = await startSecuredNats([], { cert: fileOf('server.pem'), key: fileOf('server-key.pem'), clientCa })
  })
  afterAll(() => nats?.close())

  const access = (files: Partial<Record<'caFile' | 'certFile' | 'keyFile', string>>): NatsAccess => ({
    ...openAccess(nats.url.replace('127.0.0.1', 'localhost')),
    seedFile: nats.seedFile('guardian'),
    ...Object.fromEntries(Object.entries(files).map(([name, file]) => [name, fileOf(file)])),
  })
  const ours = { caFile: 'ca.pem', certFile: 'client.pem', keyFile: 'client-key.pem' }

  test('a client with a certificate of the authority that trusts the server is accepted', async () => {
    const connection = await connectNats(access(ours), 'test', log, false, '_INBOX_guardian')

    expect(connection.info?.tls_required).toBe(true)
    await connection.close()
  })

  test('a service with these files starts, and says that the streams are missing', async () => {
    const service = spawnService('risk-guardian', {
      NATS_URL: nats.url.replace('127.0.0.1', 'localhost'),
      NATS_NKEY_SEED_FILE: nats.seedFile('guardian'),
      NATS_CA_FILE: fileOf('ca.pem'),
      NATS_CERT_FILE: fileOf('client.pem'),
      NATS_KEY_FILE: fileOf('client-key.pem'),
    })

    expect((await service.exited).code).toBe(1)
    expect(JSON.stringify(service.lines())).toContain('stream INPUTS does not exist')
  })

  // Some are told of a refusal by silence alone.
  test.concurrent.each([
    ['trusts another authority', { ...ours, caFile: 'other-ca.pem' }, /is not trusted/],
    ['trusts no authority that is not public', { certFile: 'client.pem', keyFile: 'client-key.pem' }, /is not trusted/],
    ['shows no certificate', { caFile: 'ca.pem' }, /./],
    [
      'shows a certificate of another authority',
      { ...ours, certFile: 'other-client.pem', keyFile: 'other-client-key.pem' },
      /./,
    ],
  ])('who %s does not get in', async (_who, files, reason) => {
    await expect(connectNats(access(files), 'test', log, false)).rejects.toThrow(reason)
  })

  test('who has the certificate and not the seed does not get in', async () => {
    const nobody = { ...access(ours), seedFile: null }

    await expect(connectNats(nobody, 'test', log)).rejects.toThrow(
      'does not let the user without NATS_NKEY_SEED_FILE in',
    )
  })
})

describe('NATS without TLS', () => {
  let nats: SecuredNats
  beforeAll(async () => {
    nats = await startSecuredNats([])
  })
  afterAll(() => nats?.close())

  test('who asks for TLS does not speak in plain text', async () => {
    const wary = { ...openAccess(nats.url), seedFile: nats.seedFile('guardian'), caFile: fileOf('ca.pem') }

    await expect(connectNats(wary, 'test', log)).rejects.toThrow('offers no TLS')
  })

  test('a service without a seed ends, and says what to do', async () => {
    const stranger = spawnService('persister', { NATS_URL: nats.url })

    expect((await stranger.exited).code).toBe(1)
    expect(JSON.stringify(stranger.lines())).toContain('set NATS_NKEY_SEED_FILE to the seed of a user')
  })

  test('a service that runs as another user ends, and says which right it lacks', async () => {
    const service = spawnService('risk-guardian', {
      NATS_URL: nats.url,
      NATS_NKEY_SEED_FILE: nats.seedFile('persister'),
    })

    expect((await service.exited).code).toBe(1)
    const lines = JSON.stringify(service.lines())
    expect(lines).toContain('this NATS user lacks a permission that the program needs')
    expect(lines).toContain(nats.publicKeys.persister)
  })
})

describe('PostgreSQL with a certificate', () => {
  let server: PrivateServer
  let dataDir: string
  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'drawbridge-tls-database-'))
    server = await startPrivatePostgres({ dataDir, port: await freePort(), tls: certificates.server })
    const rules = path.join(dataDir, 'postgres', 'pg_hba.conf')
    await writeFile(rules, 'hostssl all all 127.0.0.1/32 scram-sha-256\n')
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    await client.query('SELECT pg_reload_conf()')
    await client.end()
  }, 120_000)
  afterAll(async () => {
    await server?.stop()
    await rm(dataDir, { recursive: true, force: true })
  })

  /** Asks the database whether it is spoken to by TLS, with settings as a service has them. */
  async function isEncrypted(mode: string | null, caFile: string | null, host = 'localhost'): Promise<boolean> {
    const url = new URL(server.url)
    url.hostname = host
    if (mode !== null) url.searchParams.set('sslmode', mode)
    const env = { DATABASE_URL: url.href, ...(caFile === null ? {} : { DATABASE_CA_FILE: fileOf(caFile) }) }
    const config = loadConfig(env, null)
    if (!config.ok) throw new Error(config.reason)
    const pool = createPool(config.value.databaseUrl, 'test', 1, log)
    try {
      const { rows } = await pool.query<{ ssl: boolean }>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')
      return rows[0]?.ssl === true
    } finally {
      await pool.end()
    }
  }

  test.each<[mode: string | null, caFile: string | null]>([
    ['require', null],
    ['require', 'ca.pem'],
    ['verify-ca', 'ca.pem'],
    ['verify-full', 'ca.pem'],
    [null, 'ca.pem'],
  ])('sslmode %s with the authority %s is let in, encrypted', async (mode, caFile) => {
    expect(await isEncrypted(mode, caFile)).toBe(true)
  })

  test('verify-ca does not ask for the name of the server, verify-full does', async () => {
    expect(await isEncrypted('verify-ca', 'ca.pem', '127.0.0.1')).toBe(true)
    await expect(isEncrypted('verify-full', 'ca.pem', '127.0.0.1')).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    })
  })

  test.each<[mode: string | null, caFile: string | null, code: string]>([
    [null, null, '28000'],
    ['disable', null, '28000'],
    ['disable', 'ca.pem', '28000'],
    ['require', 'other-ca.pem', 'SELF_SIGNED_CERT_IN_CHAIN'],
    ['verify-ca', 'other-ca.pem', 'SELF_SIGNED_CERT_IN_CHAIN'],
    ['verify-full', 'other-ca.pem', 'SELF_SIGNED_CERT_IN_CHAIN'],
    ['verify-full', null, 'SELF_SIGNED_CERT_IN_CHAIN'],
    [null, 'other-ca.pem', 'SELF_SIGNED_CERT_IN_CHAIN'],
  ])('sslmode %s with the authority %s does not get in', async (mode, caFile, code) => {
    const refused = code === '28000' ? code : expect.stringMatching(/^(SELF_SIGNED|UNABLE_TO_|CERT_)/)
    await expect(isEncrypted(mode, caFile)).rejects.toMatchObject({ code: refused })
  })
})
