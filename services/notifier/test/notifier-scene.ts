import {
  ADOPTER,
  type ConnectorFault,
  type Delivery,
  encodeConnectorReport,
  encodeRiskEvent,
  encodeSettled,
  headerNames,
  notifierStreams,
  type RiskEvent,
  streams,
  subjects,
} from '@drawbridge/contracts'
import { connectNats, lastMessage } from '@drawbridge/nats'
import { createLogger, provision, Rejects } from '@drawbridge/service-kit'
import {
  eventually,
  freshStreams,
  infrastructure,
  type ServiceHere,
  type StartService,
  startHere,
  validConfig,
} from '@drawbridge/testing'
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { headers, type NatsConnection } from '@nats-io/transport-node'
import { type NotifierLooks, startNotifier } from '../src/index.ts'

const log = createLogger('test', 'silent')

/** Empty streams, and the steps of the tests of the notifier. */
export class Scene {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly file: object
  readonly #natsUrl: string
  readonly #services: ServiceHere[] = []

  private constructor(connection: NatsConnection, manager: JetStreamManager, file: object, natsUrl: string) {
    this.connection = connection
    this.manager = manager
    this.file = file
    this.#natsUrl = natsUrl
  }

  /** @param notify of config.json @param natsUrl the server of the test run, if not given */
  static async open(notify: object, more: object = {}, natsUrl = infrastructure().natsUrl): Promise<Scene> {
    const connection = await connectNats(natsUrl, 'test', log)
    const file = { ...more, notify }
    await freshStreams(connection, file)
    return new Scene(connection, await jetstreamManager(connection), file, natsUrl)
  }

  async close(): Promise<void> {
    for (const service of this.#services) await service.stop()
    await this.connection.close()
  }

  /** @param file its config.json, if it is not that of the scene */
  async start(looks: NotifierLooks = {}, file: object = this.file): Promise<ServiceHere> {
    const quick = { leaseMs: 1_000, ackWaitMs: 1_000, ...looks }
    const start: StartService = (config, logger, lifecycle) => startNotifier(config, logger, lifecycle, quick)
    const service = await startHere(start, { NATS_URL: this.#natsUrl, NOTIFIER_PORT: '0' }, file)
    this.#services.push(service)
    return service
  }

  get jetstream(): JetStreamClient {
    return jetstream(this.connection)
  }

  /** Stores events in RISK, as a guardian would. */
  async publish(events: readonly RiskEvent[]): Promise<void> {
    for (const event of events) {
      await jetstream(this.connection).publish(subjects.out(event.type, event.trader), encodeRiskEvent(event))
    }
  }

  /** Deletes streams, and creates them again, as after a loss. */
  async lose(...names: readonly string[]): Promise<void> {
    for (const name of names) await this.manager.streams.delete(name)
    await provision(this.connection, validConfig({ ...this.file }))
  }

  /** Takes over the events that the history has, as `adopt-log` would. */
  async adopt(events: readonly RiskEvent[]): Promise<void> {
    const client = jetstream(this.connection)
    const { created: inputsCreated } = await this.manager.streams.info(streams.inputs)
    const bind = (adopting: boolean) =>
      client.publish(
        subjects.outConfig('settled'),
        encodeSettled({ settled: 0, inputsCreated, continues: ['2026-01-01T00:00:00Z'], adopting }),
      )
    await bind(true)
    const carried = headers()
    carried.set(headerNames.guardian, ADOPTER)
    for (const event of events) {
      await client.publish(subjects.out(event.type, event.trader), encodeRiskEvent(event), { headers: carried })
    }
    await bind(false)
  }

  /** Keeps an event as a dead letter, as a persister would. */
  async rejectEvent(subject: string, reason: string): Promise<void> {
    const payload = new TextEncoder().encode('?')
    await new Rejects(this.connection, 'RISK').keep({ subject, seq: 1, payload, traceparent: '' }, reason)
  }

  /** Tells how a connector does, again and again, as one does. @returns how to end that */
  tellOfConnector(connector: string, faults: () => readonly ConnectorFault[]): () => void {
    const any = { adapter: 'generic', trader: 'bot1', instance: 'i', reads: true, acts: true, dryRun: false } as const
    const unknown = { wanted: null, stands: null, reading: null }
    const timer = setInterval(() => {
      const report = encodeConnectorReport({ connector, ...any, ...unknown, faults: [...faults()] })
      this.connection.publish(subjects.connectorReport(connector), report)
    }, 50)
    return () => clearInterval(timer)
  }

  /** @param id of what was told, or the part of it before the time */
  async delivery(id: string): Promise<Delivery | null> {
    for (const name of [id, `${id}.*`]) {
      const found = await lastMessage(this.manager, notifierStreams.alerts, subjects.delivery(name))
      if (found !== null) return found.json<Delivery>()
    }
    return null
  }

  async untilDelivered(id: string): Promise<Delivery> {
    return eventually(() => this.delivery(id), { what: `the delivery ${id}` })
  }
}
