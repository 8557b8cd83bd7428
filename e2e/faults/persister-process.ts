import { headerNames, streams } from '@drawbridge/contracts'
import type { HistoryRow } from '@drawbridge/history'
import { readMessage } from '@drawbridge/history'
import { migrate } from '@drawbridge/migrations'
import { createLogger } from '@drawbridge/service-kit'
import { createDatabase, eventually, type ServiceProcess, spawnService, type TestDatabase } from '@drawbridge/testing'
import type { Scene } from '@drawbridge/testing/guardian-scene'
import { expect } from 'vitest'
import { historyDifferences, query, snapshotFaults } from '../history.ts'

const log = createLogger('test', 'silent')

export interface PersisterSettings {
  /** The database of its tables; a new one if not given. It is dropped at the end. */
  readonly database?: TestDatabase
  /** The persister's address of the database, if another one. */
  readonly env?: Readonly<Record<string, string>>
}

/** A persister, and the database that it fills. */
export class PersisterProcess {
  readonly database: TestDatabase
  readonly #env: Readonly<Record<string, string>>
  process: ServiceProcess

  private constructor(natsUrl: string, database: TestDatabase, env: Readonly<Record<string, string>>) {
    this.database = database
    this.#env = { NATS_URL: natsUrl, LOG_LEVEL: 'info', ...env }
    this.process = this.spawn()
  }

  static async start(natsUrl: string, settings: PersisterSettings = {}): Promise<PersisterProcess> {
    const database = settings.database ?? (await createDatabase())
    await migrate(database.url, log)
    const persister = new PersisterProcess(natsUrl, database, settings.env ?? { DATABASE_URL: database.url })
    // If a server fails during its start, it exits, like any service that cannot start.
    await persister.process.waitForPort()
    return persister
  }

  /** Starts another one that fills the same tables; the caller must stop it. */
  spawn(): ServiceProcess {
    return spawnService('persister', this.#env)
  }

  /** Restarts it on the same database. */
  restart(): void {
    this.process = this.spawn()
  }

  async close(): Promise<void> {
    this.process.kill('SIGKILL')
    await this.process.exited
    await this.database.drop()
  }

  /** Why it is not ready, by check; null: ready. */
  async unreadyBecause(): Promise<string | null> {
    const answer = await fetch(`${await this.process.url()}/readyz`)
    const { ready, checks } = (await answer.json()) as { ready: boolean; checks: Record<string, string> }
    expect(answer.status).toBe(ready ? 200 : 503)
    if (ready) return null
    return Object.entries(checks)
      .filter(([, reason]) => !reason.startsWith('ok'))
      .map(([check, reason]) => `${check}: ${reason}`)
      .join('\n')
  }

  async untilUnready(reason: RegExp): Promise<void> {
    await eventually(async () => reason.test((await this.unreadyBecause()) ?? ''), {
      timeoutMs: 60_000,
      what: `the persister to be unready because of ${reason}`,
    })
  }

  async untilReady(): Promise<void> {
    await eventually(async () => (await this.unreadyBecause()) === null, {
      timeoutMs: 60_000,
      what: 'the persister to be ready',
    })
  }

  /** Waits until the history has every event of the risk log unchanged, and checks that it has nothing else. */
  async expectHistoryIsLog(scene: Scene): Promise<void> {
    const expected = (await scene.read(streams.risk)).flatMap(({ seq, subject, payload, header }): HistoryRow[] => {
      const message = { subject, data: payload, seq, traceparent: header(headerNames.traceparent) }
      const reading = readMessage(message)
      if (reading.kind === 'refused') throw new Error(`event ${seq} cannot be read: ${reading.reason}`)
      return reading.kind === 'event' ? [reading.row] : []
    })
    await this.untilRows(expected.length)
    expect(await historyDifferences(this.database.url, expected)).toEqual([])
    expect(await snapshotFaults(this.database.url)).toEqual([])
  }

  /** Waits until the history has this many rows. */
  async untilRows(count: number): Promise<void> {
    const rows = async () => {
      const [counted] = await query<{ count: string }>(this.database.url, 'SELECT count(*) FROM risk_state_history')
      return Number(counted?.count)
    }
    await eventually(async () => (await rows()) >= count, { timeoutMs: 90_000, what: `${count} rows in the history` })
  }
}
