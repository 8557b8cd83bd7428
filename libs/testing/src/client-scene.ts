import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  decodeSettled,
  encodeHeartbeat,
  encodeRiskEvent,
  headerNames,
  queueGroups,
  type RiskEvent,
  streams,
  subjects,
  type TraderId,
} from '@drawbridge/contracts'
import { answerNewest, connectNats, lastMessage, requestedType } from '@drawbridge/nats'
import { createLogger } from '@drawbridge/service-kit'
import {
  freshStreams,
  infrastructure,
  type ServiceHere,
  type ServiceProcess,
  type StartService,
  spawnService,
  startHere,
} from '@drawbridge/testing'
import { DeliverPolicy, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'

export const log = createLogger('test', 'silent')

type Startable = 'trader' | 'risk-guardian'

/** Loaded only when a test starts one: most files with a scene start none. */
const starts: Readonly<Record<Startable, () => Promise<StartService>>> = {
  trader: async () => (await import('@drawbridge/trader')).startTrader,
  'risk-guardian': async () => (await import('@drawbridge/risk-guardian')).startGuardian,
}

/** A tick in INPUTS. */
export interface StoredTick {
  readonly text: string
  readonly traceparent: string
  readonly messageId: string
}

/** Empty streams, and the steps of the tests of the client and the trader. */
export class Scene {
  readonly natsUrl: string
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  /** For the files of one test. */
  readonly folder: string
  #config: object = {}
  #beats: NodeJS.Timeout | undefined
  #answers: Subscription | null = null
  readonly #started: ServiceHere[] = []

  private constructor(natsUrl: string, connection: NatsConnection, manager: JetStreamManager, folder: string) {
    this.natsUrl = natsUrl
    this.connection = connection
    this.manager = manager
    this.folder = folder
  }

  /** @param config as `config.json` has it */
  static async open(config: object = {}, natsUrl = infrastructure().natsUrl): Promise<Scene> {
    const connection = await connectNats(natsUrl, 'test', log)
    const manager = await jetstreamManager(connection)
    const folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-trader-'))
    const scene = new Scene(natsUrl, connection, manager, folder)
    await scene.recreateStreams(config)
    scene.#answerAsGuardian()
    return scene
  }

  async close(): Promise<void> {
    clearInterval(this.#beats)
    for (const service of this.#started) await service.stop()
    await this.connection.close()
    await rm(this.folder, { recursive: true, force: true })
  }

  /** Replaces the streams by empty ones, with another creation time. */
  async recreateStreams(config: object = this.#config): Promise<void> {
    this.#config = config
    await freshStreams(this.connection, { ...config })
  }

  /** Starts one in this process. */
  async start(name: Startable, config: object = this.#config): Promise<ServiceHere> {
    if (name === 'risk-guardian') this.answers(false)
    const service = await startHere(await starts[name](), { NATS_URL: this.natsUrl }, config)
    this.#started.push(service)
    return service
  }

  /** Starts one as a separate process, which can be killed; resolves when it listens. */
  async spawn(name: Startable, config: object = this.#config): Promise<ServiceProcess> {
    const configFile = await this.writeFile(`${name}.json`, JSON.stringify(config))
    if (name === 'risk-guardian') this.answers(false)
    const service = spawnService(name, { NATS_URL: this.natsUrl, CONFIG_FILE: configFile })
    await service.waitForPort()
    return service
  }

  async writeFile(name: string, text: string): Promise<string> {
    const file = path.join(this.folder, name)
    await writeFile(file, text)
    return file
  }

  /** Stores decisions in RISK, as a guardian does. */
  async store(...events: readonly RiskEvent[]): Promise<void> {
    for (const event of events) await this.publish(subjects.out(event.type, event.trader), encodeRiskEvent(event))
  }

  async publish(subject: string, data: Uint8Array | string): Promise<void> {
    await jetstream(this.connection).publish(subject, data)
  }

  /** Answers requests of gates for the newest events, as a guardian would with the present log. */
  #answerAsGuardian(): void {
    const callback = (_error: Error | null, request: Msg) => {
      void this.#answer(request).catch(() => undefined)
    }
    this.#answers = this.connection.subscribe(subjects.newestAll, { queue: queueGroups.guardians, callback })
  }

  async #answer(request: Msg): Promise<void> {
    const type = requestedType(request.string())
    const trader = request.subject.slice(subjects.newest('').length)
    if (!type.ok) return
    const { created } = await this.manager.streams.info(streams.risk)
    const settled = await lastMessage(this.manager, streams.risk, subjects.config('settled'))
    const bound = settled === null ? null : decodeSettled(settled.data)
    const continues = bound?.ok === true && bound.value.adopting !== true ? (bound.value.continues ?? []) : []
    const subject = type.value === null ? subjects.traderLog(trader) : subjects.event(type.value, trader)
    answerNewest(request, { created, continues }, await lastMessage(this.manager, streams.risk, subject))
  }

  /** Whether requests of gates get an answer from now on. */
  answers(isAnswering: boolean): void {
    // While it listened, the server would give it a part of the requests that a real guardian must answer.
    this.#answers?.unsubscribe()
    this.#answers = null
    if (isAnswering) this.#answerAsGuardian()
  }

  /** Sends a guardian's heartbeats, more often than in production. */
  beat(everyMs = 10): void {
    this.silence()
    const heartbeat = encodeHeartbeat({ instance: 'test', settled: 0, lag: 0 })
    this.#beats = setInterval(() => this.connection.publish(subjects.heartbeat, heartbeat), everyMs)
  }

  silence(): void {
    clearInterval(this.#beats)
  }

  /** All ticks of a trader in INPUTS, in its order. */
  async ticks(trader: TraderId): Promise<readonly StoredTick[]> {
    return ticksIn(this.connection, trader)
  }

  async inputCount(): Promise<number> {
    return (await this.manager.streams.info(streams.inputs)).state.messages
  }
}

export async function ticksIn(connection: NatsConnection, trader: TraderId): Promise<readonly StoredTick[]> {
  const consumer = await jetstream(connection).consumers.get(streams.inputs, {
    filter_subjects: [subjects.tick(trader)],
    deliver_policy: DeliverPolicy.All,
  })
  const count = (await consumer.info(true)).num_pending
  const ticks: StoredTick[] = []
  if (count === 0) return ticks
  for await (const message of await consumer.fetch({ max_messages: count, expires: 5_000 })) {
    ticks.push({
      text: message.string(),
      traceparent: message.headers?.get(headerNames.traceparent) ?? '',
      messageId: message.headers?.get(headerNames.messageId) ?? '',
    })
  }
  return ticks
}
