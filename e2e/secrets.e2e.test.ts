import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { FakeFreqtrade } from '@drawbridge/connector/fake-freqtrade'
import { Receiver } from '@drawbridge/notifier/receiver'
import { provision } from '@drawbridge/service-kit'
import { eventually, type ServiceProcess, spawnService, validConfig } from '@drawbridge/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { query } from './history.ts'
import { createSecuredDatabase, type SecuredDatabase } from './security/secured-database.ts'
import { type SecuredNats, startSecuredNats } from './security/secured-nats.ts'

const USERS = {
  'risk-guardian': 'guardian',
  trader: 'trader',
  persister: 'persister',
  console: 'console',
  notifier: 'notifier',
  connector: 'connector',
} as const
const SERVICES: readonly (keyof typeof USERS)[] = [
  'risk-guardian',
  'trader',
  'persister',
  'console',
  'notifier',
  'connector',
]
const TOKEN = 'hidden-token-hidden-token-hidden-token'
const tokens = (role: string) => JSON.stringify([{ name: 'me', role, token: TOKEN }])
const HIDDEN_NATS = 'nats://someone:hidden-nats-password@127.0.0.1:1'
/** Addresses of webhooks are secrets, too. */
const HOOK = '/hidden-hook'
const GONE = '/hidden-hook-that-is-gone'
const HOOK_SECRET = `whsec_${Buffer.from('hidden-secret-of-the-hook').toString('base64')}`
const HIDDEN_DATABASE = 'postgres://someone:hidden-database-password@127.0.0.1:1/none'

let nats: SecuredNats
let database: SecuredDatabase
let folder: string
/** Where people are told. */
let receiver: Receiver
/** What the connector reads. */
let freqtrade: FakeFreqtrade
let configFile: string
/** All that no log may say. */
let secrets: readonly string[]

beforeAll(async () => {
  nats = await startSecuredNats([])
  database = await createSecuredDatabase()
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-secrets-'))
  configFile = path.join(folder, 'config.json')
  receiver = await Receiver.open()
  receiver.answer = ({ path: at }) => ({ status: at === HOOK ? 200 : 404 })
  freqtrade = await FakeFreqtrade.open()
  freqtrade.password = 'hidden-password-of-freqtrade'
  const file = await configuration()
  await writeFile(configFile, JSON.stringify(file))
  const config = validConfig(file, { NATS_NKEY_SEED_FILE: nats.seedFile('admin') })
  const admin = await nats.connect('admin', { inboxPrefix: '_INBOX_admin' })
  await provision(admin, config)
  await admin.close()
  const seeds = ['guardian', 'trader', 'persister'].map((user) => readFile(nats.seedFile(user), 'utf8'))
  secrets = [
    ...(await Promise.all(seeds)).map((seed) => seed.trim()),
    new URL(database.urlOf('writer')).password,
    TOKEN,
    'hidden-nats-password',
    'hidden-database-password',
    'hidden-wrong-token',
    HOOK,
    GONE,
    HOOK_SECRET,
    'hidden-password-of-freqtrade',
  ]
}, 120_000)
afterAll(async () => {
  await nats?.close()
  await database?.drop()
  await receiver?.close()
  await freqtrade?.close()
  await rm(folder, { recursive: true, force: true })
})

/** What config.json says, with its secrets in files. */
async function configuration() {
  const written = async (name: string, secret: string) => {
    const file = path.join(folder, name)
    await writeFile(file, secret, { mode: 0o600 })
    return file
  }
  const channels = {
    hook: {
      kind: 'webhook',
      url_file: await written('hook', `${receiver.url}${HOOK}`),
      secret_file: await written('hook-secret', HOOK_SECRET),
    },
    gone: { kind: 'slack', url_file: await written('gone', `${receiver.url}${GONE}`) },
  }
  const connectors = { bot2: freqtrade.connector(await written('freqtrade', freqtrade.password)) }
  return { limits: { confirm_jump: null }, traders: { bot1: {} }, notify: { channels }, connectors }
}

/** A service at its most talkative, with every kind of secret. */
function start(name: keyof typeof USERS, env: Readonly<Record<string, string>> = {}): ServiceProcess {
  return spawnService(name, {
    NATS_URL: nats.url,
    NATS_NKEY_SEED_FILE: nats.seedFile(USERS[name]),
    DATABASE_URL: database.urlOf('writer'),
    API_TOKENS: tokens('operate'),
    CONFIG_FILE: configFile,
    LOG_LEVEL: 'trace',
    ...env,
  })
}

const untilWarned = (service: ServiceProcess) =>
  eventually(() => service.lines().some(({ level }) => Number(level) >= 40), { what: 'its warning' })

function expectNoSecret(service: ServiceProcess): void {
  const said = JSON.stringify(service.lines())
  expect(service.lines().length).toBeGreaterThan(0)
  for (const secret of secrets) expect(said).not.toContain(secret)
}

test('services that do their work say no secret', async () => {
  const services = SERVICES.map((name) => start(name))
  const urls = await Promise.all(services.map((service) => service.url()))
  const trader = urls[1] ?? ''
  const report = (equity: number, authorization: string) => {
    const body = JSON.stringify({ equity })
    return fetch(`${trader}/api/traders/bot1/equity`, { method: 'POST', body, headers: { authorization } })
  }
  for (const equity of [1000, 500]) expect((await report(equity, `Bearer ${TOKEN}`)).ok).toBe(true)
  for (const url of urls) {
    const wrong = await fetch(`${url}/metrics?token=hidden-wrong-token`, {
      headers: { authorization: 'Bearer hidden-wrong-token-hidden-wrong-token' },
    })
    expect(wrong.status).toBe(401)
  }
  const rows = () => query(database.urlOf('reader'), "SELECT FROM risk_state_history WHERE trader_id = 'bot1'")
  await eventually(async () => (await rows()).length === 2, { what: 'both rows' })
  const told = () => new Set(receiver.received.map(({ path: at }) => at))
  await eventually(() => told().size === 2, { what: 'both channels to be tried' })
  const readings = () => query(database.urlOf('reader'), "SELECT FROM risk_state_history WHERE trader_id = 'bot2'")
  await eventually(async () => (await readings()).length > 0, { what: 'a reading of the connector' })

  for (const service of services) await service.stop()

  for (const service of services) expectNoSecret(service)
}, 60_000)

describe.each(SERVICES)('the %s says no secret', (name) => {
  test('if its settings are not valid', async () => {
    const service = start(name, {
      NATS_URL: HIDDEN_NATS.replace(':1', ':port'),
      DATABASE_URL: `${HIDDEN_DATABASE}?sslmode=sometimes`,
      API_TOKENS: tokens('root'),
    })

    expect((await service.exited).code).toBe(2)
    expectNoSecret(service)
  })

  test('if it is another user of NATS', async () => {
    const other = name === 'trader' ? 'persister' : 'trader'
    const service = start(name, { NATS_NKEY_SEED_FILE: nats.seedFile(other) })

    await untilWarned(service)
    await service.stop()
    expectNoSecret(service)
  })

  test('if its seed is not valid', async () => {
    const file = path.join(folder, `${name}.seed`)
    await writeFile(file, `${secrets[0]?.slice(0, -4)}`, { mode: 0o600 })
    const service = start(name, { NATS_NKEY_SEED_FILE: file })

    await untilWarned(service)
    await service.stop()
    expectNoSecret(service)
  })

  test('where nothing answers', async () => {
    const service = start(name, { NATS_URL: HIDDEN_NATS, DATABASE_URL: HIDDEN_DATABASE })

    await untilWarned(service)
    await service.stop()
    expectNoSecret(service)
  })
})

test('a persister that the database refuses logs no password', async () => {
  const url = new URL(database.urlOf('writer'))
  url.password = 'hidden-database-password'
  const service = start('persister', { DATABASE_URL: url.href })

  await untilWarned(service)
  await service.stop()
  expectNoSecret(service)
})
