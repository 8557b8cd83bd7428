import { migrate } from '@drawbridge/migrations'
import { connectNats, createLogger, loadConfig, provision } from '@drawbridge/service-kit'
import {
  createDatabase,
  eventually,
  infrastructure,
  resetStreams,
  type ServiceName,
  spawnService,
  type TestDatabase,
} from '@drawbridge/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const SERVICES: readonly ServiceName[] = ['trader', 'risk-guardian', 'persister']
/** More than a service of these settings lets in at once. */
const AT_ONCE = 300
const LIMITS = { HTTP_REQUESTS_PER_SECOND: '200', HTTP_BUSY_AFTER_MS: '10', HTTP_BODY_LIMIT_BYTES: '1024' }
const log = createLogger('test', 'silent')

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await migrate(database.url, log)
  const connection = await connectNats(infrastructure().natsUrl, 'test', log)
  await resetStreams(connection)
  const config = loadConfig({}, null)
  if (!config.ok) throw new Error(config.reason)
  await provision(connection, config.value)
  await connection.close()
})
afterAll(() => database?.drop())

test.each(SERVICES)(
  'the %s refuses who asks too much, and everybody while it is late; of its health it tells',
  async (name) => {
    const service = spawnService(name, { NATS_URL: infrastructure().natsUrl, DATABASE_URL: database.url, ...LIMITS })
    const url = await service.url()
    const seen = new Set<number>()
    const ask = async () => {
      const answers = Array.from({ length: AT_ONCE }, async () => {
        const answer = await fetch(`${url}/metrics`)
        await answer.text()
        return answer.status
      })
      for (const status of await Promise.all(answers)) seen.add(status)
      return seen.has(429) && seen.has(503)
    }

    await eventually(ask, { what: 'both refusals', timeoutMs: 60_000 })

    expect([...seen].filter((status) => ![200, 429, 503].includes(status))).toEqual([])
    expect((await fetch(`${url}/livez`)).status).toBe(200)
    await service.stop()
  },
  90_000,
)

test('the trader, which alone takes bodies, refuses one that is too large', async () => {
  const service = spawnService('trader', { NATS_URL: infrastructure().natsUrl, HTTP_BODY_LIMIT_BYTES: '1024' })

  const answer = await fetch(`${await service.url()}/api/feature_flags`, { method: 'POST', body: 'x'.repeat(1025) })

  expect(answer.status).toBe(413)
  await service.stop()
})
