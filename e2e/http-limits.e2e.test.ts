import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { migrate } from '@drawbridge/migrations'
import { connectNats } from '@drawbridge/nats'
import { createLogger } from '@drawbridge/service-kit'
import {
  createDatabase,
  eventually,
  freshStreams,
  infrastructure,
  type ServiceName,
  type ServiceProcess,
  spawnService,
  type TestDatabase,
} from '@drawbridge/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NOBODY_OUTSIDE } from './nobody-outside.ts'

const SERVICES: readonly ServiceName[] = ['console', 'trader', 'risk-guardian', 'persister', 'notifier', 'connector']
/** More requests than a service with these settings accepts at once. */
const AT_ONCE = 300
/** A hundredth of this is far above the configured limit for lateness. */
const FROZEN_MS = 3_000
const LIMITS = { HTTP_REQUESTS_PER_SECOND: '200', HTTP_BUSY_AFTER_MS: '10', HTTP_BODY_LIMIT_BYTES: '1024' }
const log = createLogger('test', 'silent')

let folder: string
let database: TestDatabase
let services: ReadonlyMap<ServiceName, ServiceProcess>
beforeAll(async () => {
  database = await createDatabase()
  await migrate(database.url, log)
  const connection = await connectNats(infrastructure().natsUrl, 'test', log)
  await freshStreams(connection, NOBODY_OUTSIDE)
  await connection.close()
  folder = await mkdtemp(join(tmpdir(), 'drawbridge-http-limits-'))
  const file = join(folder, 'config.json')
  await writeFile(file, JSON.stringify(NOBODY_OUTSIDE))
  const env = { NATS_URL: infrastructure().natsUrl, DATABASE_URL: database.url, CONFIG_FILE: file, ...LIMITS }
  services = new Map(SERVICES.map((name) => [name, spawnService(name, env)]))
})
afterAll(async () => {
  await Promise.all([...services.values()].map((service) => service.stop()))
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

function serviceOf(name: ServiceName): ServiceProcess {
  const service = services.get(name)
  if (service === undefined) throw new Error(`${name} does not run`)
  return service
}

/** The answers to requests for a missing page, all sent at once. */
async function answersOf(url: string, requests: number): Promise<ReadonlySet<number>> {
  const answers = Array.from({ length: requests }, async () => {
    const answer = await fetch(`${url}/nothing`)
    await answer.text()
    return answer.status
  })
  return new Set(await Promise.all(answers))
}

test.each(SERVICES)('the %s refuses too many requests, and still reports its health', async (name) => {
  const service = serviceOf(name)
  const url = await service.url()

  await eventually(async () => (await answersOf(url, AT_ONCE)).has(429), { what: 'a refusal', timeoutMs: 60_000 })

  expect((await fetch(`${url}/livez`)).status).toBe(200)
})

// Each is stopped separately.
test.concurrent.each(SERVICES)(
  'the %s refuses all requests while it is late, and still reports its health',
  async (name) => {
    const service = serviceOf(name)
    const url = await service.url()
    // How late it was is known of whole seconds: what was late in one is refused in the next.
    const freeze = async () => {
      service.kill('SIGSTOP')
      await delay(FROZEN_MS)
      service.kill('SIGCONT')
      return (await answersOf(url, 10)).has(503)
    }

    await eventually(freeze, { what: 'a refusal', timeoutMs: 60_000 })

    expect((await fetch(`${url}/livez`)).status).toBe(200)
  },
)

test.each([
  ['console', '/api/feature_flags'],
  ['console', '/api/notify/acknowledge'],
  ['connector', '/connectors/bot2/secret'],
  ['trader', '/api/traders/bot1/equity'],
] as const)('the %s, which takes bodies, refuses one that is too large', async (name, path) => {
  const url = `${await serviceOf(name).url()}${path}`
  const status = async () => (await fetch(url, { method: 'POST', body: 'x'.repeat(1025) })).status

  // For a second it refuses everybody yet.
  await eventually(async () => (await status()) === 413, { what: 'the refusal of the body' })
})
