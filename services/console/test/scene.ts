import { headerNames, streams, subjects, type TraderId, toJsonBytes } from '@drawbridge/contracts'
import { HistoryReader } from '@drawbridge/history/reads'
import { connectNats, requireStreams } from '@drawbridge/nats'
import { Guardian } from '@drawbridge/risk-guardian'
import {
  createHttpServer,
  createLogger,
  createPool,
  type HttpServer,
  Lifecycle,
  listen,
  MetricRegistry,
  provision,
  Readiness,
} from '@drawbridge/service-kit'
import { type Config, loadConfig } from '@drawbridge/settings'
import { eventually, infrastructure, resetStreams } from '@drawbridge/testing'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { headers, type NatsConnection } from '@nats-io/transport-node'
import { DatabaseWatch } from '../src/inbound/database-watch.ts'
import { operatorApi } from '../src/operator-api.ts'
import { type OperatorOptions, openOperatorParts } from '../src/operator-parts.ts'
import type { ListenerSettings } from '../src/routes/event-routes.ts'

const log = createLogger('test', 'silent')

type ApiOptions = OperatorOptions & {
  readonly listeners?: Partial<ListenerSettings>
  /** What config.json says of who is told. */
  readonly notify?: object
  /** The database of the history; without one the API answers from the log alone. */
  readonly databaseUrl?: string
  /** How long a read of the history may take; as in production if not given. */
  readonly readWithinMs?: number
}

export interface Answer<Body = unknown> {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
}

/** What a command is answered with. */
export interface Commanded {
  readonly input: number
  readonly seq: number
  readonly traceId: string
  readonly event: { readonly inputSeq: number; readonly version: number; readonly [field: string]: unknown }
  /** For flags and configured limits: the previous event. */
  readonly previous?: object | null
}

/** Fresh streams, the operators' API on a server of its own, and a guardian where a test starts one. */
export class Scene {
  readonly connection: NatsConnection
  readonly #config: Config
  readonly #options: ApiOptions
  #server: HttpServer | null = null
  #url = ''
  readonly #guardians: Lifecycle[] = []

  private constructor(connection: NatsConnection, config: Config, options: ApiOptions) {
    this.connection = connection
    this.#config = config
    this.#options = options
  }

  /** @param env as a service has it */
  static async open(env: Readonly<Record<string, string>> = {}, options: ApiOptions = {}): Promise<Scene> {
    const connection = await connectNats(infrastructure().natsUrl, 'test', log)
    await resetStreams(connection)
    // Every reading counts at once: what confirms one is tested with the rules.
    const { notify = {} } = options
    const file = { limits: { confirm_jump: null }, traders: { bot1: {}, bot2: {} }, notify }
    const config = loadConfig(env, JSON.stringify(file))
    if (!config.ok) throw new Error(config.reason)
    await provision(connection, config.value)
    const scene = new Scene(connection, config.value, options)
    await scene.restartApi()
    return scene
  }

  get url(): string {
    return this.#url
  }

  /** @param more options of this one alone */
  async restartApi(more: ApiOptions = {}): Promise<void> {
    await this.#server?.close()
    const address = { host: '127.0.0.1', port: 0 }
    const server = await createHttpServer({
      service: 'test',
      address,
      // It shares its event loop with the test, and is not refused to be asked meanwhile.
      settings: Object.assign({}, this.#config.http, { busyAfterMs: 60_000 }),
      log,
      readiness: new Readiness(),
      metrics: new MetricRegistry(),
      sessions: { key: null, hours: 12 },
    })
    this.#server = server
    const configured = Object.keys(this.#config.traders)
    const { listeners = {}, databaseUrl, readWithinMs, notify: _notify, ...times } = { ...this.#options, ...more }
    const database = databaseUrl === undefined ? undefined : databaseWatch(server, databaseUrl)
    const parts = await openOperatorParts(this.connection, log, { configured, database, ...times })
    const history = databaseUrl === undefined ? {} : { history: readerOf(server, databaseUrl, readWithinMs) }
    await server.register(operatorApi, { parts, listeners, ...history })
    this.#url = `http://127.0.0.1:${await listen(server, address.host, address.port, 'TEST_PORT')}`
  }

  async close(): Promise<void> {
    await this.#server?.close()
    for (const guardian of this.#guardians) await guardian.stop()
    await this.connection.close()
  }

  /** Starts a guardian here; resolves once it judges and has stored the first configuration. */
  async startGuardian(given: Readonly<Record<string, string>> = {}): Promise<Lifecycle> {
    const lifecycle = new Lifecycle(log)
    this.#guardians.push(lifecycle)
    const connection = await connectNats(infrastructure().natsUrl, 'guardian', log)
    lifecycle.onStop('connection', () => connection.close())
    await requireStreams(connection, [streams.inputs, streams.risk, streams.rejects])
    const manager = await jetstreamManager(connection, { timeout: 2_000, checkAPI: false })
    const registry = new MetricRegistry()
    const name = `guardian-${this.#guardians.length}`
    await new Guardian({ connection, manager, name, leaseMs: 10_000, lifecycle, registry, log }).start()
    const isConfigured = async () =>
      (await this.ask<{ version: number }>('GET', '/api/limits', undefined, given)).body.version > 0
    await eventually(isConfigured, { what: 'the first configuration to be stored' })
    return lifecycle
  }

  async stopGuardians(): Promise<void> {
    for (const guardian of this.#guardians.splice(0)) await guardian.stop()
  }

  async ask<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    given: Readonly<Record<string, string>> = {},
  ): Promise<Answer<Body>> {
    const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    const answer = await fetch(`${this.url}${path}`, { method, headers: given, ...init })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, body: text === '' ? null : JSON.parse(text) }
  }

  /** Reports the equity of a trader; gives the sequence of the input. */
  async tick(trader: TraderId, equity: number | string, traceparent?: string): Promise<number> {
    const carried = headers()
    if (traceparent !== undefined) carried.set(headerNames.traceparent, traceparent)
    const payload = toJsonBytes({ equity })
    return (await jetstream(this.connection).publish(subjects.tick(trader), payload, { headers: carried })).seq
  }

  /** Waits until the log of a trader has an event of that version. */
  async untilVersion(trader: TraderId, version: number): Promise<void> {
    const reached = async () => {
      const { body } = await this.ask<{ event: { version: number } | null }>('GET', `/api/traders/${trader}`)
      return (body.event?.version ?? 0) >= version
    }
    await eventually(reached, { what: `event ${version} of ${trader}` })
  }

  async publish(subject: string, data: Uint8Array): Promise<void> {
    await jetstream(this.connection).publish(subject, data)
  }

  /** Puts new and empty logs in the place of both. */
  async recreateLogs(): Promise<void> {
    await resetStreams(this.connection)
    await provision(this.connection, this.#config)
  }

  /** Deletes all inputs, as time does. */
  async forgetInputs(): Promise<void> {
    await (await jetstreamManager(this.connection)).streams.purge(streams.inputs)
  }

  /** How many readings of the risk log there are. */
  async riskConsumers(): Promise<number> {
    const manager = await jetstreamManager(this.connection)
    return (await manager.streams.info(streams.risk)).state.consumer_count
  }

  async inputCount(): Promise<number> {
    const manager = await jetstreamManager(this.connection)
    return (await manager.streams.info(streams.inputs)).state.last_seq
  }
}

/** It closes with the server. */
function readerOf(server: HttpServer, databaseUrl: string, withinMs: number | undefined): HistoryReader {
  const pool = createPool(databaseUrl, 'test', 2, log)
  server.addHook('onClose', () => pool.end())
  return new HistoryReader(pool, withinMs)
}

function databaseWatch(server: HttpServer, databaseUrl: string): DatabaseWatch {
  const watch = new DatabaseWatch(readerOf(server, databaseUrl, undefined), log, 50)
  watch.start()
  server.addHook('onClose', async () => watch.stop())
  return watch
}
