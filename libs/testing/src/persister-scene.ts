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
import { limitStatesOf } from '@drawbridge/history'
import { migrate } from '@drawbridge/migrations'
import { connectNats } from '@drawbridge/nats'
import { type PersisterLooks, startPersister } from '@drawbridge/persister'
import { createLogger, provision } from '@drawbridge/service-kit'
import { type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import pg from 'pg'
import {
  createDatabase,
  eventually,
  freshStreams,
  infrastructure,
  type ServiceHere,
  type ServiceProcess,
  type StartService,
  spawnService,
  startHere,
  type TestDatabase,
  validConfig,
} from './index.ts'

const log = createLogger('test', 'silent')

export interface Readyz {
  readonly status: number
  readonly ready: boolean
  readonly checks: Readonly<Record<string, string>>
}

/** Settings that differ from the defaults. */
export interface PersisterSettings {
  readonly natsUrl?: string
  readonly databaseUrl?: string
  /** A file with the address of the database; it is read again each time. */
  readonly databaseUrlFile?: string
  readonly batchSize?: number
  readonly riskLogWarnAtPercent?: number
  readonly retentionDays?: number
}

/** A user of the database server. */
export interface DatabaseUser {
  readonly name: string
  /** The address of the database for this user. */
  readonly url: (password: string) => string
}

/** Empty streams, a separate database, and the steps of the tests of the persister. */
export class Scene {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly database: TestDatabase
  readonly pool: pg.Pool
  readonly #started: ServiceHere[] = []
  readonly #spawned: ServiceProcess[] = []
  readonly #users: string[] = []
  readonly #configFile = path.join(tmpdir(), `drawbridge-persister-${randomUUID()}.json`)
  readonly #looks: PersisterLooks
  #flagsSeq = 0

  private constructor(
    connection: NatsConnection,
    manager: JetStreamManager,
    database: TestDatabase,
    looks: PersisterLooks,
  ) {
    this.#looks = looks
    this.connection = connection
    this.manager = manager
    this.database = database
    this.pool = new pg.Pool({ connectionString: database.url, max: 4 })
    this.pool.on('error', () => undefined)
  }

  /** @param looks for the persisters that are started in this process */
  static async open({ migrated = true, looks = {} as PersisterLooks } = {}): Promise<Scene> {
    const connection = await connectNats(infrastructure().natsUrl, 'test', log)
    const manager = await jetstreamManager(connection)
    const scene = new Scene(connection, manager, await createDatabase(), looks)
    await scene.recreateStreams()
    if (migrated) await scene.migrate()
    return scene
  }

  async close(): Promise<void> {
    for (const service of this.#started) await service.stop()
    for (const service of this.#spawned) {
      service.kill('SIGKILL')
      await service.exited
    }
    await rm(this.#configFile, { force: true })
    for (const name of this.#users) await this.query(`DROP OWNED BY ${name} CASCADE; DROP ROLE ${name}`)
    await this.pool.end()
    await this.database.drop()
    await this.connection.close()
  }

  async recreateStreams(): Promise<void> {
    await freshStreams(this.connection)
  }

  async provision(): Promise<void> {
    await provision(this.connection, validConfig())
  }

  async migrate(): Promise<void> {
    await migrate(this.database.url, log)
  }

  /** Starts one in this process. */
  async startPersister(settings: PersisterSettings = {}): Promise<ServiceHere> {
    const { natsUrl = infrastructure().natsUrl, databaseUrlFile } = settings
    const file = { ...this.#file(settings), nats_url: natsUrl, database_url: settings.databaseUrl ?? this.database.url }
    const env = databaseUrlFile === undefined ? {} : { DATABASE_URL_FILE: databaseUrlFile }
    const start: StartService = (config, log, lifecycle) => startPersister(config, log, lifecycle, this.#looks)
    const service = await startHere(start, env, file)
    this.#started.push(service)
    return service
  }

  /** Starts one as a separate process, which can be killed. */
  async spawnPersister(settings: PersisterSettings = {}): Promise<ServiceProcess> {
    const { natsUrl = infrastructure().natsUrl, databaseUrl = this.database.url } = settings
    await writeFile(this.#configFile, JSON.stringify(this.#file(settings)))
    const service = spawnService('persister', {
      NATS_URL: natsUrl,
      DATABASE_URL: databaseUrl,
      CONFIG_FILE: this.#configFile,
    })
    this.#spawned.push(service)
    await service.waitForPort()
    return service
  }

  #file({ batchSize = 1_000, riskLogWarnAtPercent = 80, retentionDays }: PersisterSettings): object {
    const retention = retentionDays === undefined ? {} : { retention_days: retentionDays }
    return { persister: { batch_size: batchSize, risk_log_warn_at_percent: riskLogWarnAtPercent, ...retention } }
  }

  /** Stores events in RISK, as a guardian would; returns when all are stored. */
  async publish(events: readonly RiskEvent[]): Promise<void> {
    for (const event of events) await this.publishRaw(subjects.out(event.type, event.trader), encodeRiskEvent(event))
  }

  async publishRaw(subject: string, data: Uint8Array): Promise<number> {
    return (await jetstream(this.connection).publish(subject, data)).seq
  }

  /** Returns the stream sequence of the event. */
  async switchPersistence(on: boolean): Promise<number> {
    this.#flagsSeq += 1
    const event: FlagsEvent = {
      kind: 'flags',
      inputSeq: this.#flagsSeq,
      recordedAt: Date.UTC(2026, 2, 12),
      reason: null,
      by: 'test',
      enforcement: true,
      persistence: on,
      previous: null,
    }
    return this.publishRaw(subjects.outConfig('flags'), encodeConfigEvent(event))
  }

  /** The last stream sequence of RISK. */
  async lastSeq(): Promise<number> {
    return (await this.manager.streams.info(streams.risk)).state.last_seq
  }

  async query<Row extends pg.QueryResultRow>(text: string): Promise<readonly Row[]> {
    return (await this.pool.query<Row>(text)).rows
  }

  /** The number of events in the history. */
  async stored(): Promise<number> {
    const [row] = await this.query<{ count: string }>('SELECT count(*) FROM risk_state_history')
    return Number(row?.count)
  }

  async untilStored(count: number, timeoutMs = 20_000): Promise<void> {
    await eventually(async () => (await this.stored()) === count, { what: `${count} events in the history`, timeoutMs })
  }

  /** Waits until every event of RISK is acked. */
  async untilAllAcked(timeoutMs = 20_000): Promise<void> {
    const last = await this.lastSeq()
    const settled = async () => {
      const info = await this.manager.consumers.info(streams.risk, durables.persister)
      // The server updates its count of pending messages a moment after it has stored one.
      return info.delivered.stream_seq >= last && info.num_pending + info.num_ack_pending === 0
    }
    await eventually(settled, { what: 'every event to be acked', timeoutMs })
  }

  /** Rows of the snapshot that are not the last row of their trader's history, traders without a snapshot, and wrong limits. */
  async snapshotFaults(): Promise<number> {
    const [row] = await this.query<{ faults: string }>(`
      WITH last AS (SELECT DISTINCT ON (trader_id) * FROM risk_state_history ORDER BY trader_id, version DESC),
      states AS (
        SELECT FROM last FULL JOIN risk_state AS state USING (trader_id)
        WHERE to_jsonb(last) - 'updated_at' IS DISTINCT FROM to_jsonb(state) - 'updated_at'
      ),
      limits AS (
        SELECT FROM (${limitStatesOf('last')}) AS one FULL JOIN risk_limit_state AS held USING (trader_id, limit_name)
        WHERE to_jsonb(one) IS DISTINCT FROM to_jsonb(held) - 'updated_at'
      )
      SELECT (SELECT count(*) FROM states) + (SELECT count(*) FROM limits) AS faults`)
    return Number(row?.faults)
  }

  /** Waits until a statement of the persister waits for a lock. */
  async untilLocked(): Promise<void> {
    const waiting = () =>
      this.query(`SELECT FROM pg_stat_activity WHERE datname = current_database()
        AND application_name = 'drawbridge-persister' AND wait_event_type = 'Lock'`)
    await eventually(async () => (await waiting()).length > 0, { what: 'the persister to wait for a lock' })
  }

  /** Creates a superuser, or a user without any right. */
  async createUser(password: string, may: 'anything' | 'nothing'): Promise<DatabaseUser> {
    const name = `test_${randomUUID().replaceAll('-', '')}`
    await this.query(`CREATE ROLE ${name} LOGIN ${may === 'anything' ? 'SUPERUSER' : ''} PASSWORD '${password}'`)
    this.#users.push(name)
    return {
      name,
      url: (given) => {
        const url = new URL(this.database.url)
        url.username = name
        url.password = given
        return url.href
      },
    }
  }

  /** The number of configuration events in RISK. */
  async configEvents(): Promise<number> {
    const { state } = await this.manager.streams.info(streams.risk, { subjects_filter: subjects.configAll })
    return Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0)
  }

  async rejected(): Promise<number> {
    return (await this.manager.streams.info(streams.rejects)).state.messages
  }
}

type Served = Pick<ServiceHere, 'url'>

export async function readyz(service: Served): Promise<Readyz> {
  const answer = await fetch(`${await service.url()}/readyz`)
  return { ...((await answer.json()) as Omit<Readyz, 'status'>), status: answer.status }
}

/** A metric, summed over its labels; NaN if there is none. */
export async function metric(service: Served, name: string): Promise<number> {
  const text = await (await fetch(`${await service.url()}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
  if (lines.length === 0) return Number.NaN
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
