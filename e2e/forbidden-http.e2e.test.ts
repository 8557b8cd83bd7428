import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '@drawbridge/migrations'
import { connectNats } from '@drawbridge/nats'
import { createLogger } from '@drawbridge/service-kit'
import {
  createDatabase,
  freshStreams,
  infrastructure,
  type ServiceName,
  type ServiceProcess,
  spawnService,
  type TestDatabase,
} from '@drawbridge/testing'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ask,
  BOT,
  bearer,
  CREDENTIALS,
  EXPIRED,
  FORMS,
  METHODS,
  NO_HTTP,
  TOKEN_FILE,
  TOKENS,
  type Try,
  WAYS,
} from './forbidden-http/attempts.ts'
import { type Endpoint, endpointsOf, type Role } from './forbidden-http/endpoints.ts'
import { type Answer, type Attempt, knock, speak } from './forbidden-http/knock.ts'
import { NOBODY_OUTSIDE } from './nobody-outside.ts'

const CONFIG = { traders: { bot1: {}, bot2: {} }, ...NOBODY_OUTSIDE }
const SERVICES: readonly ServiceName[] = ['console', 'trader', 'risk-guardian', 'persister', 'notifier', 'connector']
const ROLES: readonly Role[] = ['read', 'operate', 'admin']
const log = createLogger('test', 'silent')

let folder: string
let database: TestDatabase
let connection: NatsConnection
let manager: JetStreamManager
let services: readonly ServiceProcess[]
/** A trader without tokens, as in development. */
let openTrader: ServiceProcess
let openEnv: Readonly<Record<string, string>>
let endpoints: readonly Endpoint[]
let inputsBefore: number

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drawbridge-endpoints-'))
  database = await createDatabase()
  const natsUrl = infrastructure().natsUrl
  connection = await connectNats(natsUrl, 'test', log)
  manager = await jetstreamManager(connection)
  await freshStreams(connection, CONFIG)
  await migrate(database.url, log)
  await writeFile(join(folder, 'config.json'), JSON.stringify(CONFIG))
  await writeFile(join(folder, 'tokens.json'), JSON.stringify(TOKEN_FILE))
  const env = {
    NATS_URL: natsUrl,
    DATABASE_URL: database.url,
    CONFIG_FILE: join(folder, 'config.json'),
    LOG_LEVEL: 'trace',
    // So many attempts come from one address.
    HTTP_REQUESTS_PER_SECOND: '1000000',
    HTTP_UNKNOWN_REQUESTS_PER_SECOND: '1000000',
    HTTP_BUSY_AFTER_MS: '60000',
  }
  const guarded = { ...env, API_TOKENS_FILE: join(folder, 'tokens.json') }
  services = SERVICES.map((name) => spawnService(name, guarded))
  openEnv = env
  openTrader = spawnService('trader', env)
  const found = SERVICES.map(async (name, index) => endpointsOf(name, (await services[index]?.url()) ?? ''))
  endpoints = (await Promise.all(found)).flat()
  await openTrader.waitForPort()
  inputsBefore = await inputs()
}, 120_000)

afterAll(async () => {
  await connection?.close()
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

/** The last sequence of INPUTS. */
const inputs = async () => (await manager.streams.info('INPUTS')).state.last_seq

const mutating = () => endpoints.filter(({ method }) => method !== 'GET')

/** An attempt that got in, or broke something, in words. */
async function failures(
  endpointsToTry: readonly Endpoint[],
  attempt: Try,
  statuses: readonly number[],
): Promise<string[]> {
  const failed: string[] = []
  for (const endpoint of endpointsToTry) {
    const made = attempt(endpoint)
    const answer = await knock(endpoint.port, made)
    if (!isRefusal(answer, statuses)) failed.push(describeAttempt(endpoint, made, answer))
  }
  return failed
}

/** A refusal gives its reason, and never a token. A connection that was closed without an answer is a refusal too. */
function isRefusal({ status, text }: Answer, statuses: readonly number[]): boolean {
  return (status === null || statuses.includes(status)) && !saysSecret(text)
}

const saysSecret = (text: string) => [...Object.values(TOKENS), BOT, EXPIRED].some((token) => text.includes(token))

const describeAttempt = ({ service }: Endpoint, { method, path }: Attempt, { status, text }: Answer) =>
  `${service}: ${method} ${path.slice(0, 100)} was answered ${status}: ${text.slice(-200)}`

const below = (role: Role) => ROLES.slice(0, ROLES.indexOf(role))
const REFUSED = [400, 401, 403, 404, 405, 413, 414, 415, 431]

test('every service has endpoints, and each of them opens to its role', async () => {
  expect(new Set(endpoints.map(({ service }) => service))).toEqual(new Set(SERVICES))
  expect(mutating().length).toBeGreaterThan(0)
  const reading = endpoints.filter(({ method }) => method === 'GET')
  for (const endpoint of reading) {
    const { status, text } = await knock(endpoint.port, ask(endpoint, [bearer(TOKENS[endpoint.access])]))
    expect(`${endpoint.path} ${text.slice(0, 12)}`).toBe(`${endpoint.path} HTTP/1.1 ${status}`)
    expect([401, 403, null]).not.toContain(status)
  }
})

test('everybody with a token reads how connectors do and who is told; operators alone change what is told', () => {
  const about = endpoints.filter(({ path }) => /^\/api\/(notify|connectors)/.test(path))
  expect(about.map(({ access, route }) => `${access} ${route}`).sort()).toEqual([
    'operate console: POST /api/notify/acknowledge',
    'operate console: POST /api/notify/channels/{channel}/test',
    'operate console: POST /api/notify/silences',
    'operate console: POST /api/notify/silences/{id}/end',
    'read connector: GET /api/connectors',
    'read console: GET /api/notify',
    'read console: GET /api/notify/deliveries/{trader}/{version}',
  ])
})

describe('nobody gets in', () => {
  test.each(CREDENTIALS)('with %s', async (_name, attempt) => {
    expect(await failures(endpoints, attempt, [400, 401, 403, 431])).toEqual([])
  })

  test.each(ROLES)('with the role %s where more is needed', async (role) => {
    const above = endpoints.filter(({ access }) => below(access).includes(role))

    expect(await failures(above, (endpoint) => ask(endpoint, [bearer(TOKENS[role])]), [403])).toEqual([])
  })

  test.each(WAYS)('on another way: %s', async (_name, attempt) => {
    expect(await failures(endpoints, attempt, REFUSED)).toEqual([])
    const above = endpoints.filter(({ access }) => access !== 'read')
    const withRead: Try = (endpoint) => {
      const made = attempt(endpoint)
      return { ...made, headers: [...made.headers, bearer(TOKENS.read)] }
    }
    expect(await failures(above, withRead, REFUSED)).toEqual([])
  })

  test.each(FORMS)('in another form: %s', async (_name, attempt) => {
    expect(await failures(mutating(), attempt, REFUSED)).toEqual([])
  })

  test.each(METHODS)('by the method %s', async (method) => {
    const withMethod: Try = (endpoint) => ({ ...ask(endpoint, [bearer(TOKENS.admin)]), method })
    // A path may be a endpoint by one method and another one by a second.
    const others = endpoints.filter(
      ({ path, port }) => !endpoints.some((d) => d.path === path && d.port === port && d.method === method),
    )

    expect(await failures(others, withMethod, REFUSED)).toEqual([])
  })

  test.each(NO_HTTP)('with what is no HTTP: %s', async (_name, bytes) => {
    for (const port of new Set(endpoints.map((endpoint) => endpoint.port))) {
      const answer = await speak(port, bytes)
      expect(isRefusal(answer, REFUSED), `${answer.status} ${answer.text}`).toBe(true)
    }
  })

  test.each([
    ['a name that points here', (endpoint: Endpoint) => [`Host: evil.example:${endpoint.port}`]],
    ['a name that points here, as its own origin', (endpoint: Endpoint) => foreignOrigin(endpoint, 'evil.example')],
    ['a name that begins as ours', (endpoint: Endpoint) => foreignOrigin(endpoint, '127.0.0.1.evil.example')],
    ['a name that begins as this machine', (endpoint: Endpoint) => foreignOrigin(endpoint, 'localhost.evil.example')],
    ['no name', () => ['Host:']],
  ])('of the web where no token is asked for: %s', async (_name, headers) => {
    const port = await openTrader.waitForPort()
    const open = endpoints.filter(({ service }) => service === 'trader').map((endpoint) => ({ ...endpoint, port }))
    const attempt: Try = (endpoint) => {
      const made = ask(endpoint)
      return { ...made, headers: [...made.headers.filter((line) => !line.startsWith('Host:')), ...headers(endpoint)] }
    }

    expect(await failures(open, attempt, [400, 403])).toEqual([])
  })
})

test('without tokens the console serves this machine alone', async () => {
  const beyond = spawnService('console', { ...openEnv, CONSOLE_HOST: '0.0.0.0' })
  expect(await beyond.exited).toEqual({ code: 1, signal: null })
  expect(JSON.stringify(beyond.lines())).toContain('make-token')

  const url = new URL(await spawnService('console', openEnv).url())
  expect((await fetch(url)).status).not.toBe(401)
  const others = Object.values(networkInterfaces())
    .flat()
    .filter((address) => address?.family === 'IPv4' && !address.internal)
  for (const address of others) {
    url.hostname = address?.address ?? ''
    await expect(fetch(url), url.href).rejects.toThrow('fetch failed')
  }
})

const foreignOrigin = ({ port }: Endpoint, host: string) => [`Host: ${host}:${port}`, `Origin: http://${host}:${port}`]

/** What the token of a bot may call, for its own traders. A new route is not in it until somebody adds it here. */
const OF_BOTS = [
  'console: GET /api/events',
  'console: GET /api/history/traders/{id}/blocked',
  'console: GET /api/history/traders/{id}/days',
  'console: GET /api/history/traders/{id}/drawdowns',
  'console: GET /api/history/traders/{id}/equity',
  'console: GET /api/history/traders/{id}/events.csv',
  'console: GET /api/history/traders/{id}/marks',
  'console: GET /api/history/traders/{id}/recording',
  'console: GET /api/limits/{trader}',
  'console: GET /api/traders/{id}',
  'console: GET /api/traders/{id}/events',
  'trader: GET /api/traders/{id}',
  'trader: GET /api/traders/{id}/can-trade',
  'trader: POST /api/traders/{id}/equity',
]

describe('the token of a bot', () => {
  /** The request of the bot about a trader; what it says is not valid, so that nothing is stored. */
  const about = (endpoint: Endpoint, trader: string, path = endpoint.pathOf(trader)): Attempt => ({
    ...ask(endpoint, [bearer(BOT)], '{"equity": "none"}'),
    path: path === '/api/events' ? `${path}?trader=${trader}` : path,
  })
  const bodyOf = ({ text }: Answer) => text.slice(text.indexOf('\r\n\r\n') + 4)

  test('opens what is about its own traders, and nothing else', async () => {
    for (const trader of ['bot1', 'desk-7']) {
      const opened: string[] = []
      for (const endpoint of endpoints) {
        const { status } = await knock(endpoint.port, about(endpoint, trader))
        if (status !== 403) opened.push(endpoint.route)
      }
      expect(opened.sort(), trader).toEqual(OF_BOTS)
    }
    const documented = endpoints.filter(({ bots }) => bots === 'own').map(({ route }) => route)
    expect(documented.sort()).toEqual(OF_BOTS)
  })

  test.each(['bot2', 'nobody', 'bot', 'bot11', 'desk', 'flags', '*', '%00'])(
    'opens nothing of the trader "%s", and is not told whether there is one',
    async (trader) => {
      for (const endpoint of endpoints) {
        const answer = await knock(endpoint.port, about(endpoint, trader))
        expect(`${endpoint.route} ${answer.status}`).toBe(`${endpoint.route} 403`)
        expect(JSON.parse(bodyOf(answer)), endpoint.route).toEqual({
          error: {
            code: 'forbidden',
            message:
              'the token of "desk" has the role "bot": it may report, ask and hear "bot1" and those that begin with ' +
              '"desk-", and nothing else',
          },
        })
      }
    },
  )

  test.each([
    ['a path out of its own', (endpoint: Endpoint) => endpoint.pathOf('bot1/../bot2')],
    ['an encoded path out of its own', (endpoint: Endpoint) => endpoint.pathOf('bot1%2f..%2fbot2')],
    ['an encoded path out of its prefix', (endpoint: Endpoint) => endpoint.pathOf('desk-%2f..%2fbot2')],
    ['two ids in the path', (endpoint: Endpoint) => endpoint.pathOf('bot1,bot2')],
    ['a subject of all', (endpoint: Endpoint) => endpoint.pathOf('desk-.>')],
    ['its own trader in the query', (endpoint: Endpoint) => `${endpoint.pathOf('bot2')}?id=bot1&trader=bot1`],
    ['a list with another trader', (endpoint: Endpoint) => `${endpoint.pathOf('bot2')}?trader=bot1,bot2`],
    ['two lists', (endpoint: Endpoint) => `${endpoint.pathOf('bot2')}?trader=bot1&trader=bot2`],
    ['no list', (endpoint: Endpoint) => endpoint.pathOf('bot2')],
    ['an empty list', (endpoint: Endpoint) => `${endpoint.pathOf('bot2')}?trader=`],
  ])('comes no further by %s', async (name, path) => {
    // The only endpoint without a trader in its path that bots may call takes a list.
    const tried = endpoints.filter(
      ({ route, bots }) => bots === 'own' && (!name.includes('query') || !route.endsWith('events')),
    )
    const failed: string[] = []
    for (const endpoint of tried) {
      const made = { ...about(endpoint, 'bot2'), path: path(endpoint) }
      const answer = await knock(endpoint.port, made)
      if (!isRefusal(answer, REFUSED)) failed.push(describeAttempt(endpoint, made, answer))
    }
    expect(failed).toEqual([])
    expect(tried.length).toBeGreaterThan(4)
  })
})

test('after all attempts no input is stored, every service is running, and no log contains a token', async () => {
  expect(await inputs()).toBe(inputsBefore)
  for (const service of services) {
    const live = await fetch(`${await service.url()}/livez`)
    expect(live.status).toBe(200)
  }
  for (const service of [...services, openTrader]) {
    const said = service.lines().map((line) => JSON.stringify(line))
    expect(said.length).toBeGreaterThan(0)
    expect(said.filter(saysSecret)).toEqual([])
  }
  const trader = endpoints.find(({ method, path }) => method === 'POST' && path.endsWith('/equity'))
  if (trader === undefined) throw new Error('no endpoint for equity')
  expect([200, 202]).toContain((await knock(trader.port, ask(trader, [bearer(TOKENS.operate)]))).status)
  await expect.poll(inputs).toBe(inputsBefore + 1)
})
