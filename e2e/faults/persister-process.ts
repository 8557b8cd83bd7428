import { decodeRiskEvent, parseEventSubject, streams } from '@drawbridge/contracts'
import { migrate } from '@drawbridge/migrations'
import { createLogger } from '@drawbridge/service-kit'
import { createDatabase, eventually, type ServiceProcess, spawnService, type TestDatabase } from '@drawbridge/test-kit'
import { expect } from 'vitest'
import type { Scene } from '../../services/risk-guardian/test/scene.ts'
import { query, snapshotFaults } from '../history.ts'

const log = createLogger('test', 'silent')

/** A persister with a database of its own. */
export class PersisterProcess {
  readonly database: TestDatabase
  readonly #natsUrl: string
  process: ServiceProcess

  private constructor(natsUrl: string, database: TestDatabase) {
    this.#natsUrl = natsUrl
    this.database = database
    this.process = this.#spawn()
  }

  static async start(natsUrl: string): Promise<PersisterProcess> {
    const database = await createDatabase()
    await migrate(database.url, log)
    return new PersisterProcess(natsUrl, database)
  }

  /** Starts it again, on the same database. */
  restart(): void {
    this.process = this.#spawn()
  }

  async close(): Promise<void> {
    this.process.kill('SIGKILL')
    await this.process.exited
    await this.database.drop()
  }

  /** Waits until every event of the risk log is in the history, and sees to it that nothing else is. */
  async expectHistoryIsLog(scene: Scene): Promise<void> {
    const stored = (await scene.read(streams.risk)).flatMap(({ subject, payload }) => {
      if (parseEventSubject(subject).kind !== 'trader') return []
      const event = decodeRiskEvent(payload)
      if (!event.ok) throw new Error(event.reason)
      const { trader, type, state } = event.value
      return [`${trader} ${state.version} ${type} ${state.inputSeq}`]
    })
    const rows = () =>
      query<{ row: string }>(
        this.database.url,
        `SELECT concat_ws(' ', trader_id, version, event_type, input_seq) AS row FROM risk_state_history`,
      )
    await eventually(async () => (await rows()).length >= stored.length, {
      timeoutMs: 60_000,
      what: 'the history to be complete',
    })
    expect((await rows()).map(({ row }) => row).sort()).toEqual(stored.sort())
    expect(await snapshotFaults(this.database.url)).toEqual([])
  }

  #spawn(): ServiceProcess {
    return spawnService('persister', {
      NATS_URL: this.#natsUrl,
      DATABASE_URL: this.database.url,
      LOG_LEVEL: 'info',
    })
  }
}
