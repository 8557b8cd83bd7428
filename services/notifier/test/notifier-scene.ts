import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Delivery, encodeRiskEvent, notifierStreams, type RiskEvent, subjects } from '@drawbridge/contracts'
import { connectNats, lastMessage } from '@drawbridge/nats'
import { createLogger } from '@drawbridge/service-kit'
import {
  eventually,
  freshStreams,
  infrastructure,
  type ServiceHere,
  type StartService,
  startHere,
} from '@drawbridge/testing'
import { type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { type NotifierLooks, startNotifier } from '../src/index.ts'

const log = createLogger('test', 'silent')

/** A request that a receiver got. */
export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What a receiver answers; a promise: after it is resolved. */
export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Somebody else's server. */
export class Receiver {
  readonly received: Received[] = []
  /** What it answers from now on. */
  answer: (request: Received) => Reply | Promise<Reply> = () => ({ status: 200, body: '{"ok":true}' })
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async open(): Promise<Receiver> {
    const server = createServer()
    const receiver = new Receiver(server)
    server.on('request', async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const received = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      }
      receiver.received.push(received)
      const { status, headers = {}, body = '' } = await receiver.answer(received)
      response.writeHead(status, headers).end(body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async untilReceived(count: number): Promise<readonly Received[]> {
    await eventually(() => this.received.length >= count, { what: `${count} messages` })
    return this.received
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** Empty streams, and the steps of the tests of the notifier. */
export class Scene {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly file: object
  readonly #services: ServiceHere[] = []

  private constructor(connection: NatsConnection, manager: JetStreamManager, file: object) {
    this.connection = connection
    this.manager = manager
    this.file = file
  }

  /** @param notify of config.json */
  static async open(notify: object, more: object = {}): Promise<Scene> {
    const connection = await connectNats(infrastructure().natsUrl, 'test', log)
    const file = { ...more, notify }
    await freshStreams(connection, file)
    return new Scene(connection, await jetstreamManager(connection), file)
  }

  async close(): Promise<void> {
    for (const service of this.#services) await service.stop()
    await this.connection.close()
  }

  async start(looks: NotifierLooks = {}): Promise<ServiceHere> {
    const quick = { leaseMs: 1_000, ackWaitMs: 1_000, ...looks }
    const start: StartService = (config, logger, lifecycle) => startNotifier(config, logger, lifecycle, quick)
    const service = await startHere(start, { NATS_URL: infrastructure().natsUrl, NOTIFIER_PORT: '0' }, this.file)
    this.#services.push(service)
    return service
  }

  /** Stores events in RISK, as a guardian would. */
  async publish(events: readonly RiskEvent[]): Promise<void> {
    for (const event of events) {
      await jetstream(this.connection).publish(subjects.out(event.type, event.trader), encodeRiskEvent(event))
    }
  }

  async delivery(id: string): Promise<Delivery | null> {
    const found = await lastMessage(this.manager, notifierStreams.alerts, subjects.delivery(id))
    return found?.json<Delivery>() ?? null
  }

  async untilDelivered(id: string): Promise<Delivery> {
    return eventually(() => this.delivery(id), { what: `the delivery ${id}` })
  }
}
