import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createDatabase, infrastructure, makeCertificates, resetStreams, type TestDatabase } from '@drawbridge/testing'
import { connect } from '@nats-io/transport-node'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeWorkFolder, resultOf, runStart } from './npm-start.ts'
import { startSecuredNats } from './security/secured-nats.ts'

const BARS = fileURLToPath(new URL('../services/trader/data/sp500-2000.csv', import.meta.url))
const BARS_USED = 20
const TOKEN = 'read-read-read-read-read-read-re'

describe('npm start on secured servers', () => {
  let database: TestDatabase
  let folder: Awaited<ReturnType<typeof makeWorkFolder>>
  let env: Record<string, string>

  beforeEach(async () => {
    database = await createDatabase()
    folder = await makeWorkFolder()
    const connection = await connect({ servers: infrastructure().natsUrl })
    await resetStreams(connection)
    await connection.close()
    const bars = (await readFile(BARS, 'utf8')).split('\n').slice(0, BARS_USED + 1)
    await write('bars.csv', bars.join('\n'))
    const replay = { source: 'replay', strategy: 'hold', file: join(folder.path, 'bars.csv') }
    env = {
      NATS_URL: infrastructure().natsUrl,
      DATABASE_URL: database.url,
      CONFIG_FILE: await write('config.json', JSON.stringify({ traders: { short: replay } })),
      API_TOKENS_FILE: await write('tokens.json', JSON.stringify([{ name: 'me', role: 'read', token: TOKEN }])),
    }
  })
  afterEach(async () => {
    await folder?.remove()
    await database?.drop()
  })

  async function write(name: string, text: string): Promise<string> {
    const file = join(folder.path, name)
    await writeFile(file, text, { mode: 0o600 })
    return file
  }

  test('runs its replays over TLS with its own certificate, beyond loopback, with the given token', async () => {
    const { server } = await makeCertificates(['trader.example'])
    const secured = {
      ...env,
      TRADER_HOST: '0.0.0.0',
      HTTP_TLS_CERT_FILE: await write('cert.pem', server.cert),
      HTTP_TLS_KEY_FILE: await write('key.pem', server.key),
      DRAWBRIDGE_TOKEN: TOKEN,
    }

    const { traders } = await resultOf(runStart(folder.path, ['--once', '--json'], secured))

    expect(traders.short).toMatchObject({ ticks: BARS_USED, events: BARS_USED, historyRows: BARS_USED })
  })

  test('without a token it ends, and says which one it needs', async () => {
    const { code, stderr } = await runStart(folder.path, ['--once', '--json'], env).exited

    expect(code).toBe(1)
    expect(stderr).toContain('set DRAWBRIDGE_TOKEN to one with the role "read"')
  })

  test('with users of NATS it ends: one seed is one user, who may not do what every service does', async () => {
    const nats = await startSecuredNats([])
    const seeded = { ...env, NATS_URL: nats.url, NATS_NKEY_SEED_FILE: nats.seedFile('admin'), DRAWBRIDGE_TOKEN: TOKEN }

    const { code, stderr } = await runStart(folder.path, ['--once', '--json'], seeded).exited

    await nats.close()
    expect(code).toBe(1)
    expect(stderr).toContain('this NATS user lacks a permission that the program needs')
  })
})
