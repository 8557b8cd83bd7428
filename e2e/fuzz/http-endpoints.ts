import { Gate, type Outbox } from '@drawbridge/client'
import { type OperatorParts, operatorApi } from '@drawbridge/console'
import { inWords, printable } from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION } from '@drawbridge/risk-engine'
import {
  type Count,
  createHttpServer,
  createLogger,
  type HttpServer,
  MetricRegistry,
  Readiness,
} from '@drawbridge/service-kit'
import { loadConfig } from '@drawbridge/settings'
import { Random } from '@drawbridge/testing/random'
import { addTraderRoutes } from '@drawbridge/trader'
import { type Checked, REASON_MAX } from './check-input.ts'
import { decoderTargets } from './decoder-targets.ts'
import { hostileBytes } from './hostile-bytes.ts'

/** Every endpoint that accepts a body, and its kind of messages. */
const ENDPOINTS = [
  { method: 'POST', path: (trader: string) => `/api/traders/${trader}/equity`, takes: 'tick' },
  { method: 'POST', path: (trader: string) => `/api/traders/${trader}/pause`, takes: 'control pause' },
  { method: 'POST', path: (trader: string) => `/api/traders/${trader}/resume`, takes: 'control resume' },
  { method: 'POST', path: () => '/api/traders/pause', takes: 'control pause' },
  { method: 'POST', path: () => '/api/traders/resume', takes: 'control resume' },
  { method: 'POST', path: (trader: string) => `/api/traders/${trader}/cash-flow`, takes: 'control cash-flow' },
  { method: 'POST', path: (trader: string) => `/api/traders/${trader}/restart`, takes: 'control restart' },
  { method: 'POST', path: (trader: string) => `/api/traders/${trader}/correct`, takes: 'control correct' },
  { method: 'PUT', path: (trader: string) => `/api/limits/${trader}`, takes: 'control limits' },
  { method: 'PUT', path: () => '/api/limits', takes: 'limits' },
  { method: 'POST', path: () => '/api/feature_flags', takes: 'flags' },
] as const
const TRADERS = ['bot1', 'bot1', 'bot1', '__proto__', 'constructor', 'flags', '%00', 'a'.repeat(300), '..%2f']
const CONTENT_TYPES = ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']

/** A body for an endpoint, by its position. */
export interface HttpInput {
  readonly method: 'POST' | 'PUT'
  readonly url: string
  readonly contentType: string
  readonly bytes: Uint8Array
}

export function httpInputAt(seed: number, index: number): HttpInput {
  const random = Random.of(seed, `http ${index}`)
  const { method, path, takes } = random.pick(ENDPOINTS)
  const target = decoderTargets.find(({ name }) => name === takes)
  if (target === undefined) throw new Error(`no target is called ${takes}`)
  // The token identifies the caller, not the body.
  const samples = target.samples.map((sample) => sample.replace(/,"by":"[^"]*"/, ''))
  const bytes = hostileBytes(random, samples, target.fields)
  return { method, url: path(random.pick(TRADERS)), contentType: random.pick(CONTENT_TYPES), bytes }
}

/** The servers of bots and operators. */
export interface Servers {
  readonly bots: HttpServer
  readonly operators: HttpServer
}

/** The endpoints of the services without anything behind them: accepted input is dropped. */
export async function openServers(): Promise<Servers> {
  const [bots, operators] = await Promise.all([openServer(), openServer()])
  const fate = async () => ({ kind: 'undecided', why: 'dropped' })
  const outbox = { waiting: 0, thinned: 0, send: () => ({ fate }) } as unknown as Outbox
  const gate = new Gate('bot1', 10_000)
  const bot = { id: 'bot1', source: { kind: 'http' }, gate, obeys: [], outbox, replay: null, sum: null } as const
  addTraderRoutes(bots, { find: () => bot }, { inc: () => undefined } as unknown as Count)
  const commander = { send: async () => ({ kind: 'pending', inputSeq: 1 }) }
  const reader = { configuration: async () => BUILT_IN_CONFIGURATION }
  const known = { require: async () => undefined, ids: async () => new Set(['bot1']) }
  const [feed, fleet] = [{ isCurrent: true }, { members: () => [] }]
  const parts = { commander, reader, known, feed, fleet, close: () => undefined } as unknown as OperatorParts
  await operators.register(operatorApi, { parts })
  return { bots, operators }
}

async function openServer(): Promise<HttpServer> {
  const config = loadConfig({ HTTP_REQUESTS_PER_SECOND: '1000000' }, null)
  if (!config.ok) throw new Error(config.reason)
  return createHttpServer({
    service: 'test',
    address: { host: '127.0.0.1', port: 0 },
    // A process that reads thousands of inputs meanwhile is always too busy.
    settings: Object.assign({}, config.value.http, { busyAfterMs: 0 }),
    log: createLogger('test', 'silent'),
    readiness: new Readiness(),
    metrics: new MetricRegistry(),
  })
}

/** Sends a body twice, and reports which promise the answers break. */
export async function checkEndpoint({ bots, operators }: Servers, input: HttpInput): Promise<Checked> {
  try {
    const server = input.url.endsWith('/equity') ? bots : operators
    const first = await ask(server, input)
    const second = await ask(server, input)
    if (first.status !== second.status || first.reason !== second.reason)
      return { fault: 'the same body, another answer' }
    const { status, reason } = first
    if (status >= 500) return { fault: `answered ${status}: ${reason}` }
    if (status < 300) return 'accepted'
    if (reason === '' || reason.length > REASON_MAX) return { fault: `the reason has ${reason.length} characters` }
    return printable(reason, REASON_MAX) === reason ? 'refused' : { fault: `not printable: ${reason}` }
  } catch (error) {
    return { fault: `threw ${inWords(error)}` }
  }
}

async function ask(server: HttpServer, { method, url, contentType, bytes }: HttpInput) {
  const payload = Buffer.from(bytes)
  const { statusCode: status, body } = await server.inject({
    method,
    url,
    payload,
    headers: { 'content-type': contentType },
  })
  const answer = JSON.parse(body) as { readonly error?: { readonly message: string } }
  return { status, reason: answer.error?.message ?? '' }
}
