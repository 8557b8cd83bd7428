import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  durables,
  encodeConfigEvent,
  encodeRiskEvent,
  type FlagsEvent,
  type RiskEvent,
  streams,
  subjects,
} from '@drawbridge/contracts'
import { migrate } from '@drawbridge/migrations'
import { connectNats, createLogger, loadConfig, provision } from '@drawbridge/service-kit'
import {
  createDatabase,
  eventually,
  infrastructure,
  resetStreams,
  type ServiceProcess,
  spawnService,
  type TestDatabase,
} from '@drawbridge/test-kit'
import { type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import pg from 'pg'

const log = createLogger('test', 'silent')

export interface Readyz {
  readonly ready: boolean
  readonly checks: Readonly<Record<string, string>>
}

/** Empty streams, a database of its own, and the words in which the tests of this service are written. */
export class Scene {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly database: TestDatabase
  readonly pool: pg.Pool
  readonly #started: ServiceProcess[] = []
  readonly #configFile = path.join(tmpdir(), `drawbridge-persister-${randomUUID()}.json`)
  #flagsSeq = 0

  private constructor(connection: NatsConnection, manager: JetStreamManager, database: TestDatabase) {
    this.connection = connection
    this.manager = manager
    this.database = database
    this.pool = new pg.Pool({ connectionString: database.url, max: 4 })
    this.pool.on('error', () => undefined)
  }

  static async open({ migrated = true } = {}): Promise<Scene> {
    const connection = await connectNats(infrastructure().natsUrl, 'test', log)
    const manager = await jetstreamManager(connection)
    const scene = new Scene(connection, manager, await createDatabase())
    await scene.recreateStreams()
    if (migrated) await scene.migrate()
    return scene
  }

  async close(): Promise<void> {
    for (const service of this.#started) {
      service.kill('SIGKILL')
      await service.exited
    }
    await rm(this.#configFile, { force: true })
    await this.pool.end()
    await this.database.drop()
    await this.connection.close()
  }

  async recreateStreams(): Promise<void> {
    await resetStreams(this.connection)
    await this.provision()
  }

  async provision(): Promise<void> {
    const config = loadConfig({}, null)
    if (!config.ok) throw new Error(config.reason)
    await provision(this.connection, config.value)
  }

  async migrate(): Promise<void> {
    await migrate(this.database.url, log)
  }

  async startPersister({
    natsUrl = infrastructure().natsUrl,
    databaseUrl = this.database.url,
    batchSize = 1_000,
  } = {}): Promise<ServiceProcess> {
    await writeFile(this.#configFile, JSON.stringify({ persister: { batch_size: batchSize } }))
    const service = spawnService('persister', {
      NATS_URL: natsUrl,
      DATABASE_URL: databaseUrl,
      CONFIG_FILE: this.#configFile,
    })
    this.#started.push(service)
    await service.waitForPort()
    return service
  }

  /** Stores events in RISK, as a guardian would; returns when all are stored. */
  async publish(events: readonly RiskEvent[]): Promise<void> {
    for (const event of events) await this.publishRaw(subjects.out(event.type, event.trader), encodeRiskEvent(event))
  }

  async publishRaw(subject: string, data: Uint8Array): Promise<number> {
    return (await jetstream(this.connection).publish(subject, data)).seq
  }

  async switchPersistence(on: boolean): Promise<void> {
    this.#flagsSeq += 1
    const event: FlagsEvent = {
      kind: 'flags',
      inputSeq: this.#flagsSeq,
      recordedAt: Date.UTC(2026, 2, 12),
      reason: null,
      by: 'test',
      enforcement: true,
      persistence: on,
    }
    await this.publishRaw(subjects.outConfig('flags'), encodeConfigEvent(event))
  }

  async query<Row extends pg.QueryResultRow>(text: string): Promise<readonly Row[]> {
    return (await this.pool.query<Row>(text)).rows
  }

  /** How many events the history has. */
  async stored(): Promise<number> {
    const [row] = await this.query<{ count: string }>('SELECT count(*) FROM risk_state_history')
    return Number(row?.count)
  }

  async untilStored(count: number, timeoutMs = 20_000): Promise<void> {
    await eventually(async () => (await this.stored()) === count, { what: `${count} events in the history`, timeoutMs })
  }

  /** Every event of RISK is acked, none is waiting. */
  async untilAllAcked(timeoutMs = 20_000): Promise<void> {
    const settled = async () => {
      const info = await this.manager.consumers.info(streams.risk, durables.persister)
      return info.num_pending + info.num_ack_pending === 0
    }
    await eventually(settled, { what: 'every event to be acked', timeoutMs })
  }

  /** Rows of the snapshot that are not the last row of their trader's history, and traders without a snapshot. */
  async snapshotFaults(): Promise<number> {
    const [row] = await this.query<{ faults: string }>(`
      WITH last AS (SELECT DISTINCT ON (trader_id) * FROM risk_state_history ORDER BY trader_id, version DESC)
      SELECT count(*) AS faults FROM last FULL JOIN risk_state AS state USING (trader_id)
      WHERE to_jsonb(last) - 'updated_at' IS DISTINCT FROM to_jsonb(state) - 'updated_at'`)
    return Number(row?.faults)
  }

  async rejected(): Promise<number> {
    return (await this.manager.streams.info(streams.rejects)).state.messages
  }
}

export async function readyz(service: ServiceProcess): Promise<Readyz> {
  const answer = await fetch(`${await service.url()}/readyz`)
  return (await answer.json()) as Readyz
}

export async function metric(service: ServiceProcess, name: string): Promise<number> {
  const text = await (await fetch(`${await service.url()}/metrics`)).text()
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `))
  return Number(line?.split(' ')[1])
}
